using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace MPCache.Cli.Reports;

/// <summary>A plan in numbers as a JSON file.</summary>
internal static class PlanReport
{
    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What the program is called.</param>
    /// <param name="costs">Its costs.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static void Write(string path, string name, PlanCosts costs)
    {
        using FileStream file = ReportFile.Create(path);
        using Utf8JsonWriter json = new(file, JsonReport.Options);
        json.WriteStartObject();
        json.WriteString("program", name);
        json.WriteStartObject("dimensions");
        foreach ((string dimension, long size) in costs.Dimensions)
        {
            json.WriteNumber(dimension, size);
        }

        json.WriteEndObject();
        json.WriteStartObject("totals");
        json.WriteNumber("flights", costs.Totals.Flights);
        WriteBytes(json, costs.Totals.ServerToClient, costs.Totals.ClientToServer);
        json.WriteNumber("preparedBytes", costs.Totals.Prepared);
        json.WriteNumber("dealerBytes", costs.Totals.Tape);
        json.WriteEndObject();
        WriteFlights(json, costs.Flights);
        json.WriteStartArray("prepared");
        foreach (PreparedCost part in costs.Prepared)
        {
            json.WriteStartObject();
            WriteGate(json, part.Gate, part.Expression);
            json.WriteNumber("times", part.Runs);
            json.WriteNumber("bytes", part.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("tape");
        foreach (TapeCost slot in costs.Tape)
        {
            json.WriteStartObject();
            json.WriteNumber("slot", slot.Slot);
            WriteGate(json, slot.Gate, slot.Expression);
            json.WriteNumber("times", slot.Runs);
            json.WriteNumber("bytes", slot.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFlights(Utf8JsonWriter json, IReadOnlyList<FlightCost> flights)
    {
        json.WriteStartArray("flights");
        foreach (FlightCost flight in flights)
        {
            json.WriteStartObject();
            json.WriteNumber("id", flight.Id);
            json.WriteNumber("times", flight.Runs);
            WriteBytes(json, flight.ServerToClient, flight.ClientToServer);
            json.WriteStartArray("opens");
            foreach (EntryCost entry in flight.Entries)
            {
                json.WriteStartObject();
                WriteGate(json, entry.Gate, entry.Expression);
                WriteBytes(json, entry.ServerToClient, entry.ClientToServer);
                json.WriteString("argument", entry.Argument);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteGate(Utf8JsonWriter json, string gate, string expression)
    {
        json.WriteString("gate", gate);
        json.WriteString("expression", expression);
    }

    private static void WriteBytes(Utf8JsonWriter json, long serverToClient, long clientToServer)
    {
        json.WriteNumber("serverToClientBytes", serverToClient);
        json.WriteNumber("clientToServerBytes", clientToServer);
    }
}
