using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using MPCache.Bench.Gates;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;
using MPCache.Cli;

namespace MPCache.Bench.Commands;

/// <summary><c>bench gates</c>: what each gate costs, dealt and online.</summary>
internal static class GatesCommand
{
    private const int StandardValues = 1 << 16;
    private const int MostValues = 1 << 20;

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<int> values = BenchOptions.Number(
            "--values", "Values of gates that compute element by element", StandardValues, 1, MostValues);
        Option<string?> filter = BenchOptions.Filter();
        Option<int> repeat = BenchOptions.Repeat(7);
        Option<string?> json = BenchOptions.Json();
        Command command = new(
            "gates",
            "Run each gate as dealer, server and client, who take turns on one core, and tabulate what a value costs each; a run that is not "
            + "its plan to the byte ends the command.")
        {
            values, filter, repeat, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string? report = parsed.GetValue(json);
            ReportFile.Check(report);
            GateCase[] cases = [.. Choose(GateCases.All(parsed.GetValue(values)), parsed.GetValue(filter))];
            List<GateLine> lines = [];
            using OneCore _ = new();
            foreach (GateCase gate in cases)
            {
                console.Progress($"{gate.Name}: {gate.Description}");
                using GateRun run = new(gate);
                lines.Add(await run.MeasureAsync(parsed.GetValue(repeat), cancellation).ConfigureAwait(false));
            }

            MachineHead.Write(console.Out);
            GateTable.Write(console.Out, lines);
            if (report is not null)
            {
                ReportLines.Write(report, lines);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static IEnumerable<GateCase> Choose(IReadOnlyList<GateCase> all, string? filter)
    {
        GateCase[] chosen = [.. all.Where(g => filter is null || g.Name.Contains(filter, StringComparison.Ordinal))];
        return chosen.Length > 0
            ? chosen
            : throw new MPCacheException(
                $"no gate has '{filter}' in its name", $"Give --filter a part of {string.Join(", ", all.Select(g => g.Name))}");
    }
}
