using System;
using System.IO;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Models.Tests.Policies;

/// <summary>
/// A test of many minutes on the trained model: it runs only where MPCACHE_SWEEP names the file to which it appends its table, and in the
/// clear too where MPCACHE_SWEEP_CLEAR is set.
/// </summary>
internal sealed class SweepFactAttribute : FactAttribute
{
    public SweepFactAttribute()
    {
        if (!SharedFiles.HaveModel || Table is null)
        {
            Skip = "MPCACHE_SWEEP names no file, or the model is not beside the repository";
        }
    }

    public static bool Clear => Environment.GetEnvironmentVariable("MPCACHE_SWEEP_CLEAR") is not null;

    private static string? Table => Environment.GetEnvironmentVariable("MPCACHE_SWEEP");

    /// <summary>Adds a line to the table, where there is one.</summary>
    public static void Tell(string line)
    {
        if (Table is string table)
        {
            File.AppendAllText(table, line + Environment.NewLine);
        }
    }
}
