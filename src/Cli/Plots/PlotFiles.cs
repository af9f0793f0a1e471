using System.IO;
using System.Linq;
using MPCache.Cli.Reports;
using MPCache.Evaluation.Scoring;
using MPCache.Models.Policies;

namespace MPCache.Cli.Plots;

/// <summary>The plots of an evaluation, each as SVG and as PNG.</summary>
internal static class PlotFiles
{
    /// <summary>Draws what there is to draw.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <param name="summary">What came out.</param>
    /// <exception cref="MPCacheException">The library that draws does not run here, or a file cannot be written.</exception>
    public static void Write(string folder, Summary summary) => PlotFile.Draw(
        folder, "the results and the summary are complete",
        $"Draw on another machine from '{Path.Combine(folder, SummaryFiles.Csv)}', or run the same command there with this folder", () =>
        {
            int policies = summary.Lines.Select(line => line.Policy).Distinct().Count();
            PlotFile.Save(folder, "accuracy-attended", AccuracyPlot.Draw(
                summary, "Tokens attended to a layer and step, % of the prompt", line => 100 * line.Attended / line.PromptTokens), policies);
            PlotFile.Save(folder, "accuracy-bytes", AccuracyPlot.Draw(
                summary, "Bytes for a further token, between the parties and from the dealer, MB", line => line.TotalStepBytes / 1e6), policies);
            foreach (IGrouping<string, DepthCell> cells in summary.NeedleDepths.GroupBy(cell => cell.Policy))
            {
                CachePolicy policy = CachePolicy.Read(cells.Key);
                PlotFile.Save(folder, $"needle-depth-{PolicyName.File(policy)}", DepthPlot.Draw(PolicyName.Brief(policy), [.. cells]));
            }
        });
}
