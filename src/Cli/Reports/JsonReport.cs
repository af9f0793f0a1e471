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

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="completion">The generation.</param>
    /// <param name="plain">The plain run's tokens; null where there was none.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static void Write(string path, Completion completion, IReadOnlyList<int>? plain)
    {
        using FileStream file = ReportFile.Create(path);
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
}
