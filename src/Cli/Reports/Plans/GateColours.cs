using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Cli.Reports.Plans;

/// <summary>A colour for each gate of a plan: those with the most bytes have one of their own, the others share the last.</summary>
internal sealed class GateColours
{
    // Readable on white and on black, and told apart with the common kinds of colour blindness.
    private static readonly string[] Palette =
        ["#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7", "#a463f2", "#97bbf5", "#9c6b4e", "#9498a0"];

    private readonly string[] gates;

    /// <summary>Ranks the gates of a plan.</summary>
    public GateColours(IEnumerable<PlanLine> lines) => gates =
    [
        .. lines.GroupBy(l => l.Gate).OrderByDescending(g => g.Sum(l => l.Bytes)).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.Key),
    ];

    /// <summary>The gates, those with the most bytes first.</summary>
    public IReadOnlyList<string> Gates => gates;

    /// <summary>A gate's colour.</summary>
    public string this[string gate] => Palette[Math.Min(Math.Max(0, Array.IndexOf(gates, gate)), Palette.Length - 1)];
}
