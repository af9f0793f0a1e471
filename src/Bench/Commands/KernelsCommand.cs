using System.Collections.Generic;
using System.CommandLine;
using MPCache.Bench.Kernels;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;
using MPCache.Cli;

namespace MPCache.Bench.Commands;

/// <summary><c>bench kernels</c>: the runtime's loops against what the machine does at best.</summary>
internal static class KernelsCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string?> filter = BenchOptions.Filter();
        Option<int> repeat = BenchOptions.Repeat(7);
        Option<string?> json = BenchOptions.Json();
        Command command = new(
            "kernels", "Run the runtime's loops, one core each, beside the machine's roofs: reading memory, AES and products in registers.")
        {
            filter, repeat, json,
        };
        command.SetAction(parsed =>
        {
            string? report = parsed.GetValue(json);
            ReportFile.Check(report);
            using OneCore _ = new();
            IReadOnlyList<KernelLine> lines = new KernelRunner(parsed.GetValue(repeat), console.Progress)
                .Run(Roofs.All(), KernelGroups.All(), parsed.GetValue(filter));
            MachineHead.Write(console.Out);
            KernelTable.Write(console.Out, lines);
            if (report is not null)
            {
                ReportLines.Write(report, lines);
            }

            return ExitCode.Done;
        });
        return command;
    }
}
