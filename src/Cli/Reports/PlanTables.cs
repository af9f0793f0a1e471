using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Spectre.Console;

namespace MPCache.Cli.Reports;

/// <summary>A plan's tables: flights with what they open, the prepared message and the tape by gate, the totals.</summary>
internal static class PlanTables
{
    private const int RedirectedWidth = 160;

    /// <summary>Writes the tables.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">What the program is called.</param>
    /// <param name="costs">Its costs.</param>
    public static void Write(TextWriter output, string name, PlanCosts costs)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = RedirectedWidth;
        }

        IEnumerable<string> sizes = costs.Dimensions.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Key} = {d.Value}"));
        output.WriteLine($"{name}: {string.Join(", ", sizes)}");

        Table flights = New("flight", "times");
        flights.AddColumn("opens");
        AddNumbers(flights, "server→client\nbytes", "client→server\nbytes");
        foreach (FlightCost flight in costs.Flights)
        {
            string opens = string.Join("\n", flight.Entries.Select(e => Markup.Escape(Opening(e))));
            flights.AddRow(Count(flight.Id), Count(flight.Runs), opens, Count(flight.ServerToClient), Count(flight.ClientToServer));
        }

        console.Write(flights);

        Table sent = New("slot", "times");
        sent.AddColumn("gate");
        sent.AddColumn("expression");
        AddNumbers(sent, "bytes");
        foreach (TapeCost slot in costs.Tape)
        {
            sent.AddRow(Count(slot.Slot), Count(slot.Runs), Markup.Escape(slot.Gate), Markup.Escape(slot.Expression), Count(slot.Bytes));
        }

        output.WriteLine("Tape, dealer→client:");
        console.Write(sent);

        Table totals = New(
            "flights", "server→client\nbytes", "client→server\nbytes", "prepared by the client\nbytes", "dealer→client\nbytes");
        totals.AddRow(
            Count(costs.Totals.Flights), Count(costs.Totals.ServerToClient), Count(costs.Totals.ClientToServer),
            Count(costs.Totals.Prepared), Count(costs.Totals.Tape));
        output.WriteLine("Together:");
        console.Write(totals);
        output.Flush();
    }

    private static string Opening(EntryCost entry) => entry.Expression.Length == 0 ? entry.Gate : $"{entry.Gate}: {entry.Expression}";

    private static Table New(params string[] numbers)
    {
        Table table = new() { Border = TableBorder.Simple };
        AddNumbers(table, numbers);
        return table;
    }

    private static void AddNumbers(Table table, params string[] names)
    {
        foreach (string name in names)
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
