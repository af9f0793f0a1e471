using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using MPCache.Bench.Compiler.Running;
using MPCache.Bench.Machine;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;

namespace MPCache.Bench.Compiler.Reports;

/// <summary>What was measured, as tables.</summary>
internal static class SpeedTables
{
    private static readonly string[] RunColumns = ["<first run", "ms (min–max)", "of it", "bindings"];

    private static readonly string[] EntryColumns =
        ["<entry point", "programs", "protocols", "lines emitted", "ms (min–max)", "of the goal"];

    private static readonly string[] EditColumns =
        ["<edit", "<in", "ms (min–max)", "bindings", "ms a method", "front end ms", "compiler ms", "MB allocated", "entry points compiled"];

    /// <summary>Writes the machine and all tables.</summary>
    public static void Write(TextWriter output, SpeedReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        WriteHead(output);
        WriteRun(output, report.Run);
        WriteEntries(output, report.Entries);
        WriteEdits(output, report.Edits);
    }

    /// <summary>Writes the machine.</summary>
    public static void WriteHead(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteLine(MachineLine.Here());
        output.WriteLine();
    }

    /// <summary>Writes entry points.</summary>
    public static void WriteEntries(TextWriter output, IReadOnlyList<EntryLine> entries)
    {
        ReportTable.Write(output, EntryColumns, entries.Select(e => new[]
        {
            Short(e.Name), Count(e.Programs), Count(e.Protocols), Count(e.Lines), Milliseconds(e.Seconds),
            Share(e.Seconds.Median / Goals.LargestEntry.TotalSeconds),
        }));
        Judge(output, $"{Short(entries[0].Name)}, the slowest, compiles", entries[0].Seconds.Median, Goals.LargestEntry);
        output.WriteLine();
    }

    private static void WriteRun(TextWriter output, RunLine run)
    {
        output.WriteLine(Invariant(
            $"{run.Entries} entry points and {run.Protocols} protocols; a first run allocates {run.AllocatedBytes / 1e6:N0} MB."));
        output.WriteLine();
        string[] cold = ["in a new process", MarkdownTable.Number(run.ColdSeconds * 1e3), "", ""];
        string[] warm = ["in a warm one", Milliseconds(run.Seconds), "", Bindings(run.Seconds, run.BindingSeconds)];
        string[] binding = ["C# binds the same methods", Milliseconds(run.BindingSeconds), "", MarkdownTable.Number(1)];
        ReportTable.Write(output, RunColumns, [cold, warm, .. run.Stages.Select(s => Stage(s, run)), binding]);
    }

    private static string[] Stage(StageTime stage, RunLine run) =>
    [
        $"– {stage.Name}", Milliseconds(stage.Seconds), Share(stage.Seconds.Median / run.Seconds.Median),
        Bindings(stage.Seconds, run.BindingSeconds),
    ];

    /// <summary>A time in those that C# takes to bind the methods: what remains of it on a faster machine, or a less busy one.</summary>
    private static string Bindings(Timing time, Timing binding) => MarkdownTable.Number(time.Median / binding.Median);

    private static void WriteEdits(TextWriter output, IReadOnlyList<EditLine> edits)
    {
        ReportTable.Write(output, EditColumns, edits.Select(e => new[]
        {
            e.Name, Where(e), Milliseconds(e.Seconds), Bindings(e.Seconds, e.BindingSeconds),
            MarkdownTable.Number(e.Seconds.Median * 1e3 / e.Methods), StageOf(e, "front end"), StageOf(e, "compiler"),
            MarkdownTable.Number(e.AllocatedBytes / 1e6), Count(e.Compiled.Count),
        }));
        EditLine? slowest = edits.Where(e => e.Method is null).MaxBy(e => e.Seconds.Median);
        if (slowest is not null)
        {
            Judge(
                output, Invariant($"After {slowest.Name} a protocol or entry point of {slowest.Methods} takes"),
                slowest.Seconds.Median / slowest.Methods, Goals.UnrelatedEditAMethod);
        }

        foreach (EditLine edit in edits.Where(e => e.Method is not null))
        {
            output.WriteLine($"{Where(edit)} compiles anew {string.Join(", ", edit.Compiled.Select(Short))}.");
        }

        output.WriteLine();
        WriteSteps(output, edits);
    }

    /// <summary>A step a row and an edit a column.</summary>
    private static void WriteSteps(TextWriter output, IReadOnlyList<EditLine> edits)
    {
        output.WriteLine("Outputs of the pipeline's steps: cached / computed again and unchanged / modified, new or removed.");
        output.WriteLine();
        ReportTable.Write(
            output, ["<step", .. edits.Select(e => e.Method is null ? e.Name : Short(e.Method))],
            edits[0].Steps.Select((step, i) => new[] { step.Step }.Concat(edits.Select(e => Cell(e.Steps[i]))).ToArray()));
    }

    private static string Cell(StepCount count) =>
        Invariant($"{count.Cached} / {count.Unchanged} / {count.Modified + count.New + count.Removed}");

    private static void Judge(TextWriter output, string what, double seconds, TimeSpan goal) => output.WriteLine(
        Invariant($"{what} in {MarkdownTable.Number(seconds * 1e3)} ms; the goal of {goal.TotalMilliseconds} ms is ")
            + (seconds <= goal.TotalSeconds ? "met." : "missed."));

    private static string Where(EditLine edit) => edit.Method is null ? "" : Short(edit.Method);

    private static string StageOf(EditLine edit, string name) =>
        MarkdownTable.Number(edit.Stages.Single(s => s.Name == name).Seconds.Median * 1e3);

    /// <summary>Class and method.</summary>
    private static string Short(string name)
    {
        string[] parts = name.Split('/')[0].Split('.');
        return string.Join('.', parts.TakeLast(2));
    }

    private static string Milliseconds(Timing time) =>
        $"{MarkdownTable.Number(time.Median * 1e3)} ({MarkdownTable.Number(time.Min * 1e3)}–{MarkdownTable.Number(time.Max * 1e3)})";

    private static string Share(double share) => Invariant($"{100 * share:0} %");

    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
