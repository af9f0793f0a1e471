using System.Collections.Generic;
using MPCache.Bench.Reports;
using MPCache.Cli.Plots;
using ScottPlot;

namespace MPCache.Bench.Plots;

/// <summary>The plots of a report, each as SVG and as PNG.</summary>
internal static class ReportPlots
{
    /// <summary>Draws what there is to draw.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <param name="reports">What was measured, machine by machine.</param>
    /// <returns>The names of the plots, without extension.</returns>
    /// <exception cref="MPCacheException">The library that draws does not run here, or a file cannot be written.</exception>
    public static IReadOnlySet<string> Write(string folder, IReadOnlyList<MeasuredOn> reports)
    {
        HashSet<string> names = [];
        PlotFile.Draw(folder, "without --out the tables are printed", "Draw on another machine from the same files", () =>
        {
            for (int i = 0; i < reports.Count; i++)
            {
                string prefix = ReportDocument.Prefix(reports, i);
                Save($"{prefix}{ReportDocument.RoofPlot}", RoofPlot.Draw(reports[i].Kernels));
                foreach (CostGroup group in reports[i].Costs)
                {
                    Save($"{prefix}{group.FileName}-time", CostPlot.Draw(group, "Online, ms", l => l.OnlineSeconds?.Median * 1e3));
                    Save($"{prefix}{group.FileName}-bytes", CostPlot.Draw(
                        group, "Between the parties and from the dealer, kB", l => l.AllBytes / 1e3));
                }
            }
        });
        return names;

        void Save(string name, Plot? plot)
        {
            if (plot is not null)
            {
                PlotFile.Save(folder, name, plot);
                names.Add(name);
            }
        }
    }
}
