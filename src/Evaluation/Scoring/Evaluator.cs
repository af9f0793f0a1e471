using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Evaluation.Tasks;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Sessions;

namespace MPCache.Evaluation.Scoring;

/// <summary>
/// Runs the cases of an evaluation that have no result yet: in plain all policies of a sample together, which read a prompt once where they
/// read it in the same way, and some of the tasks' samples between two parties.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="settings">What is evaluated.</param>
/// <param name="run">Generates between two parties; null where no sample is to run so.</param>
public sealed class Evaluator(EvaluationModel model, EvaluationSettings settings, PrivateRun? run)
{
    private readonly TextMeasure measure = TextMeasure.Of(model.Tokenizer);

    /// <summary>Runs a sample under a policy. Whether values leave their ranges is seen by who calls it.</summary>
    private delegate EvaluationResult PlainCase(
        EvaluationCase plain, CachePolicy policy, PlainMemory memory, CancellationToken cancellation);

    /// <summary>Checks before the work that every policy and every length fits the model.</summary>
    /// <exception cref="MPCacheException">One does not.</exception>
    public void Check()
    {
        settings.Check();
        foreach (EvaluationTask task in settings.Tasks)
        {
            foreach (int length in settings.Lengths)
            {
                TaskSample sample = Sample(task, length, 0);
                foreach (CachePolicy policy in settings.Policies)
                {
                    _ = Request(sample, policy).Lengths(model.Config);
                }
            }
        }

        foreach (ITextSource source in settings.Texts)
        {
            foreach (int length in settings.Lengths)
            {
                // Where there is the last sample, there are all.
                IReadOnlyList<int> text = source.Read(settings.Seed, length, settings.Samples - 1);
                foreach (CachePolicy policy in settings.Policies)
                {
                    _ = Given(text, policy).Lengths(model.Config);
                }
            }
        }
    }

    /// <summary>Runs all cases that have no result.</summary>
    /// <param name="results">Where results are, and where they go.</param>
    /// <param name="threads">How many plain cases run at a time.</param>
    /// <param name="finished">Called behind each result, from any thread.</param>
    /// <param name="cancellation">Ends the evaluation; finished cases keep their results.</param>
    /// <exception cref="MPCacheException">A case failed, or its result cannot be written.</exception>
    public async Task RunAsync(ResultsFile results, int threads, Action<EvaluationResult> finished, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(finished);
        void Finish(EvaluationResult result)
        {
            results.Add(result);
            finished(result);
        }

        HashSet<EvaluationCase> known = [.. results.Results.Keys];
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        await Parallel.ForEachAsync(PlainSamples(), options, async (sample, stop) =>
        {
            // Away from the thread that hands out the work: nothing in a plain run waits.
            await Task.Run(() => RunPlain(sample, known, Finish, stop), stop).ConfigureAwait(false);
        }).ConfigureAwait(false);

        foreach ((EvaluationTask task, int length, int index) in PrivateSamples())
        {
            TaskSample sample = Sample(task, length, index);
            foreach (CachePolicy policy in settings.Policies)
            {
                EvaluationCase between = new(policy.Write(), task.Name, length, index, true);
                if (!known.Contains(between))
                {
                    EvaluationResult plain = results.Results[between with { Private = false }];
                    Finish(await RunPrivateAsync(between, sample, policy, plain, cancellation).ConfigureAwait(false));
                }
            }
        }
    }

    /// <summary>Every task, text, length and sample: sample by sample, so that an evaluation that is ended early has something of
    /// everything.</summary>
    private IEnumerable<PlainSample> PlainSamples() =>
        from sample in Enumerable.Range(0, settings.Samples)
        from length in settings.Lengths
        from plain in settings.Tasks.Select(t => new PlainSample(t.Name, length, sample, () => Asking(Sample(t, length, sample))))
            .Concat(settings.Texts.Select(
                t => new PlainSample(t.Name, length, sample, () => Reading(t.Read(settings.Seed, length, sample)))))
        select plain;

    private IEnumerable<(EvaluationTask Task, int Length, int Sample)> PrivateSamples() =>
        from sample in Enumerable.Range(0, settings.Private)
        from length in settings.Lengths
        from task in settings.Tasks
        select (task, length, sample);

    private TaskSample Sample(EvaluationTask task, int length, int index) =>
        task.Sample(settings.SampleSeed(length, index), length, measure);

    private GenerationRequest Request(TaskSample sample, CachePolicy policy) =>
        new(model.Tokenizer.Encode(sample.Prompt), Answers.MostTokens, model.Tokenizer.EndsText) { Policy = policy };

    /// <summary>A text under a policy: all but its last tokens are the prompt.</summary>
    private static GivenText Given(IReadOnlyList<int> tokens, CachePolicy policy)
    {
        int last = 1 + TextLoss.Predicted;
        return new GivenText([.. tokens.SkipLast(last)], [.. tokens.TakeLast(last)], policy);
    }

