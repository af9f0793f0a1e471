using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Models.Weights;

namespace MPCache.Models.Generation;

/// <summary>
/// What is public of a model, as one line: its dimensions, never a weight. The server tells it to the client, who needs no model file;
/// a client who expects a certain model can hold the line against its own.
/// </summary>
public static class ModelCard
{
    private const string Cure =
        "Give a shape as the server prints it, such as dim=64,hidden=172,layers=5,heads=8,groups=4,vocabulary=512,context=512,theta=10000";

    private static readonly string[] Names = ["dim", "hidden", "layers", "heads", "groups", "vocabulary", "context", "theta"];

    /// <summary>Writes a model's dimensions as <c>dim=64,hidden=172,…</c>.</summary>
    /// <param name="config">The dimensions.</param>
    /// <exception cref="MPCacheException">The compiled programs cannot run this model.</exception>
    public static string Write(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        LlamaPrograms.Check(config);
        return string.Join(",", Names.Zip(Values(config), (name, value) => $"{name}={value}"));
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="text">The line; it may come from a peer.</param>
    /// <exception cref="MPCacheException">A dimension is missing, unknown or no number, or together they describe no model.</exception>
    public static LlamaConfig Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? part : part[..equals];
            if (equals < 0 || !Names.Contains(name) || !values.TryAdd(name, part[(equals + 1)..]))
            {
                throw new MPCacheException($"a model's shape does not read '{part}'", Cure);
            }
        }

        string? missing = Names.FirstOrDefault(name => !values.ContainsKey(name));
        if (missing is not null)
        {
            throw new MPCacheException($"a model's shape lacks {missing}", Cure);
        }

        return new LlamaConfig(
            Integer(values, "dim"), Integer(values, "hidden"), Integer(values, "layers"), Integer(values, "heads"),
            Integer(values, "groups"), Integer(values, "vocabulary"), Integer(values, "context"), Real(values, "theta"),
            LlamaPrograms.NormEpsilon);
    }

    /// <summary>The dimensions in which two models differ, in words; null where they agree.</summary>
    /// <param name="expected">What this party expects.</param>
    /// <param name="actual">What the other party has.</param>
    public static string? Difference(LlamaConfig expected, LlamaConfig actual)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(actual);
        string[] differences =
        [
            .. Names.Zip(Values(expected), Values(actual))
                .Where(d => d.Second != d.Third)
                .Select(d => $"{d.First} is {d.Third}, not {d.Second}"),
        ];
        return differences.Length == 0 ? null : string.Join(", ", differences);
    }

    private static string[] Values(LlamaConfig config) =>
    [
        Text(config.Dim), Text(config.HiddenDim), Text(config.Layers), Text(config.Heads), Text(config.KeyValueHeads),
        Text(config.Vocabulary), Text(config.ContextLength), config.RopeTheta.ToString("R", CultureInfo.InvariantCulture),
    ];

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static int Integer(Dictionary<string, string> values, string name) =>
        int.TryParse(values[name], NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new MPCacheException($"a model's {name} is '{values[name]}', which is no whole number", Cure);

    private static double Real(Dictionary<string, string> values, string name) =>
        double.TryParse(values[name], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new MPCacheException($"a model's {name} is '{values[name]}', which is no number", Cure);
}
