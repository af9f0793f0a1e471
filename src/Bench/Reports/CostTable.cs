using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using MPCache.Bench.Layers;
using MPCache.Bench.Running;

namespace MPCache.Bench.Reports;

/// <summary>Cases as a table in Markdown.</summary>
internal static class CostTable
{
    private const double BytesPerKilobyte = 1000;
    private const double BytesPerMegabyte = 1_000_000;

    private static readonly string[] Columns =
    [
        "cached", "ρ_s", "held", "policy", "attended", "flights (added)", "server→client kB", "client→server kB", "tape kB",
        "all kB", "times fewer bytes", "times fewer online", "offline ms", "online ms (min–max)", "times less time", "peak MB", "",
    ];

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="results">The rows.</param>
    public static void Write(TextWriter output, IReadOnlyList<CaseResult> results)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(results);
        MarkdownTable.Row(output, Columns);
        MarkdownTable.Row(output, [.. Columns.Select((_, i) => i is 3 or 16 ? "---" : "---:")]);
        foreach (CaseResult result in results)
        {
            MarkdownTable.Row(output, Cells(result));
        }

        output.WriteLine();
    }

    private static string[] Cells(CaseResult result)
    {
        (LayerCase layer, Measurement? runs) = (result.Case, result.Measurement);
        return
        [
            Whole(layer.Cached), layer.Kept.ToString(), Whole(layer.Held), Policy(layer), Whole(layer.Attended),
            FormattableString.Invariant($"{result.Costs.Totals.Flights} ({result.AddedFlights})"),
            Kilobytes(result.Costs.Totals.ServerToClient), Kilobytes(result.Costs.Totals.ClientToServer),
            Kilobytes(result.Costs.Totals.Tape), Kilobytes(result.Costs.All),
            Ratio(result.Baseline.All, result.Costs.All), Ratio(result.Baseline.Online, result.Costs.Online),
            runs is null ? "" : Milliseconds(runs.MedianOffline),
            result.Online is not TimeSpan online ? ""
            : runs is null ? Milliseconds(online)
            : $"{Milliseconds(online)} ({Milliseconds(runs.Online.Min())}–{Milliseconds(runs.Online.Max())})",
            result is { Online: TimeSpan mine, BaselineOnline: TimeSpan full } ? Ratio(full.Ticks, mine.Ticks) : "",
            runs is null ? "" : (runs.PeakBytes / BytesPerMegabyte).ToString("N0", CultureInfo.InvariantCulture),
            result.Source switch
            {
                CostSource.Measured => "measured",
                CostSource.Derived => "difference",
                _ => "plan",
            },
        ];
    }

    private static string Policy(LayerCase layer) => layer.FallsBack
        ? $"{layer.Policy.Name} = full (too few clusters)"
        : layer.Policy.Levels switch
        {
            ClusterLevels.One => FormattableString.Invariant($"{layer.Policy.Name} ({layer.Taking} of {layer.Clusters + 1})"),
            ClusterLevels.Two => FormattableString.Invariant(
                $"{layer.Policy.Name} ({layer.CoarseTaking} of {layer.CoarseClusters + 1}, {layer.Taking} of {layer.Clusters + 1})"),
            _ => layer.Policy.Name,
        };

    private static string Whole(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Kilobytes(long bytes) => (bytes / BytesPerKilobyte).ToString("N1", CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Ratio(long full, long mine) =>
        mine <= 0 ? "" : ((double)full / mine).ToString("0.00", CultureInfo.InvariantCulture);
}
