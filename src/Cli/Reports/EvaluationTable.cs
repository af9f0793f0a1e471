using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using MPCache.Evaluation.Scoring;
using MPCache.Models.Policies;
using Spectre.Console;

namespace MPCache.Cli.Reports;

/// <summary>An evaluation on the console: a row a policy and length, a column a task.</summary>
internal static class EvaluationTable
{
    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="summary">What came out, of at least one task.</param>
    public static void Write(TextWriter output, Summary summary)
    {
        string[] tasks = [.. summary.Lines.Select(l => l.Task).Distinct()];
        bool hasPrivate = summary.Lines.Any(l => l.PrivateSamples > 0);
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("policy");
        string[] columns =
            ["length", "kept", "attended\na layer", "kB\na token", .. tasks, .. hasPrivate ? ["private\nas plain"] : Array.Empty<string>()];
        foreach (string name in columns)
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (IGrouping<(string Policy, int Length), SummaryLine> group in summary.Lines.GroupBy(l => (l.Policy, l.Length)))
        {
            List<string> row =
            [
                Markup.Escape(PolicyName.Brief(CachePolicy.Read(group.Key.Policy))), Text(group.Key.Length),
                Text(group.Average(l => l.Kept)), Text(group.Average(l => l.Attended)), Text(group.Average(l => l.TotalStepBytes) / 1000),
                .. tasks.Select(task => Accuracy(group.Single(l => l.Task == task))),
            ];
            if (hasPrivate)
            {
                row.Add($"{Text(group.Sum(l => l.PrivateAsPlain))} of {Text(group.Sum(l => l.PrivateSamples))}");
            }

            table.AddRow([.. row]);
        }

        WideConsole.On(output).Write(table);
        output.WriteLine("Right answers in %, with their 95 % interval; kB between the parties and from the dealer for a further token.");
        int outside = summary.Lines.Sum(l => l.OutOfRange);
        if (outside > 0)
        {
            output.WriteLine(Invariant(
                $"In {outside} of {summary.Lines.Sum(l => l.Samples)} cases a value left the range that the programs declare."));
        }

        int different = summary.Lines.Sum(l => l.PrivateSamples - l.PrivateAsPlain);
        if (different > 0)
        {
            output.WriteLine(Invariant(
                $"{different} private runs gave other tokens than in plain; {summary.Lines.Sum(l => l.PrivateAsClear)} of them ")
                + "what fixed point gives in the clear.");
        }

        output.Flush();
    }

    private static string Accuracy(SummaryLine line) => Invariant($"{100 * line.Accuracy:0}\n{100 * line.Low:0}…{100 * line.High:0}");

    private static string Text(double number) => number.ToString("0", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
