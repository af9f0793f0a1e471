using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MPCache.Bench.Machine;
using MPCache.Cli;

namespace MPCache.Bench.Reports;

/// <summary>A report as JSON, an object a line; the first line is the machine.</summary>
internal static class ReportLines
{
    /// <summary>Relaxed: the file is read by programs and people, not embedded in a page.</summary>
    private static readonly ReportJson Json = new(new JsonSerializerOptions(ReportJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Writes a report about this machine.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lines">What was measured.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static void Write(string path, IEnumerable<IReportLine> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        using FileStream file = Create(path);
        foreach (IReportLine line in lines)
        {
            Write(file, line);
        }
    }

    /// <summary>Begins a report about this machine: further lines are the caller's to write.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static FileStream Create(string path)
    {
        FileStream file = ReportFile.Create(path);
        Write(file, MachineLine.Here());
        return file;
    }

    /// <summary>Reads a report.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its lines.</returns>
    /// <exception cref="MPCacheException">It cannot be read, or a line is none that a report has.</exception>
    public static IEnumerable<IReportLine> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MPCacheException(
                $"the report '{path}' cannot be read: {e.Message.TrimEnd('.')}", "Give files that a command of bench wrote with --json", e);
        }

        for (int i = 0; i < lines.Length; i++)
        {
            if (!string.IsNullOrWhiteSpace(lines[i]))
            {
                yield return Parse(lines[i], path, i + 1);
            }
        }
    }

    private static void Write(FileStream file, IReportLine line)
    {
        // A line may know more than the type that readers need.
        JsonTypeInfo type = Json.GetTypeInfo(line.GetType())
            ?? throw new InvalidOperationException($"{line.GetType().Name} is not declared in {nameof(ReportJson)}.");
        JsonSerializer.Serialize(file, line, type);
        file.WriteByte((byte)'\n');
    }

    private static IReportLine Parse(string text, string path, int number)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement line = document.RootElement;
            string? kind = line.ValueKind == JsonValueKind.Object && line.TryGetProperty("kind", out JsonElement word)
                && word.ValueKind == JsonValueKind.String
                ? word.GetString()
                : null;
            IReportLine? read = kind switch
            {
                null => throw new JsonException("it has no kind"),
                MachineLine.Word => line.Deserialize(Json.MachineLine),
                KernelLine.Word => line.Deserialize(Json.KernelLine),
                GateLine.Word => line.Deserialize(Json.GateLine),
                _ => line.Deserialize(Json.CostLine),
            };
            return read is CostLine { Cached: null, Tokens: null } ? throw new JsonException($"'{kind}' without 'cached' or 'tokens'") : read!;
        }
        catch (JsonException e)
        {
            throw new MPCacheException(
                FormattableString.Invariant($"line {number} of '{path}' is no line of a report: {e.Message.TrimEnd('.')}"),
                "Give files that a command of bench wrote with --json", e);
        }
    }
}
