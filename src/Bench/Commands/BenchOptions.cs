using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using MPCache.Bench.Layers;
using MPCache.Cli;
using MPCache.Transport;

namespace MPCache.Bench.Commands;

/// <summary>Options that several commands have.</summary>
internal static class BenchOptions
{
    /// <summary>The most tokens that the programs take.</summary>
    public const int LargestCache = 8192;

    /// <summary>The layer's shape.</summary>
    public static Option<LayerShape> Shape() => new("--shape")
    {
        Description = "The layer's shape: " + string.Join(", ", LayerShape.All.Select(
            s => FormattableString.Invariant($"{s.Name} ({s.Groups} × {s.Repeat} heads of {s.Size})"))),
        HelpName = "NAME",
        DefaultValueFactory = _ => LayerShape.Parse("gpt2"),
        CustomParser = result => ListOption.Read(result, "--shape", LayerShape.Parse),
    };

    /// <summary>Tokens before static eviction.</summary>
    public static Option<IReadOnlyList<int>> Cached(string standard) => Numbers(
        "--cached", "Tokens that were cached before static eviction, separated by commas", standard, 1, LargestCache);

    /// <summary>Shares that static eviction leaves.</summary>
    public static Option<IReadOnlyList<Ratio>> Static(string standard) => ListOption.Create(
        "--static", "RATIO,…", "Shares of the tokens that static eviction leaves in the cache, separated by commas", standard, text =>
        {
            Ratio share = Ratio.Parse(text);
            return share.Numerator > 0 && share <= LayerCase.Everything
                ? share
                : throw new MPCacheException($"a share of {text} leaves nothing or more than all", "Give more than 0 and at most 1");
        });

    /// <summary>Policies.</summary>
    public static Option<IReadOnlyList<LayerPolicy>> Policies(string standard) => ListOption.Create(
        "--policy", "NAME,…", $"Policies, separated by commas, of {string.Join(", ", LayerPolicy.All.Select(p => p.Name))}", standard,
        LayerPolicy.Parse);

    /// <summary>How often each case is run.</summary>
    public static Option<int> Repeat(int standard = 3) => Number("--repeat", "How often each case is run", standard, 1, 1000);

    /// <summary>What of a command's cases is run: those whose name contains a word.</summary>
    public static Option<string?> Filter() => new("--filter")
    {
        Description = "Run only what has this in its name",
        HelpName = "TEXT",
    };

    /// <summary>The most tokens with which a case is run.</summary>
    public static Option<int> MeasureUpTo() => Number(
        "--measure-up-to", "The most tokens in the cache with which a case is run; above it only its plan counts", LargestCache, 0,
        LargestCache);

    /// <summary>Networks.</summary>
    public static Option<IReadOnlyList<NetworkProfile>> Networks(string standard) => ListOption.Create(
        "--network", "NAME,…", "Networks, separated by commas, of loopback, lan and wan", standard,
        text => text is "loopback" or "lan" or "wan"
            ? NetworkProfile.Parse(text)
            : throw new MPCacheException($"'{text}' is no network", "Choose among loopback, lan and wan"));

    /// <summary>One network, of one's own too.</summary>
    public static Option<NetworkProfile> Network() => new("--network")
    {
        Description = "The network that is emulated between server and client: loopback, lan, wan, or latency=20ms,bandwidth=200Mbit",
        HelpName = "NETWORK",
        DefaultValueFactory = _ => NetworkProfile.Loopback,
        CustomParser = result => ListOption.Read(result, "--network", NetworkProfile.Parse),
    };

    /// <summary>The report's file.</summary>
    public static Option<string?> Json() => new("--json")
    {
        Description = "Write what was measured to this file, an object a line, for bench report",
        HelpName = "FILE",
    };

    private static Option<IReadOnlyList<int>> Numbers(string name, string description, string standard, int least, int most) =>
        ListOption.Create(name, "COUNT,…", description, standard, text => Whole(text, least, most));

    /// <summary>A whole number.</summary>
    public static Option<int> Number(string name, string description, int standard, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "COUNT",
        DefaultValueFactory = _ => standard,
        CustomParser = result => ListOption.Read(result, name, text => Whole(text, least, most)),
    };

    private static int Whole(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new MPCacheException(
                $"'{text}' is not possible", FormattableString.Invariant($"Give a whole number from {least} to {most}"));
}
