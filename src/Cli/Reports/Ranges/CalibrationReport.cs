using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace MPCache.Cli.Reports.Ranges;

/// <summary>A calibration as a JSON file.</summary>
internal static class CalibrationReport
{
    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ranges">The ranges.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<CalibratedRange> ranges)
    {
        using FileStream file = ReportFile.Create(path);
        using Utf8JsonWriter json = new(file, JsonReport.Options);
        json.WriteStartObject();
        json.WriteStartArray("ranges");
        foreach (CalibratedRange range in ranges)
        {
            json.WriteStartObject();
            json.WriteString("expression", range.Expression);
            WriteNumber(json, "low", range.Seen.Low);
            WriteNumber(json, "high", range.Seen.High);
            WriteNumber(json, "minimum", range.Seen.Minimum);
            WriteNumber(json, "maximum", range.Seen.Maximum);
            WriteNumber(json, "headroom", range.Headroom);
            json.WriteString("verdict", range.Verdict.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What is no finite number is null: JSON has no other word for it.</summary>
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
