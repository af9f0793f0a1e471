using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Spectre.Console;

namespace MPCache.Cli.Reports.Plans;

/// <summary>How numbers and tables of plans are written.</summary>
internal static class PlanConsole
{
    private const int RedirectedWidth = 160;

    /// <summary>A console on an output; one that is no terminal gets a fixed width and no colours.</summary>
    public static IAnsiConsole On(TextWriter output)
    {
        AnsiConsoleOutput target = new(output);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = target,
            Ansi = target.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
        });
        if (!target.IsTerminal)
        {
            console.Profile.Width = RedirectedWidth;
        }

        return console;
    }

    /// <summary>A table that begins with columns of numbers.</summary>
    public static Table Table(params string[] numbers)
    {
        Table table = new() { Border = TableBorder.Simple };
        AddNumbers(table, numbers);
        return table;
    }

    /// <summary>Adds columns of numbers.</summary>
    public static void AddNumbers(Table table, params string[] names)
    {
        foreach (string name in names)
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }
    }

    /// <summary>A count with separators.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A difference with its sign; nothing where there is none.</summary>
    public static string Difference(long before, long after) =>
        before == after ? "" : (after - before).ToString("+#,0;-#,0", CultureInfo.InvariantCulture);

    /// <summary>A time in milliseconds.</summary>
    public static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("N2", CultureInfo.InvariantCulture);

    /// <summary>What there is beside the branch that is shown.</summary>
    public static string OtherBranch(BranchCost branch)
    {
        string flights = branch.OtherFlights == 1 ? "1 flight" : $"{Count(branch.OtherFlights)} flights";
        return $"The other branch, with {flights} of its own, "
            + (branch.Others == 0 ? "is not taken at these sizes" : branch.Others == 1 ? "is taken once" : $"is taken {Count(branch.Others)} times");
    }

    /// <summary>Sizes as <c>tokens = 128, layers = 5</c>.</summary>
    public static string Sizes(IEnumerable<KeyValuePair<string, long>> dimensions) => string.Join(
        ", ", System.Linq.Enumerable.Select(dimensions, d => FormattableString.Invariant($"{d.Key} = {d.Value}")));
}
