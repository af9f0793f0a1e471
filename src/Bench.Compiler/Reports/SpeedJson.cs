using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MPCache.Bench.Machine;
using MPCache.Bench.Reports;
using MPCache.Cli;

namespace MPCache.Bench.Compiler.Reports;

/// <summary>A report as JSON, an object a line; the first line is the machine.</summary>
internal static class SpeedJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,

        // The file is read by programs and people, not embedded in a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    /// <summary>Writes a report about this machine.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lines">What was measured.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static void Write(string path, IEnumerable<IReportLine> lines)
    {
        using FileStream file = ReportFile.Create(path);
        foreach (IReportLine line in lines.Prepend(MachineLine.Here()))
        {
            JsonSerializer.Serialize(file, line, line.GetType(), Options);
            file.WriteByte((byte)'\n');
        }
    }
}
