using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;
using MPCache.Cli.Roles;
using MPCache.Contract;
using MPCache.Models.Generation;

namespace MPCache.Cli.Reports;

/// <summary>
/// A generation as a JSON file: prompt, completion, policy, tokens of the private and of the plain run (null where the weights are not at
/// hand), and the costs of each phase.
/// </summary>
internal static class JsonReport
{
    /// <summary>Relaxed: the file is read by programs and people, not embedded in a page.</summary>
    internal static JsonWriterOptions Options { get; } = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Finds out before the work whether the file can be written.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="MPCacheException">It cannot.</exception>
    public static void CheckPath(string? path, string option = "--json")
    {
        if (path is not null)
        {
            Open(path, FileMode.OpenOrCreate, option).Dispose();
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="completion">The generation.</param>
    /// <param name="plain">The plain run's tokens; null where there was none.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static void Write(string path, Completion completion, IReadOnlyList<int>? plain)
    {
        using FileStream file = Open(path, FileMode.Create);
        using Utf8JsonWriter json = new(file, Options);
        json.WriteStartObject();
        WriteCompletion(json, completion, plain);
        json.WriteEndObject();
    }

    /// <summary>The properties of a generation.</summary>
    internal static void WriteCompletion(Utf8JsonWriter json, Completion completion, IReadOnlyList<int>? plain)
    {
        json.WriteString("prompt", completion.Prompt);
        json.WriteString("completion", completion.Text);
        json.WriteString("policy", completion.Request.Policy.Write());
        WriteTokens(json, "tokens", completion.Tokens);
        WriteTokens(json, "plainTokens", plain);
        json.WriteStartArray("phases");
        foreach (GenerationPhase phase in completion.Phases)
        {
            WritePhase(json, phase);
        }

        json.WriteEndArray();
    }

    private static void WritePhase(Utf8JsonWriter json, GenerationPhase phase)
    {
        json.WriteStartObject();
        json.WriteString("name", phase.Name);
        json.WriteNumber("steps", phase.Steps);
        WriteCost(json, "rounds", phase, t => t.Flights);
        WriteCost(json, "serverToClientBytes", phase, t => t.ServerToClient);
        WriteCost(json, "clientToServerBytes", phase, t => t.ClientToServer + t.Prepared);
        WriteCost(json, "dealerBytes", phase, t => t.Tape);
        json.WriteNumber("offlineSeconds", phase.Offline.TotalSeconds);
        json.WriteNumber("onlineSeconds", phase.Online.TotalSeconds);
        json.WriteEndObject();
    }

    private static void WriteCost(Utf8JsonWriter json, string name, GenerationPhase phase, Func<PlanTotals, long> cost)
    {
        json.WriteStartObject(name);
        json.WriteNumber("planned", cost(phase.Planned));
        json.WriteNumber("measured", cost(phase.Measured));
        json.WriteEndObject();
    }

    private static void WriteTokens(Utf8JsonWriter json, string name, IReadOnlyList<int>? tokens)
    {
        if (tokens is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        foreach (int token in tokens)
        {
            json.WriteNumberValue(token);
        }

        json.WriteEndArray();
    }

    /// <summary>Opens a report's file.</summary>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    internal static FileStream Open(string path, FileMode mode, string option = "--json")
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
