using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using MPCache.Bench.BreakEven;

namespace MPCache.Bench.Reports;

/// <summary>Costs against cached tokens as tables in Markdown: the figures, and straight lines through them.</summary>
internal static class CostReport
{
    private const double BytesPerKilobyte = 1e3;
    private const double MillisecondsPerSecond = 1e3;

    private static readonly string[] Columns =
    [
        "<policy", "tokens", "flights", "server→client kB", "client→server kB", "prepared kB", "dealer kB", "all kB", "offline ms",
        "online ms (min–max)",
    ];

    private static readonly string[] FitColumns =
        ["<policy", "online ms at 0 tokens", "µs a token", "all kB at 0 tokens", "bytes a token"];

    /// <summary>Writes the figures.</summary>
    public static void WriteCosts(TextWriter output, CostGroup costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        MarkdownTable.Write(output, Columns, costs.Series.SelectMany(s => s.OrderBy(l => l.Length)).Select(Cells));
    }

    /// <summary>Writes lines through what each policy costs; nothing where no policy has two lengths.</summary>
    public static void WriteFits(TextWriter output, CostGroup costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        string[][] rows =
        [
            .. from series in costs.Series
               let bytes = Fit(series.Select(l => (l.Length, l.AllBytes / BytesPerKilobyte)))
               where bytes is not null
               let times = Fit(series.Where(l => l.OnlineSeconds is not null)
                   .Select(l => (l.Length, l.OnlineSeconds!.Median * MillisecondsPerSecond)))
               select new[]
               {
                   series.Key, Number(times?.Start), Number(times?.Slope * 1e3), Number(bytes.Start), Number(bytes.Slope * BytesPerKilobyte),
               },
        ];
        if (rows.Length > 0)
        {
            MarkdownTable.Write(output, FitColumns, rows);
        }
    }

    /// <summary>A line through points; null where they have fewer than two lengths.</summary>
    internal static LinearFit? Fit(IEnumerable<(int Tokens, double Value)> points)
    {
        (int Tokens, double Value)[] all = [.. points];
        return all.Select(p => p.Tokens).Distinct().Count() > 1 ? LinearFit.Of(all) : null;
    }

    private static string[] Cells(CostLine line) =>
    [
        line.Series, line.Length.ToString("N0", CultureInfo.InvariantCulture), line.Flights.ToString(CultureInfo.InvariantCulture),
        Kilobytes(line.ServerToClientBytes), Kilobytes(line.ClientToServerBytes), Kilobytes(line.PreparedBytes),
        Kilobytes(line.DealerBytes), Kilobytes(line.AllBytes), Number(line.OfflineSeconds?.Median * MillisecondsPerSecond),
        line.OnlineSeconds is null ? "" : KernelTable.Milliseconds(line.OnlineSeconds),
    ];

    private static string Kilobytes(long bytes) => (bytes / BytesPerKilobyte).ToString("N1", CultureInfo.InvariantCulture);

    private static string Number(double? number) => number is double some ? MarkdownTable.Number(some) : "";
}
