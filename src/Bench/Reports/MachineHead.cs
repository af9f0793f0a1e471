using System;
using System.IO;
using MPCache.Bench.Machine;

namespace MPCache.Bench.Reports;

/// <summary>The head of what is printed: on what was measured.</summary>
internal static class MachineHead
{
    /// <summary>Writes this machine's description.</summary>
    public static void Write(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteLine(MachineLine.Here());
        output.WriteLine();
    }
}
