using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using MPCache.Cli.Reports.Plans;
using Spectre.Console;

namespace MPCache.Cli.Reports.Ranges;

/// <summary>The table of a calibration: a declared range a row.</summary>
internal static class CalibrationTable
{
    /// <summary>Writes the table and what it says.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="ranges">The ranges.</param>
    public static void Write(TextWriter output, IReadOnlyList<CalibratedRange> ranges)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("expression");
        PlanConsole.AddNumbers(table, "declared\nfrom", "\nto", "seen\nfrom", "\nto", "headroom");
        table.AddColumn("");
        foreach (CalibratedRange range in ranges)
        {
            (RangeObservation seen, RangeVerdict verdict) = (range.Seen, range.Verdict);
            string style = verdict switch
            {
                RangeVerdict.Left => "red",
                RangeVerdict.Wide => "yellow",
                _ => "default",
            };
            table.AddRow(
                Markup.Escape(range.Expression), Number(seen.Low), Number(seen.High), Number(seen.Minimum), Number(seen.Maximum),
                double.IsFinite(range.Headroom) ? $"{range.Headroom.ToString("0.#", CultureInfo.InvariantCulture)}×" : "",
                verdict == RangeVerdict.Fits ? "" : $"[{style}]{verdict.ToString().ToLowerInvariant()}[/]");
        }

        PlanConsole.On(output).Write(table);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{ranges.Count} declared ranges: {Count(ranges, RangeVerdict.Left)} left, {Count(ranges, RangeVerdict.Wide)} wider than "
                + $"what was seen by more than {CalibratedRange.WideFrom}×. Other texts may go further: leave headroom."));
        output.Flush();
    }

    private static int Count(IEnumerable<CalibratedRange> ranges, RangeVerdict verdict) => ranges.Count(r => r.Verdict == verdict);

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
