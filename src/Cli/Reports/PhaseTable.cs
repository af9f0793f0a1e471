using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using MPCache.Contract;
using MPCache.Models.Generation;
using Spectre.Console;

namespace MPCache.Cli.Reports;

/// <summary>The table at the end of a generation: what each phase cost, planned and measured.</summary>
internal static class PhaseTable
{
    private const int RedirectedWidth = 120;

    private static readonly string[] Columns =
    [
        "steps", "", "flights", "server→client\nbytes", "client→server\nbytes", "dealer→client\nbytes", "offline\ns", "online\ns",
        "ms\na step",
    ];

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="phases">The phases.</param>
    public static void Write(TextWriter output, IReadOnlyList<GenerationPhase> phases)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("phase");
        foreach (string name in Columns)
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (GenerationPhase phase in phases)
        {
            table.AddRow(
                phase.Name, Count(phase.Steps), "planned\nmeasured", Pair(phase, t => t.Flights), Pair(phase, t => t.ServerToClient),
                Pair(phase, t => t.ClientToServer + t.Prepared), Pair(phase, t => t.Tape), Seconds(phase.Offline), Seconds(phase.Online),
                phase.MillisecondsAStep.ToString("0.0", CultureInfo.InvariantCulture));
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = RedirectedWidth;
        }

        console.Write(table);
        output.Flush();
    }

    private static string Pair(GenerationPhase phase, Func<PlanTotals, long> cost) =>
        $"{Count(cost(phase.Planned))}\n{Count(cost(phase.Measured))}";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
}
