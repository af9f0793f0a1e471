using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Bench.Reports;
using ScottPlot;
using ScottPlot.Plottables;

namespace MPCache.Bench.Plots;

/// <summary>How near kernels come to their roofs, a bar each.</summary>
internal static class RoofPlot
{
    private const double Percent = 100;

    /// <summary>Draws the plot; null where no kernel has a roof.</summary>
    public static Plot? Draw(IReadOnlyList<KernelLine> kernels)
    {
        KernelLine[] drawn = [.. kernels.Where(k => k.Fraction is not null).Reverse()];
        if (drawn.Length == 0)
        {
            return null;
        }

        string[] roofs = [.. drawn.Select(k => k.Roof!).Distinct().Order(StringComparer.Ordinal)];
        IPalette colours = new ScottPlot.Palettes.Category10();
        Plot plot = new();
        Bar[] fractions =
        [
            .. drawn.Select((k, i) => new Bar
            {
                Position = i, Value = Percent * k.Fraction!.Value, FillColor = colours.GetColor(Array.IndexOf(roofs, k.Roof)),
            }),
        ];
        BarPlot bars = plot.Add.Bars(fractions);
        bars.Horizontal = true;
        plot.Axes.Left.SetTicks(
            [.. drawn.Select((_, i) => (double)i)], [.. drawn.Select(k => $"{k.Name}, {k.Size}")]);
        plot.Axes.Margins(left: 0);
        plot.Add.VerticalLine(Percent);
        plot.XLabel("Time at the roof, % of the time taken");
        plot.Title("Kernels against their roofs");
        plot.Legend.ManualItems.AddRange(roofs.Select((roof, i) => new LegendItem { LabelText = roof, FillColor = colours.GetColor(i) }));
        plot.ShowLegend(Edge.Bottom);
        return plot;
    }
}
