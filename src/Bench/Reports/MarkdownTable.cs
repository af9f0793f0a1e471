using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace MPCache.Bench.Reports;

/// <summary>A table in Markdown.</summary>
internal static class MarkdownTable
{
    /// <summary>Writes a table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="columns">Its heads; a leading '&lt;' makes a column of words, all others are numbers.</param>
    /// <param name="rows">Its cells.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> columns, IEnumerable<string[]> rows)
    {
        ArgumentNullException.ThrowIfNull(output);
        Row(output, [.. columns.Select(c => c.TrimStart('<'))]);
        Row(output, [.. columns.Select(c => c.StartsWith('<') ? "---" : "---:")]);
        foreach (string[] row in rows)
        {
            Row(output, row);
        }

        output.WriteLine();
    }

    /// <summary>Writes cells as a row.</summary>
    public static void Row(TextWriter output, IReadOnlyList<string> cells) => output.WriteLine($"| {string.Join(" | ", cells)} |");

    /// <summary>A number with three significant digits, as far as they stand behind the point.</summary>
    public static string Number(double number) => Math.Abs(number) switch
    {
        >= 100 => number.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => number.ToString("0.0", CultureInfo.InvariantCulture),
        >= 1 or 0 => number.ToString("0.00", CultureInfo.InvariantCulture),
        _ => number.ToString("0.000", CultureInfo.InvariantCulture),
    };
}
