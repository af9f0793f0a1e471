using System;
using System.IO;
using System.Linq;
using MPCache.Cli.Reports;
using MPCache.Evaluation.Scoring;
using MPCache.Models.Policies;
using ScottPlot;

namespace MPCache.Cli.Plots;

/// <summary>The plots of an evaluation, each as SVG and as PNG.</summary>
internal static class PlotFiles
{
    private const int Width = 900;
    private const int Height = 600;

    /// <summary>Draws what there is to draw.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <param name="summary">What came out.</param>
    /// <exception cref="MPCacheException">The library that draws does not run here, or a file cannot be written.</exception>
    public static void Write(string folder, Summary summary)
    {
        try
        {
            Save(folder, "accuracy-attended", AccuracyPlot.Draw(
                summary, "Tokens attended to a layer and step, % of the prompt", line => 100 * line.Attended / line.PromptTokens));
            Save(folder, "accuracy-bytes", AccuracyPlot.Draw(
                summary, "Bytes for a further token, between the parties and from the dealer, MB", line => line.TotalStepBytes / 1e6));
            foreach (IGrouping<string, DepthCell> cells in summary.NeedleDepths.GroupBy(cell => cell.Policy))
            {
                CachePolicy policy = CachePolicy.Read(cells.Key);
                Save(folder, $"needle-depth-{PolicyName.File(policy)}", DepthPlot.Draw(PolicyName.Brief(policy), [.. cells]));
            }
        }
        catch (Exception e) when (IsMissingLibrary(e))
        {
            throw new MPCacheException(
                "the plots cannot be drawn, because SkiaSharp's native library does not run here; the results and the summary are complete",
                $"Draw on another machine from '{Path.Combine(folder, SummaryFiles.Csv)}', or run the same command there with this folder",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MPCacheException(
                $"a plot cannot be written to '{folder}': {e.Message.TrimEnd('.')}", "Give a folder that may be written", e);
        }
    }

    private static void Save(string folder, string name, Plot plot)
    {
        string path = Path.Combine(folder, name);
        plot.SaveSvg($"{path}.svg", Width, Height);
        plot.SavePng($"{path}.png", Width, Height);
    }

    private static bool IsMissingLibrary(Exception? error) =>
        error is DllNotFoundException or BadImageFormatException
        || (error is TypeInitializationException && IsMissingLibrary(error.InnerException));
}
