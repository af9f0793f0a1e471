using System;
using System.IO;
using ScottPlot;

namespace MPCache.Cli.Plots;

/// <summary>A plot as SVG and as PNG.</summary>
internal static class PlotFile
{
    private const int Width = 900;
    private const int Height = 600;
    private const int Line = 21;
    private const int Frame = 40;

    /// <summary>Draws plots; what hinders it becomes an error of one line.</summary>
    /// <param name="folder">The folder that is written to.</param>
    /// <param name="complete">What is complete nevertheless, for the error.</param>
    /// <param name="cure">What to do where the library that draws does not run.</param>
    /// <param name="draw">Draws.</param>
    /// <exception cref="MPCacheException">The library that draws does not run here, or a file cannot be written.</exception>
    public static void Draw(string folder, string complete, string cure, Action draw)
    {
        ArgumentNullException.ThrowIfNull(draw);
        try
        {
            draw();
        }
        catch (Exception e) when (IsMissingLibrary(e))
        {
            throw new MPCacheException(
                $"the plots cannot be drawn, because SkiaSharp's native library does not run here; {complete}", cure, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MPCacheException(
                $"a plot cannot be written to '{folder}': {e.Message.TrimEnd('.')}", "Give a folder that may be written", e);
        }
    }

    /// <summary>Writes a plot.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <param name="name">The files' name, without extension.</param>
    /// <param name="plot">The plot.</param>
    /// <param name="entries">Lines of the legend below the plot, for which there is room besides.</param>
    public static void Save(string folder, string name, Plot plot, int entries = 0)
    {
        ArgumentNullException.ThrowIfNull(plot);
        string path = Path.Combine(folder, name);
        int height = Height + LegendHeight(entries);
        plot.SaveSvg($"{path}.svg", Width, height);
        plot.SavePng($"{path}.png", Width, height);
    }

    /// <summary>What a legend takes.</summary>
    /// <param name="entries">Its lines.</param>
    public static int LegendHeight(int entries) => entries == 0 ? 0 : (Line * entries) + Frame;

    private static bool IsMissingLibrary(Exception? error) =>
        error is DllNotFoundException or BadImageFormatException
        || (error is TypeInitializationException && IsMissingLibrary(error.InnerException));
}
