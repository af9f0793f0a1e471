using System.IO;
using System.Text.Json;
using MPCache.Sessions;

namespace MPCache.Cli.Reports;

/// <summary>A trace as a JSON file: every expression of every iteration, and the first divergence.</summary>
internal static class TraceReport
{
    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="comparison">The trace.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static void Write(string path, TraceComparison comparison)
    {
        using FileStream file = ReportFile.Create(path);
        using Utf8JsonWriter json = new(file, JsonReport.Options);
        json.WriteStartObject();
        json.WriteString("program", comparison.Program);
        json.WriteNumber("tolerance", comparison.Tolerance);
        json.WriteStartArray("expressions");
        foreach (TraceRow row in comparison.Rows)
        {
            json.WriteStartObject();
            WritePlace(json, row.Site, row.Expression, row.Outer, row.Inner);
            json.WriteNumber("elements", row.Count);
            WriteNumber(json, "largest", row.Largest);
            WriteNumber(json, "plainToClear", row.PlainToClear);
            WriteNumber(json, "clearToTwoParty", row.ClearToTwoParty);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (comparison.FirstDivergence is TraceDivergence first)
        {
            json.WriteStartObject("firstDivergence");
            WritePlace(json, first.Site, first.Expression, first.Outer, first.Inner);
            json.WriteNumber("element", first.Element);
            WriteNumber(json, "plain", first.Plain);
            WriteNumber(json, "clear", first.Clear);
            WriteNumber(json, "twoParty", first.TwoParty);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("firstDivergence");
        }

        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, int site, string expression, long outer, long inner)
    {
        json.WriteNumber("site", site);
        json.WriteString("expression", expression);
        json.WriteNumber("outer", outer);
        json.WriteNumber("inner", inner);
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
