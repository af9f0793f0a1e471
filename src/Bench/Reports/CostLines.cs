using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using MPCache.Bench.Costs;
using MPCache.Bench.Layers;
using MPCache.Bench.Running;
using MPCache.Transport;

namespace MPCache.Bench.Reports;

/// <summary>Cases as JSON, an object a line.</summary>
internal static class CostLines
{
    /// <summary>Finds out before the work whether the file can be written.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <exception cref="MPCacheException">It cannot.</exception>
    public static void CheckPath(string? path)
    {
        if (path is not null)
        {
            Open(path, FileMode.OpenOrCreate).Dispose();
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">What was emulated between the parties.</param>
    /// <param name="results">The cases.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static void Write(string path, NetworkProfile network, IReadOnlyList<CaseResult> results)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(results);
        using FileStream file = Open(path, FileMode.Create);
        foreach (CaseResult result in results)
        {
            using (Utf8JsonWriter json = new(file))
            {
                Write(json, network, result);
            }

            file.WriteByte((byte)'\n');
        }
    }

    private static void Write(Utf8JsonWriter json, NetworkProfile network, CaseResult result)
    {
        LayerCase layer = result.Case;
        json.WriteStartObject();
        json.WriteString("shape", layer.Shape.Name);
        json.WriteNumber("heads", layer.Shape.Heads);
        json.WriteNumber("size", layer.Shape.Size);
        json.WriteNumber("cached", layer.Cached);
        json.WriteString("static", layer.Kept.ToString());
        json.WriteNumber("held", layer.Held);
        json.WriteString("policy", layer.Policy.Name);
        json.WriteNumber("attended", layer.Attended);
        json.WriteNumber("addedFlights", result.AddedFlights);
        json.WriteBoolean("fallsBackToFull", layer.FallsBack);
        json.WriteNumber("layers", layer.Layers);
        json.WriteString("network", network.Name);
        json.WriteString("source", result.Source.ToString().ToLowerInvariant());
        WriteCosts(json, result.Costs);
        json.WriteStartObject("baseline");
        WriteCosts(json, result.Baseline);
        json.WriteEndObject();
        json.WriteStartObject("bytesByPurpose");
        foreach (Purpose purpose in Enum.GetValues<Purpose>())
        {
            json.WriteNumber(BreakdownTable.Name(purpose), result.Costs.ByPurpose[purpose]);
        }

        json.WriteEndObject();
        WriteTimes(json, "offlineSeconds", result.Measurement?.Offline, result.Measurement?.MedianOffline);
        WriteTimes(json, "onlineSeconds", result.Measurement?.Online, result.Online);
        if (result.Measurement is Measurement runs)
        {
            json.WriteNumber("peakBytes", runs.PeakBytes);
        }
        else
        {
            json.WriteNull("peakBytes");
        }

        json.WriteEndObject();
    }

    private static void WriteCosts(Utf8JsonWriter json, LayerCosts costs)
    {
        json.WriteNumber("flights", costs.Totals.Flights);
        json.WriteNumber("serverToClientBytes", costs.Totals.ServerToClient);
        json.WriteNumber("clientToServerBytes", costs.Totals.ClientToServer);
        json.WriteNumber("preparedBytes", costs.Totals.Prepared);
        json.WriteNumber("dealerBytes", costs.Totals.Tape);
        json.WriteNumber("allBytes", costs.All);
    }

    private static void WriteTimes(Utf8JsonWriter json, string name, IReadOnlyList<TimeSpan>? runs, TimeSpan? median)
    {
        if (median is not TimeSpan middle)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("median", middle.TotalSeconds);
        if (runs is not null)
        {
            json.WriteNumber("min", runs.Min().TotalSeconds);
            json.WriteNumber("max", runs.Max().TotalSeconds);
            json.WriteNumber("runs", runs.Count);
        }

        json.WriteEndObject();
    }

    private static FileStream Open(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.Write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MPCacheException(
                $"the report '{path}' cannot be written: {e.Message.TrimEnd('.')}",
                "Give --json a file in a folder that exists and may be written", e);
        }
    }
}
