using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace MPCache.Bench.Reports;

/// <summary>Gates as a table in Markdown.</summary>
internal static class GateTable
{
    private static readonly string[] Columns =
    [
        "<gate", "<computes", "values", "flights", "server→client B a value", "client→server B", "prepared B", "tape B", "dealt M/s",
        "online M/s", "server ms (min–max)", "client ms (min–max)",
    ];

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="lines">The gates.</param>
    public static void Write(TextWriter output, IEnumerable<GateLine> lines) => MarkdownTable.Write(output, Columns, lines.Select(Cells));

    private static string[] Cells(GateLine line)
    {
        string PerValue(long bytes) => MarkdownTable.Number((double)bytes / line.Values);
        return
        [
            line.Name, line.Description, line.Values.ToString("N0", CultureInfo.InvariantCulture),
            line.Flights.ToString(CultureInfo.InvariantCulture), PerValue(line.ServerToClientBytes), PerValue(line.ClientToServerBytes),
            PerValue(line.PreparedBytes), PerValue(line.DealerBytes), MarkdownTable.Number(line.DealtASecond / 1e6),
            MarkdownTable.Number(line.OnlineASecond / 1e6), KernelTable.Milliseconds(line.ServerSeconds),
            KernelTable.Milliseconds(line.ClientSeconds),
        ];
    }
}
