using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using MPCache.Bench.Decoding.Models;
using MPCache.Models.Policies;

namespace MPCache.Bench.Decoding.Commands;

/// <summary>Options of the commands that run whole models.</summary>
internal static class DecodingOptions
{
    /// <summary>The model's shape.</summary>
    public static Option<ModelShape> Shape() => new("--shape")
    {
        Description = "The model, of random weights: " + string.Join(", ", ModelShape.All.Select(Describe)),
        HelpName = "NAME",
        DefaultValueFactory = _ => ModelShape.Parse("gpt2"),
        CustomParser = result => Read(result.AddError, "--shape", () => ModelShape.Parse(result.Tokens[0].Value)),
    };

    /// <summary>Policies.</summary>
    /// <param name="standard">Those where none is named.</param>
    public static Option<IReadOnlyList<CachePolicy>> Policies(string standard) => new("--policy")
    {
        Description = "Policies, separated by commas: a name, or in quotes a name and options, as in full,'mpcache static=0.3'",
        HelpName = "POLICY,…",
        DefaultValueFactory = _ => Policies(standard.Split(',')),
        CustomParser = result => Read(result.AddError, "--policy", () => Policies(result.Tokens[0].Value.Split(','))),
    };

    /// <summary>A whole number.</summary>
    /// <param name="name">The option.</param>
    /// <param name="description">What it says.</param>
    /// <param name="standard">The number where none is given.</param>
    /// <param name="most">The largest; the least is 1.</param>
    public static Option<int> Count(string name, string description, int standard, int most) => new(name)
    {
        Description = description,
        HelpName = "COUNT",
        DefaultValueFactory = _ => standard,
        CustomParser = result => Read(result.AddError, name, () => Whole(result.Tokens[0].Value, most)),
    };

    private static CachePolicy[] Policies(string[] texts) => [.. texts.Select(CachePolicy.Read)];

    private static string Describe(ModelShape shape) => FormattableString.Invariant(
        $"{shape.Name} ({shape.Config.Layers} × {shape.Config.Dim} wide, {shape.Config.Heads} heads of {shape.Config.HeadSize})");

    private static int Whole(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most
            ? number
            : throw new MPCacheException(
                $"'{text}' is not possible", FormattableString.Invariant($"Give a whole number from 1 to {most}"));

    private static T? Read<T>(Action<string> fail, string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (MPCacheException e)
        {
            fail($"{name}: {e.Message}");
            return default;
        }
    }
}
