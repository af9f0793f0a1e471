using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Evaluation.Scoring;
using Spectre.Console;

namespace MPCache.Cli.Reports;

/// <summary>Shows how far an evaluation is, with the time left: cases count by their length, because their time grows with it.</summary>
internal static class EvaluationProgress
{
    /// <summary>Runs an evaluation and shows its progress.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="settings">What is evaluated.</param>
    /// <param name="known">Results that there are already; they are no part of the work.</param>
    /// <param name="run">Runs the evaluation and reports every result.</param>
    public static Task RunAsync(
        CommandConsole console, EvaluationSettings settings, ResultsFile known, Func<Action<EvaluationResult>, Task> run)
    {
        double plain = Left(settings, settings.PlainNames, known, settings.Samples, false);
        double between = Left(settings, [.. settings.Tasks.Select(t => t.Name)], known, settings.Private, true);
        IAnsiConsole shown = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Error) });
        Progress progress = shown.Progress().Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new TimeLeftColumn());
        return progress.StartAsync(async context =>
        {
            ProgressTask? inPlain = plain > 0 ? context.AddTask("in plain", maxValue: plain) : null;
            ProgressTask? betweenParties =
                between > 0 ? context.AddTask("between two parties", autoStart: inPlain is null, maxValue: between) : null;
            await run(result =>
            {
                (result.Case.Private ? betweenParties : inPlain)?.Increment(result.Case.Length);
                if (inPlain is { IsFinished: true } && betweenParties is { IsStarted: false })
                {
                    betweenParties.StartTask();
                }
            }).ConfigureAwait(false);
        });
    }

    private static double Left(
        EvaluationSettings settings, IReadOnlyList<string> tasks, ResultsFile known, int samples, bool isPrivate) => (
        from policy in settings.Policies.Select(p => p.Write())
        from task in tasks
        from length in settings.Lengths
        from sample in Enumerable.Range(0, samples)
        where !known.Results.ContainsKey(new EvaluationCase(policy, task, length, sample, isPrivate))
        select (double)length).Sum();
}
