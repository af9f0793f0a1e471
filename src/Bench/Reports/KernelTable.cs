using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using MPCache.Bench.Running;

namespace MPCache.Bench.Reports;

/// <summary>Kernels as a table in Markdown.</summary>
internal static class KernelTable
{
    private static readonly string[] Columns =
        ["<kernel", "<size", "cores", "ms (min–max)", "G a second", "<of", "<roof", "of the roof"];

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="lines">The kernels.</param>
    public static void Write(TextWriter output, IEnumerable<KernelLine> lines) => MarkdownTable.Write(output, Columns, lines.Select(Cells));

    /// <summary>A median between the shortest and the longest.</summary>
    internal static string Milliseconds(Timing time) =>
        $"{MarkdownTable.Number(time.Median * 1e3)} ({MarkdownTable.Number(time.Min * 1e3)}–{MarkdownTable.Number(time.Max * 1e3)})";

    private static string[] Cells(KernelLine line) =>
    [
        line.Name, line.Size, line.Cores.ToString(CultureInfo.InvariantCulture), Milliseconds(line.Seconds),
        MarkdownTable.Number(line.Rate / 1e9), line.Unit, line.Roof ?? "",
        line.Fraction is double fraction ? FormattableString.Invariant($"{100 * fraction:0} %") : "",
    ];
}