    private void RunPlain(
        PlainSample sample, HashSet<EvaluationCase> known, Action<EvaluationResult> finish, CancellationToken cancellation)
    {
        (CachePolicy Policy, EvaluationCase Case)[] missing =
        [
            .. settings.Policies.Select(p => (p, new EvaluationCase(p.Write(), sample.Name, sample.Length, sample.Sample, false)))
                .Where(c => !known.Contains(c.Item2)),
        ];
        if (missing.Length == 0)
        {
            return;
        }

        PlainCase run = sample.Begin();
        PlainMemory memory = new();
        // A value out of range ends no plain run: whether that matters is what a private run shows.
        using RangeRecorder ranges = RangeRecorder.Start(recordOnly: true);
        foreach ((CachePolicy policy, EvaluationCase plain) in missing)
        {
            cancellation.ThrowIfCancellationRequested();
            EvaluationResult result = run(plain, policy, memory, cancellation);
            finish(result with { OutOfRange = ranges.Observations.FirstOrDefault(o => o.IsViolated)?.ToString() });
        }
    }

    private PlainCase Asking(TaskSample sample) => (plain, policy, memory, cancellation) =>
    {
        long start = Stopwatch.GetTimestamp();
        GenerationRequest request = Request(sample, policy);
        IAsyncEnumerable<int> generation =
            PlainGeneration.RunAsync(new PlainExecution(memory), model.Config, model.Weights, request, cancellation);
        IReadOnlyList<int> tokens = [.. generation.ToBlockingEnumerable(cancellation)];
        return Result(plain, sample, request, tokens, Stopwatch.GetElapsedTime(start));
    };

    private PlainCase Reading(IReadOnlyList<int> tokens) => (plain, policy, memory, cancellation) =>
    {
        long start = Stopwatch.GetTimestamp();
        GivenText text = Given(tokens, policy);
        IReadOnlyList<double> losses = PlainLikelihood.Run(memory, model.Config, model.Weights, text, cancellation);
        EvaluationResult result = Costs(plain, policy, text.Lengths(model.Config));
        return result with
        {
            Loss = new TextLoss(losses.Count, losses.Sum()), Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
    };

    private async Task<EvaluationResult> RunPrivateAsync(
        EvaluationCase between, TaskSample sample, CachePolicy policy, EvaluationResult plain, CancellationToken cancellation)
    {
        if (run is null)
        {
            throw new InvalidOperationException("Samples are to run between two parties, and nothing runs them.");
        }

        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<int> tokens = await run(sample.Prompt, policy, Answers.MostTokens, cancellation).ConfigureAwait(false);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        GenerationRequest request = Request(sample, policy);
        int? difference = FirstDifference(plain.Tokens, tokens);
        IReadOnlyList<int>? clear =
            difference is null ? null : await InTheClearAsync(request, cancellation).ConfigureAwait(false);
        return Result(between, sample, request, tokens, elapsed) with
        {
            OutOfRange = plain.OutOfRange,
            FirstDifference = difference,
            IsAsInTheClear = clear?.SequenceEqual(tokens),
        };
    }

    /// <summary>The tokens of the run in the clear; null where a value leaves its range, which a private run does not notice.</summary>
    private async Task<IReadOnlyList<int>?> InTheClearAsync(GenerationRequest request, CancellationToken cancellation)
    {
        List<int> tokens = [];
        try
        {
            await using ClearExecution session = new(LlamaPrograms.All);
            IAsyncEnumerable<int> generation = PlainGeneration.RunAsync(session, model.Config, model.Weights, request, cancellation);
            await foreach (int token in generation.ConfigureAwait(false))
            {
                tokens.Add(token);
            }

            return tokens;
        }
        catch (RangeException)
        {
            return null;
        }
    }

    private EvaluationResult Result(
        EvaluationCase done, TaskSample sample, GenerationRequest request, IReadOnlyList<int> tokens, TimeSpan elapsed)
    {
        string answer = Answers.Read(model.Tokenizer, request.Prompt[^1], tokens);
        return Costs(done, request.Policy, request.Lengths(model.Config)) with
        {
            Depth = sample.Depth,
            Expected = sample.Answer.Trim(),
            Answer = answer,
            Tokens = tokens,
            IsRight = Answers.IsRight(answer, sample.Answer),
            Seconds = elapsed.TotalSeconds,
        };
    }

    /// <summary>A result that says what a case costs by its plans, and nothing yet of what came out.</summary>
    private EvaluationResult Costs(EvaluationCase done, CachePolicy policy, GenerationLengths lengths)
    {
        GenerationPlan plan = GenerationPlan.Of(model.Config, policy, lengths);
        double steps = Math.Max(1, plan.StepCount);
        return new EvaluationResult(
            done, lengths.Prompt, null, "", "", [], false, plan.Kept, plan.Attended, Between(plan.Prompt), plan.Prompt.Tape,
            Between(plan.Steps) / steps, plan.Steps.Tape / steps, null, null, null, 0);
    }

    /// <summary>Bytes between the parties, both directions and what the client prepares.</summary>
    private static double Between(Contract.PlanTotals totals) => totals.ServerToClient + totals.ClientToServer + totals.Prepared;

    private static int? FirstDifference(IReadOnlyList<int> plain, IReadOnlyList<int> tokens)
    {
        int same = plain.Zip(tokens).TakeWhile(t => t.First == t.Second).Count();
        return same == plain.Count && same == tokens.Count ? null : same;
    }

    /// <summary>A sample by the name of its task or text, and what makes it ready to be run under one policy after the other.</summary>
    private sealed record PlainSample(string Name, int Length, int Sample, Func<PlainCase> Begin);
}
