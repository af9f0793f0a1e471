using System;
using System.Linq;
using MPCache.Bench.Reports;
using ScottPlot;
using ScottPlot.Plottables;

namespace MPCache.Bench.Plots;

/// <summary>Time or bytes against cached tokens, a line a policy.</summary>
internal static class CostPlot
{
    private static readonly IPalette Colours = new ScottPlot.Palettes.Category10();

    /// <summary>Draws the plot; null where nothing has such a figure.</summary>
    /// <param name="group">What is drawn.</param>
    /// <param name="axis">What the figure is, with its unit.</param>
    /// <param name="figure">The figure; null where a line has none.</param>
    public static Plot? Draw(CostGroup group, string axis, Func<CostLine, double?> figure)
    {
        ArgumentNullException.ThrowIfNull(group);
        Plot plot = new();
        int drawn = 0;
        double highest = 0;
        foreach (IGrouping<string, CostLine> series in group.Series)
        {
            (double Tokens, double Value)[] points =
                [.. from line in series orderby line.Length let value = figure(line) where value is not null select ((double)line.Length, value.Value)];
            if (points.Length == 0)
            {
                continue;
            }

            Scatter scatter = plot.Add.Scatter(points.Select(p => p.Tokens).ToArray(), points.Select(p => p.Value).ToArray(), Colours.GetColor(drawn++));
            scatter.LegendText = series.Key;
            scatter.MarkerSize = 7;
            highest = Math.Max(highest, points.Max(p => p.Value));
        }

        if (drawn == 0)
        {
            return null;
        }

        plot.XLabel(group.Lines.Any(l => l.Cached is null) ? "Tokens of the prompt" : "Cached tokens");
        plot.YLabel(axis);
        plot.Title(group.Title);
        plot.Axes.SetLimitsX(0, 1.05 * group.Lines.Max(l => l.Length));
        plot.Axes.SetLimitsY(0, highest > 0 ? 1.08 * highest : 1);
        plot.ShowLegend(Edge.Right);
        return plot;
    }
}
