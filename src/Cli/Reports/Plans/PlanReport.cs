using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using MPCache.Contract;
using MPCache.Transport;

namespace MPCache.Cli.Reports.Plans;

/// <summary>A plan in numbers as a JSON file, written and read back for comparison.</summary>
internal static class PlanReport
{
    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="costs">The plan.</param>
    /// <param name="networks">The networks to estimate the time for.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static void Write(string path, PlanCosts costs, IReadOnlyList<NetworkProfile> networks)
    {
        using FileStream file = ReportFile.Create(path);
        using Utf8JsonWriter json = new(file, JsonReport.Options);
        json.WriteStartObject();
        json.WriteString("program", costs.Program);
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
        WriteAll(json, "networks", networks, network =>
        {
            NetworkTime time = NetworkTime.Of(costs.Flights, network);
            json.WriteString("network", network.ToString());
            json.WriteNumber("latencySeconds", time.Latency.TotalSeconds);
            json.WriteNumber("linkSeconds", time.OnLink.TotalSeconds);
        });
        WriteFlights(json, costs.Flights);
        WriteAll(json, "prepared", costs.Prepared, part =>
        {
            WriteGate(json, part.Gate, part.Expression);
            json.WriteNumber("times", part.Runs);
            json.WriteNumber("bytes", part.Bytes);
        });
        WriteAll(json, "tape", costs.Tape, slot =>
        {
            json.WriteNumber("slot", slot.Slot);
            WriteGate(json, slot.Gate, slot.Expression);
            json.WriteNumber("times", slot.Runs);
            json.WriteNumber("bytes", slot.Bytes);
        });
        json.WriteEndObject();
    }

    /// <summary>Reads a file that <see cref="Write"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="MPCacheException">It cannot be read or is none.</exception>
    public static PlanCosts Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            JsonElement totals = root.GetProperty("totals");
            return new PlanCosts(
                Text(root, "program"),
                root.GetProperty("dimensions").EnumerateObject().ToDictionary(d => d.Name, d => d.Value.GetInt64()),
                new PlanTotals(
                    Number(totals, "flights"), Number(totals, "serverToClientBytes"), Number(totals, "clientToServerBytes"),
                    Number(totals, "preparedBytes"), Number(totals, "dealerBytes")),
                ReadAll(root, "flights", Flight),
                ReadAll(root, "prepared", p => new PreparedCost(
                    Text(p, "gate"), Text(p, "expression"), Count(p, "times"), Number(p, "bytes"))),
                ReadAll(root, "tape", t => new TapeCost(
                    Count(t, "slot"), Text(t, "gate"), Text(t, "expression"), Count(t, "times"), Number(t, "bytes"))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MPCacheException(
                $"the plan '{path}' cannot be read: {e.Message.TrimEnd('.')}", "Give --against a file that 'mpcache plan --json' wrote", e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new MPCacheException($"'{path}' is no plan of this version", "Give --against a file that 'mpcache plan --json' wrote", e);
        }
    }

    private static void WriteFlights(Utf8JsonWriter json, IReadOnlyList<FlightCost> flights) =>
        WriteAll(json, "flights", flights, flight =>
        {
            json.WriteNumber("id", flight.Id);
            json.WriteNumber("times", flight.Runs);
            WriteBytes(json, flight.ServerToClient, flight.ClientToServer);
            json.WriteNumber("slowerDirectionBytes", flight.Slower);
            WriteAll(json, "loops", [.. flight.Around.OfType<LoopCost>()], loop =>
            {
                json.WriteNumber("number", loop.Number);
                json.WriteString("index", loop.Index);
                json.WriteString("low", loop.Low);
                json.WriteString("high", loop.High);
                json.WriteNumber("times", loop.Runs);
            });
            WriteAll(json, "branches", [.. flight.Around.OfType<BranchCost>()], branch =>
            {
                json.WriteNumber("number", branch.Number);
                json.WriteString("condition", branch.Condition);
                json.WriteNumber("times", branch.Runs);
                json.WriteNumber("otherTimes", branch.Others);
                json.WriteNumber("otherFlights", branch.OtherFlights);
            });
            WriteAll(json, "opens", flight.Entries, entry =>
            {
                WriteGate(json, entry.Gate, entry.Expression);
                WriteBytes(json, entry.ServerToClient, entry.ClientToServer);
                json.WriteString("argument", entry.Argument);
            });
        });

    private static FlightCost Flight(JsonElement flight) => new(
        Count(flight, "id"),
        Count(flight, "times"),
        [.. Around(flight).OrderBy(r => r.Number)],
        ReadAll(flight, "opens", e => new EntryCost(
            Text(e, "gate"), Text(e, "expression"), Number(e, "serverToClientBytes"), Number(e, "clientToServerBytes"),
            Text(e, "argument"))),
        Number(flight, "serverToClientBytes"),
        Number(flight, "clientToServerBytes"),
        Number(flight, "slowerDirectionBytes"));

    /// <summary>Loops and branches around a flight, which are numbered from the outside in; files of before have no branches.</summary>
    private static IEnumerable<RegionCost> Around(JsonElement flight)
    {
        LoopCost[] loops = ReadAll(flight, "loops", l => new LoopCost(
            Count(l, "number"), Text(l, "index"), Text(l, "low"), Text(l, "high"), Count(l, "times")));
        BranchCost[] branches = !flight.TryGetProperty("branches", out _) ? [] : ReadAll(flight, "branches", b => new BranchCost(
            Count(b, "number"), Text(b, "condition"), Count(b, "times"), Count(b, "otherTimes"), Count(b, "otherFlights")));
        return [.. loops, .. branches];
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

    private static void WriteAll<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static T[] ReadAll<T>(JsonElement parent, string name, Func<JsonElement, T> read) =>
        [.. parent.GetProperty(name).EnumerateArray().Select(read)];

    private static long Number(JsonElement parent, string name) => parent.GetProperty(name).GetInt64();

    private static int Count(JsonElement parent, string name) => parent.GetProperty(name).GetInt32();

    private static string Text(JsonElement parent, string name) =>
        parent.GetProperty(name).GetString() ?? throw new FormatException($"{name} is no text");
}
