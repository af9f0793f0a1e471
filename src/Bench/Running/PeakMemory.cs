using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace MPCache.Bench.Running;

/// <summary>The most memory that this process, all three roles together, has had resident since it was asked to watch.</summary>
internal static class PeakMemory
{
    private const string Reset = "/proc/self/clear_refs";
    private const string Status = "/proc/self/status";
    private const string Peak = "VmHWM:";
    private const int BytesPerKilobyte = 1024;

    /// <summary>Gives collected memory back to the system and watches from here on; an earlier peak stays in the figure where the system keeps it.</summary>
    public static void Watch()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            File.WriteAllText(Reset, "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The figure is then the process's peak.
        }
    }

    /// <summary>The peak in bytes.</summary>
    public static long Read()
    {
        string? line = File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(l => l.StartsWith(Peak, StringComparison.Ordinal))
            : null;
        return line is null
            ? Process.GetCurrentProcess().PeakWorkingSet64
            : long.Parse(line.AsSpan(Peak.Length).Trim().TrimEnd("kB ").Trim(), CultureInfo.InvariantCulture) * BytesPerKilobyte;
    }
}
