using System;
using System.IO;

namespace MPCache.Cli;

/// <summary>The file that an option names, such as <c>--json</c>.</summary>
internal static class ReportFile
{
    /// <summary>Finds out before the work whether the file can be written.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="MPCacheException">It cannot.</exception>
    public static void Check(string? path, string option = "--json")
    {
        if (path is not null)
        {
            Open(path, FileMode.OpenOrCreate, option).Dispose();
        }
    }

    /// <summary>Opens the file for writing, what was in it before is lost.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static FileStream Create(string path, string option = "--json") => Open(path, FileMode.Create, option);

    private static FileStream Open(string path, FileMode mode, string option)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.Write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MPCacheException(
                $"the report '{path}' cannot be written: {e.Message.TrimEnd('.')}",
                $"Give {option} a file in a folder that exists and may be written", e);
        }
    }
}
