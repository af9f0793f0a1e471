using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using MPCache.Bench.Plots;
using MPCache.Bench.Reports;
using MPCache.Cli;

namespace MPCache.Bench.Commands;

/// <summary><c>bench report</c>: tables and plots of what other commands have written with <c>--json</c>.</summary>
internal static class ReportCommand
{
    private const string DocumentName = "report.md";

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string[]> files = new("files")
        {
            Description = "Files that commands have written with --json",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> folder = new("--out")
        {
            Description = $"Write {DocumentName} and its plots, as SVG and PNG, into this folder, instead of printing the tables",
            HelpName = "DIR",
        };
        Command command = new("report", "Make tables and plots of what was measured: kernels against roofs, gates, costs against cached tokens.")
        {
            files, folder,
        };
        command.SetAction(parsed =>
        {
            IReadOnlyList<MeasuredOn> reports = MeasuredOn.Read(parsed.GetRequiredValue(files));
            if (parsed.GetValue(folder) is not string directory)
            {
                ReportDocument.Write(console.Out, reports, new HashSet<string>());
                return ExitCode.Done;
            }

            Write(directory, reports);
            console.Progress($"wrote {Path.Combine(directory, DocumentName)}");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(string directory, IReadOnlyList<MeasuredOn> reports)
    {
        try
        {
            Directory.CreateDirectory(directory);
            using StreamWriter document = new(Path.Combine(directory, DocumentName)) { NewLine = "\n" };
            ReportDocument.Write(document, reports, ReportPlots.Write(directory, reports));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MPCacheException(
                $"the report cannot be written to '{directory}': {e.Message.TrimEnd('.')}", "Give --out a folder that may be written", e);
        }
    }
}
