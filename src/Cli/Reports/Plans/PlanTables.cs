using System.Collections.Generic;
using System.IO;
using System.Linq;
using MPCache.Contract;
using MPCache.Transport;
using Spectre.Console;
using static MPCache.Cli.Reports.Plans.PlanConsole;

namespace MPCache.Cli.Reports.Plans;

/// <summary>A plan's tables: flights with what they open, the tape by gate, the totals, and the time that networks take for them.</summary>
internal static class PlanTables
{
    /// <summary>Writes the tables.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="costs">The plan.</param>
    /// <param name="networks">The networks to estimate the time for.</param>
    public static void Write(TextWriter output, PlanCosts costs, IReadOnlyList<NetworkProfile> networks)
    {
        IAnsiConsole console = On(output);
        output.WriteLine($"{costs.Program}: {Sizes(costs.Dimensions)}");
        console.Write(Flights(costs.Flights));
        if (costs.Branches.Count > 0)
        {
            output.WriteLine("Branches taken:");
            foreach (BranchCost branch in costs.Branches)
            {
                IEnumerable<string> shown = costs.Flights.Where(f => f.Around.Contains(branch)).Select(f => Count(f.Id));
                string flights = shown.Any() ? $"flights {string.Join(", ", shown)}" : "nothing is sent";
                output.WriteLine($"  where {branch.Condition}: {flights}. {OtherBranch(branch)}.");
            }
        }

        Table sent = Table("slot", "times");
        sent.AddColumn("gate");
        sent.AddColumn("expression");
        AddNumbers(sent, "bytes");
        foreach (TapeCost slot in costs.Tape)
        {
            sent.AddRow(Count(slot.Slot), Count(slot.Runs), Markup.Escape(slot.Gate), Markup.Escape(slot.Expression), Count(slot.Bytes));
        }

        output.WriteLine("Tape, dealer→client:");
        console.Write(sent);

        Table totals = Table(
            "flights", "server→client\nbytes", "client→server\nbytes", "prepared by the client\nbytes", "dealer→client\nbytes");
        totals.AddRow(
            Count(costs.Totals.Flights), Count(costs.Totals.ServerToClient), Count(costs.Totals.ClientToServer),
            Count(costs.Totals.Prepared), Count(costs.Totals.Tape));
        output.WriteLine("Together:");
        console.Write(totals);
        output.WriteLine("Online on a network, without what is computed: flights × latency + bytes of the larger direction ÷ bandwidth:");
        console.Write(Times(costs.Flights, networks));
        if (costs.Choices.Count > 0)
        {
            output.WriteLine("Chosen where there was another way:");
            foreach (ChoiceNode choice in costs.Choices)
            {
                output.WriteLine($"  {choice.Chosen}: {choice.Expression}");
                output.WriteLine($"    {choice.Reason}");
            }
        }

        output.Flush();
    }

    private static Table Flights(IReadOnlyList<FlightCost> costs)
    {
        Table flights = Table("flight", "times");
        flights.AddColumn("opens");
        AddNumbers(flights, "server→client\nbytes", "client→server\nbytes");
        foreach (FlightCost flight in costs)
        {
            string opens = string.Join("\n", flight.Entries.Select(e => Markup.Escape(Opening(e))));
            flights.AddRow(Count(flight.Id), Count(flight.Runs), opens, Count(flight.ServerToClient), Count(flight.ClientToServer));
        }

        return flights;
    }

    private static Table Times(IReadOnlyList<FlightCost> flights, IReadOnlyList<NetworkProfile> networks)
    {
        Table times = new() { Border = TableBorder.Simple };
        times.AddColumn("network");
        AddNumbers(times, "latency\nms", "on the link\nms", "together\nms");
        foreach (NetworkProfile network in networks)
        {
            NetworkTime time = NetworkTime.Of(flights, network);
            times.AddRow(
                Markup.Escape(network.ToString()), Milliseconds(time.Latency), Milliseconds(time.OnLink), Milliseconds(time.Together));
        }

        return times;
    }

    private static string Opening(EntryCost entry) => entry.Expression.Length == 0 ? entry.Gate : $"{entry.Gate}: {entry.Expression}";
}
