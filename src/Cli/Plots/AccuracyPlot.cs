using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Cli.Reports;
using MPCache.Evaluation.Scoring;
using MPCache.Models.Policies;
using ScottPlot;
using ScottPlot.Plottables;

namespace MPCache.Cli.Plots;

/// <summary>Accuracy over all tasks against what it costs: a line a policy, a point a length.</summary>
internal static class AccuracyPlot
{
    private static readonly MarkerShape[] Shapes =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond,
        MarkerShape.FilledTriangleDown, MarkerShape.OpenCircle, MarkerShape.OpenSquare, MarkerShape.OpenTriangleUp, MarkerShape.OpenDiamond,
    ];

    private static readonly IPalette Colours = new ScottPlot.Palettes.Category10();

    /// <summary>Draws the plot.</summary>
    /// <param name="summary">What came out.</param>
    /// <param name="axis">What the cost is, with its unit.</param>
    /// <param name="cost">The cost of a policy, task and length.</param>
    public static Plot Draw(Summary summary, string axis, Func<SummaryLine, double> cost)
    {
        Plot plot = new();
        IGrouping<string, SummaryLine>[] policies = [.. summary.Lines.GroupBy(line => line.Policy)];
        for (int i = 0; i < policies.Length; i++)
        {
            Point[] points = [.. policies[i].GroupBy(line => line.Length).Select(lines => Point.Of([.. lines], cost))];
            Color colour = Colours.GetColor(i);
            double[] costs = [.. points.Select(p => p.Cost)];
            double[] accuracies = [.. points.Select(p => p.Accuracy)];
            Scatter scatter = plot.Add.Scatter(costs, accuracies, colour);
            scatter.LegendText = PolicyName.Brief(CachePolicy.Read(policies[i].Key));
            scatter.MarkerShape = Shapes[i % Shapes.Length];
            scatter.MarkerSize = 9;
            scatter.LineWidth = 1;
            plot.Add.Plottable(new ErrorBar(
                costs, accuracies, xErrorsNegative: null, xErrorsPositive: null,
                yErrorsNegative: [.. points.Select(p => p.Accuracy - p.Interval.Low)],
                yErrorsPositive: [.. points.Select(p => p.Interval.High - p.Accuracy)])
            {
                Color = colour.WithAlpha(0.4),
            });
            foreach (Point point in points)
            {
                Text text = plot.Add.Text(point.Length.ToString(CultureInfo.InvariantCulture), point.Cost, point.Accuracy);
                text.LabelFontSize = 10;
                text.LabelFontColor = colour;
                text.OffsetX = 6;
            }
        }

        plot.XLabel(axis);
        plot.YLabel("Right answers, %");
        plot.Title($"Accuracy over {string.Join(", ", summary.Lines.Select(l => l.Task).Distinct())}");
        plot.Axes.SetLimitsY(-3, 103);
        double most = summary.Lines.Max(cost);
        plot.Axes.SetLimitsX(0, most > 0 ? 1.08 * most : 1);
        // The library measures the legend too low for many lines, and leaves out those that do not fit.
        plot.ShowLegend(Edge.Bottom).MinimumSize = PlotFile.LegendHeight(policies.Length);
        return plot;
    }

    /// <summary>All tasks of one length together.</summary>
    private sealed record Point(int Length, double Cost, double Accuracy, WilsonInterval Interval)
    {
        public static Point Of(IReadOnlyList<SummaryLine> lines, Func<SummaryLine, double> cost)
        {
            (int right, int samples) = (lines.Sum(l => l.Right), lines.Sum(l => l.Samples));
            WilsonInterval share = WilsonInterval.Of(right, samples);
            return new Point(
                lines[0].Length, lines.Average(cost), 100.0 * right / samples, new WilsonInterval(100 * share.Low, 100 * share.High));
        }
    }
}
