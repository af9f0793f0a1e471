using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Bench.Compiler.Reports;
using MPCache.Bench.Compiler.Running;
using MPCache.Bench.Compiler.Sources;
using MPCache.Cli;

namespace MPCache.Bench.Compiler;

/// <summary>The program's only command.</summary>
internal static class CompilerCommandLine
{
    private const int MostRuns = 1000;

    private const int WarmUp = 1;

    /// <summary>Runs a command line.</summary>
    /// <param name="args">Its words.</param>
    /// <param name="console">Where it writes.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(string[] args, CommandConsole console, CancellationToken cancellation = default)
    {
        Option<int> runs = new("--runs")
        {
            Description = "How many runs of each kind count; a time is their median, between the shortest and the longest",
            HelpName = "COUNT",
            DefaultValueFactory = _ => 5,
            CustomParser = result => ListOption.Read(result, "--runs", ReadRuns),
        };
        Option<string?> entry = new("--entry")
        {
            Description = "Compile only entry points with this in their name, each by itself, and leave out the edits",
            HelpName = "TEXT",
        };
        Option<string?> json = new("--json")
        {
            Description = "Write what was measured to this file, an object a line, the machine first",
            HelpName = "FILE",
        };
        RootCommand root = new(
            "Measures the generator on the sources of src/Models: a first run, each entry point, and runs after edits, with what is "
            + "computed again. Fails where that is more or less than the edit reaches.")
        {
            runs, entry, json,
        };
        root.SetAction(parsed =>
        {
            string? report = parsed.GetValue(json);
            ReportFile.Check(report);
            ProgramSources sources = new(ModelSources.Load(), ProgramReferences.Load());
            SpeedBenchmark benchmark = new(sources, parsed.GetValue(runs), WarmUp, console.Progress);
            return parsed.GetValue(entry) is string filter
                ? RunEntries(benchmark, filter, console, report)
                : Run(benchmark, console, report);
        });
        return CommandHost.RunAsync("bench-compiler", root, args, console, cancellation);
    }

    private static int Run(SpeedBenchmark benchmark, CommandConsole console, string? json)
    {
        SpeedReport report = benchmark.Run(ModelEdits.All);
        SpeedTables.Write(console.Out, report);
        if (json is not null)
        {
            SpeedJson.Write(json, report.Lines);
        }

        string[] wrong = [.. report.Wrong];
        foreach (string difference in wrong)
        {
            console.Fail(difference);
        }

        return wrong.Length == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static int RunEntries(SpeedBenchmark benchmark, string filter, CommandConsole console, string? json)
    {
        IReadOnlyList<EntryLine> entries = benchmark.RunEntries(filter);
        SpeedTables.WriteHead(console.Out);
        SpeedTables.WriteEntries(console.Out, entries);
        if (json is not null)
        {
            SpeedJson.Write(json, entries);
        }

        return ExitCode.Done;
    }

    private static int ReadRuns(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= MostRuns
            ? number
            : throw new MPCacheException(
                $"'{text}' is not possible", FormattableString.Invariant($"Give a whole number from 1 to {MostRuns}"));
}
