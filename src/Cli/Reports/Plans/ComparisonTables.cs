using System;
using System.Collections.Generic;
using System.IO;
using MPCache.Transport;
using Spectre.Console;
using static MPCache.Cli.Reports.Plans.PlanConsole;

namespace MPCache.Cli.Reports.Plans;

/// <summary>Two plans side by side: the totals, the time on networks, and every gate and expression that differs.</summary>
internal static class ComparisonTables
{
    /// <summary>Writes the tables.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="comparison">The two plans.</param>
    /// <param name="networks">The networks to estimate the time for.</param>
    public static void Write(TextWriter output, PlanComparison comparison, IReadOnlyList<NetworkProfile> networks)
    {
        IAnsiConsole console = On(output);
        string before = comparison.Before.Program == comparison.After.Program ? "" : $" ({comparison.Before.Program} before)";
        output.WriteLine($"{comparison.After.Program}{before}: {Sizes(comparison.After.Dimensions)}");
        foreach ((string name, long? was, long? now) in comparison.Sizes)
        {
            output.WriteLine(FormattableString.Invariant($"Not of one size: {name} was {Size(was)}, is {Size(now)}"));
        }

        Table totals = new() { Border = TableBorder.Simple };
        totals.AddColumn("total");
        AddNumbers(totals, "before", "after", "difference");
        foreach (TotalChange total in comparison.Totals)
        {
            totals.AddRow(
                total.Name, Count(total.Before), Count(total.After), Coloured(total.Before, total.After));
        }

        foreach (NetworkProfile network in networks)
        {
            TimeSpan was = NetworkTime.Of(comparison.Before.Flights, network).Together;
            TimeSpan now = NetworkTime.Of(comparison.After.Flights, network).Together;
            totals.AddRow(
                Markup.Escape($"{network.Name}, ms"), Milliseconds(was), Milliseconds(now),
                was == now ? "" : (now > was ? "+" : "") + Milliseconds(now - was));
        }

        console.Write(totals);
        if (comparison.Changes.Count == 0)
        {
            output.WriteLine("Every gate costs what it did for every expression.");
        }
        else
        {
            console.Write(Changes(comparison.Changes));
        }

        output.Flush();
    }

    private static Table Changes(IReadOnlyList<PlanChange> changes)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("");
        table.AddColumn("gate");
        table.AddColumn("expression");
        AddNumbers(table, "opened", "server→client\nbytes", "client→server\nbytes", "prepared\nbytes", "dealer→client\nbytes");
        foreach (PlanChange change in changes)
        {
            (PlanLine? was, PlanLine? now) = (change.Before, change.After);
            string Cell(Func<PlanLine, long> cost) => Coloured(was is null ? 0 : cost(was), now is null ? 0 : cost(now));
            table.AddRow(
                change.Kind.ToString().ToLowerInvariant(), Markup.Escape(change.Line.Gate), Markup.Escape(change.Line.Expression),
                Cell(l => l.Opened), Cell(l => l.ServerToClient), Cell(l => l.ClientToServer), Cell(l => l.Prepared), Cell(l => l.Tape));
        }

        return table;
    }

    private static string Coloured(long before, long after)
    {
        string text = Difference(before, after);
        return text.Length == 0 ? text : $"[{(after > before ? "red" : "green")}]{text}[/]";
    }

    private static string Size(long? size) => size is long known ? FormattableString.Invariant($"{known}") : "none";
}
