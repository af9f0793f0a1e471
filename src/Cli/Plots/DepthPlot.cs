using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Evaluation.Scoring;
using ScottPlot;
using ScottPlot.Plottables;

namespace MPCache.Cli.Plots;

/// <summary>How often a needle is found, by where it stands and how long the document is; grey where no sample has one.</summary>
internal static class DepthPlot
{
    /// <summary>Draws the plot.</summary>
    /// <param name="policy">The policy's name.</param>
    /// <param name="cells">Its cells, at least one.</param>
    public static Plot Draw(string policy, IReadOnlyList<DepthCell> cells)
    {
        int[] lengths = [.. cells.Select(c => c.Length).Distinct().Order()];
        // The first row is drawn on top: the document's beginning.
        double[,] shares = new double[DepthCell.Parts, lengths.Length];
        Plot plot = new();
        for (int part = 0; part < DepthCell.Parts; part++)
        {
            for (int column = 0; column < lengths.Length; column++)
            {
                DepthCell? cell = cells.FirstOrDefault(c => c.Part == part && c.Length == lengths[column]);
                shares[part, column] = cell is null ? double.NaN : 100.0 * cell.Right / cell.Samples;
            }
        }

        Heatmap map = plot.Add.Heatmap(shares);
        map.Colormap = new ScottPlot.Colormaps.Viridis();
        map.ManualRange = new ScottPlot.Range(0, 100);
        map.NaNCellColor = Colors.LightGray;
        plot.Add.ColorBar(map).Label = "Right answers, %";
        foreach (DepthCell cell in cells)
        {
            Text text = plot.Add.Text(
                string.Create(CultureInfo.InvariantCulture, $"{cell.Right} of {cell.Samples}"), Array.IndexOf(lengths, cell.Length),
                DepthCell.Parts - 1 - cell.Part);
            text.LabelAlignment = Alignment.MiddleCenter;
            text.LabelFontColor = 2 * cell.Right < cell.Samples ? Colors.White : Colors.Black;
        }

        plot.Axes.Bottom.SetTicks(
            [.. lengths.Select((_, i) => (double)i)], [.. lengths.Select(l => l.ToString(CultureInfo.InvariantCulture))]);
        plot.Axes.Left.SetTicks(
            [.. Enumerable.Range(0, DepthCell.Parts).Select(part => (double)(DepthCell.Parts - 1 - part))],
            [.. Enumerable.Range(0, DepthCell.Parts).Select(Part)]);
        plot.XLabel("Tokens of prompt and answer");
        plot.YLabel("Where the needle stands");
        plot.Title($"Needle: {policy}");
        return plot;
    }

    private static string Part(int part) => string.Create(
        CultureInfo.InvariantCulture, $"{100 * part / DepthCell.Parts} to {100 * (part + 1) / DepthCell.Parts} %");
}
