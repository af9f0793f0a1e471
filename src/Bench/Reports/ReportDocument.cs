using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace MPCache.Bench.Reports;

/// <summary>Everything that reports hold, as one document in Markdown.</summary>
internal static class ReportDocument
{
    /// <summary>The name of the plot of kernels.</summary>
    public const string RoofPlot = "kernels";

    /// <summary>Writes the document.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="reports">What was measured, machine by machine.</param>
    /// <param name="plots">The plots that lie beside the document, by name without extension.</param>
    public static void Write(TextWriter output, IReadOnlyList<MeasuredOn> reports, IReadOnlySet<string> plots)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(reports);
        for (int i = 0; i < reports.Count; i++)
        {
            MeasuredOn report = reports[i];
            string prefix = Prefix(reports, i);
            output.WriteLine($"# {report.Machine}");
            output.WriteLine();
            if (report.Kernels.Count > 0)
            {
                Section(output, "Kernels", plots, $"{prefix}{RoofPlot}");
                KernelTable.Write(output, report.Kernels);
            }

            if (report.Gates.Count > 0)
            {
                Section(output, "Gates", plots);
                GateTable.Write(output, report.Gates);
            }

            foreach (CostGroup group in report.Costs)
            {
                Section(output, group.Title, plots, $"{prefix}{group.FileName}-time", $"{prefix}{group.FileName}-bytes");
                CostReport.WriteCosts(output, group);
                CostReport.WriteFits(output, group);
            }
        }
    }

    /// <summary>What the names of a machine's plots begin with, so that those of several differ.</summary>
    internal static string Prefix(IReadOnlyList<MeasuredOn> reports, int index) =>
        reports.Count == 1 ? "" : FormattableString.Invariant($"{index + 1}-");

    private static void Section(TextWriter output, string title, IReadOnlySet<string> plots, params string[] own)
    {
        output.WriteLine($"## {title}");
        output.WriteLine();
        foreach (string plot in own.Where(plots.Contains))
        {
            output.WriteLine($"![{title}]({plot}.svg)");
            output.WriteLine();
        }
    }
}
