using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using MPCache.Bench.Decoding.Running;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;

namespace MPCache.Bench.Decoding.Reports;

/// <summary>Steps and prompts as tables in Markdown.</summary>
internal static class StepTable
{
    private const double BytesPerKilobyte = 1000;
    private const double BytesPerMegabyte = 1_000_000;
    private const int Expressions = 12;

    private static readonly string[] Columns =
    [
        "flights", "server→client kB", "client→server kB", "prepared kB", "tape kB", "all MB", "offline ms (min–max)",
        "online ms (min–max)", "of it waiting", "passes offline", "passes online", "peak MB",
    ];

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="results">The rows, of the same facts.</param>
    public static void Write(TextWriter output, IReadOnlyList<StepResult> results)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(results);
        string[] columns = ["shape", .. results[0].Facts.Select(f => f.Name), .. Columns];
        MarkdownTable.Row(output, columns);
        MarkdownTable.Row(output, [.. columns.Select(c => c is "shape" or "policy" ? "---" : "---:")]);
        foreach (StepResult result in results)
        {
            MarkdownTable.Row(output, [result.Shape, .. result.Facts.Select(f => Text(f.Value)), .. Cells(result)]);
        }

        output.WriteLine();
        if (results.Select(r => r.PlainPass).FirstOrDefault(p => p is not null) is TimeSpan pass)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"A pass: the same weights in 16 bits times a plain vector, on one thread: {pass.TotalMilliseconds:0.0} ms."));
            output.WriteLine();
        }
    }

    /// <summary>Writes what the bytes of each row are for.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="results">The rows.</param>
    public static void WriteBreakdowns(TextWriter output, IReadOnlyList<StepResult> results)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(results);
        foreach (StepResult result in results)
        {
            output.WriteLine($"{result.Shape}, {Facts(result)}:");
            output.WriteLine();
            Write(output, "gate", result.Breakdown.Gates);
            Write(output, "expression", [.. result.Breakdown.Expressions.Take(Expressions)]);
        }
    }

    /// <summary>Writes where the online time of each row goes, of rows for which it was counted.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="results">The rows.</param>
    public static void WriteProfiles(TextWriter output, IReadOnlyList<StepResult> results)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(results);
        foreach (StepResult result in results)
        {
            if (result.Measurement?.Profile is IReadOnlyList<ProfileShare> shares)
            {
                output.WriteLine($"{result.Shape}, {Facts(result)}: online time and allocation of a step");
                output.WriteLine();
                Write(output, shares);
            }
        }
    }

    private static void Write(TextWriter output, IReadOnlyList<ProfileShare> shares)
    {
        TimeSpan server = TimeSpan.FromTicks(shares.Sum(s => s.Server.Ticks));
        TimeSpan client = TimeSpan.FromTicks(shares.Sum(s => s.Client.Ticks));
        MarkdownTable.Row(
            output, ["part", "times", "server ms", "share", "client ms", "share", "server allocates, bytes", "client allocates, bytes"]);
        MarkdownTable.Row(output, ["---", "---:", "---:", "---:", "---:", "---:", "---:", "---:"]);
        foreach (ProfileShare share in shares)
        {
            Row(share);
        }

        Row(new ProfileShare(
            "all", server, client, shares.Sum(s => s.ServerAllocated), shares.Sum(s => s.ClientAllocated), shares.Sum(s => s.Times)));
        output.WriteLine();

        void Row(ProfileShare share) => MarkdownTable.Row(
            output,
            [
                share.Name, Whole(share.Times), Milliseconds(share.Server), Share(share.Server, server), Milliseconds(share.Client),
                Share(share.Client, client), Whole(share.ServerAllocated), Whole(share.ClientAllocated),
            ]);

        static string Whole(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
        static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture);
        static string Share(TimeSpan part, TimeSpan all) => (part / all).ToString("0 %", CultureInfo.InvariantCulture);
    }

    private static void Write(TextWriter output, string what, IReadOnlyList<CostShare> shares)
    {
        MarkdownTable.Row(output, [what, "in flights", "online kB", "prepared kB", "tape kB", "all kB"]);
        MarkdownTable.Row(output, ["---", "---:", "---:", "---:", "---:", "---:"]);
        foreach (CostShare share in shares)
        {
            string name = share.Name.Replace("|", "\\|", StringComparison.Ordinal);
            MarkdownTable.Row(
                output,
                [
                    name, Text(share.Flights), Kilobytes(share.Online), Kilobytes(share.Prepared), Kilobytes(share.Tape),
                    Kilobytes(share.All),
                ]);
        }

        output.WriteLine();
    }

    private static string Facts(StepResult result) => string.Join(", ", result.Facts.Select(f => $"{f.Name} {Text(f.Value)}"));

    private static string[] Cells(StepResult result)
    {
        StepMeasurement? runs = result.Measurement;
        return
        [
            Text(result.Planned.Flights), Kilobytes(result.Planned.ServerToClient), Kilobytes(result.Planned.ClientToServer),
            Kilobytes(result.Planned.Prepared), Kilobytes(result.Planned.Tape), Megabytes(result.AllBytes),
            runs is null ? "" : Times(runs.Offline),
            runs is null ? "" : Times(runs.Online),
            runs is null ? "" : runs.Waiting.Average().ToString("0 %", CultureInfo.InvariantCulture),
            runs is null ? "" : Passes(result, runs.Offline), runs is null ? "" : Passes(result, runs.Online),
            runs is null ? "" : (runs.PeakBytes / BytesPerMegabyte).ToString("N0", CultureInfo.InvariantCulture),
        ];
    }

    private static string Times(IReadOnlyList<TimeSpan> times)
    {
        Timing timing = Timing.Of(times);
        return string.Create(
            CultureInfo.InvariantCulture, $"{timing.Median * 1e3:0} ({timing.Min * 1e3:0}–{timing.Max * 1e3:0})");
    }

    private static string Passes(StepResult result, IReadOnlyList<TimeSpan> times) =>
        result.Passes(TimeSpan.FromSeconds(Timing.Of(times).Median))?.ToString("0.0", CultureInfo.InvariantCulture) ?? "";

    private static string Text(object value) => value switch
    {
        double number => number.ToString("0.#", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };

    private static string Kilobytes(long bytes) => (bytes / BytesPerKilobyte).ToString("N1", CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes) => (bytes / BytesPerMegabyte).ToString("N2", CultureInfo.InvariantCulture);
}
