using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using MPCache.Bench.Decoding.Running;
using MPCache.Bench.Reports;

namespace MPCache.Bench.Decoding.Reports;

/// <summary>Steps and prompts as JSON, an object a line; <c>kind</c> says which.</summary>
internal static class StepLines
{
    /// <summary>Writes the file.</summary>
    /// <param name="path">The file; <see cref="CostLines.CheckPath"/> has found that it can be written.</param>
    /// <param name="network">What was emulated between the parties.</param>
    /// <param name="results">The lines.</param>
    public static void Write(string path, string network, IReadOnlyList<StepResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        using FileStream file = new(path, FileMode.Create, FileAccess.Write);
        foreach (StepResult result in results)
        {
            using (Utf8JsonWriter json = new(file))
            {
                Write(json, network, result);
            }

            file.WriteByte((byte)'\n');
        }
    }

    private static void Write(Utf8JsonWriter json, string network, StepResult result)
    {
        json.WriteStartObject();
        json.WriteString("kind", result.Kind);
        json.WriteString("shape", result.Shape);
        json.WriteString("network", network);
        foreach ((string name, object value) in result.Facts)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value);
        }

        json.WriteNumber("flights", result.Planned.Flights);
        json.WriteNumber("serverToClientBytes", result.Planned.ServerToClient);
        json.WriteNumber("clientToServerBytes", result.Planned.ClientToServer);
        json.WriteNumber("preparedBytes", result.Planned.Prepared);
        json.WriteNumber("dealerBytes", result.Planned.Tape);
        json.WriteNumber("allBytes", result.AllBytes);
        if (result.Measurement is StepMeasurement runs)
        {
            json.WriteNumber("runs", runs.Online.Count);
            WriteTimes(json, "offlineSeconds", runs.Offline);
            WriteTimes(json, "onlineSeconds", runs.Online);
            json.WriteNumber("waitingShare", runs.Waiting.Average());
            json.WriteNumber("peakBytes", runs.PeakBytes);
            if (result.PlainPass is TimeSpan pass)
            {
                json.WriteNumber("plainPassSeconds", pass.TotalSeconds);
                json.WriteNumber("offlinePasses", StepMeasurement.Spread(runs.Offline).Median / pass);
                json.WriteNumber("onlinePasses", StepMeasurement.Spread(runs.Online).Median / pass);
            }
        }

        WriteShares(json, "bytesByGate", result.Breakdown.Gates);
        WriteShares(json, "bytesByExpression", result.Breakdown.Expressions);
        json.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter json, string name, IReadOnlyList<TimeSpan> times)
    {
        (TimeSpan median, TimeSpan min, TimeSpan max) = StepMeasurement.Spread(times);
        json.WriteStartObject(name);
        json.WriteNumber("median", median.TotalSeconds);
        json.WriteNumber("min", min.TotalSeconds);
        json.WriteNumber("max", max.TotalSeconds);
        json.WriteEndObject();
    }

    private static void WriteShares(Utf8JsonWriter json, string name, IReadOnlyList<CostShare> shares)
    {
        json.WriteStartObject(name);
        foreach (CostShare share in shares)
        {
            json.WriteNumber(share.Name, share.All);
        }

        json.WriteEndObject();
    }
}
