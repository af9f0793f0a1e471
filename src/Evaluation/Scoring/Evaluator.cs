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
/// read it in the same way, and some of the samples between two parties.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="settings">What is evaluated.</param>
/// <param name="run">Generates between two parties; null where no sample is to run so.</param>
public sealed class Evaluator(EvaluationModel model, EvaluationSettings settings, PrivateRun? run)
{
    private readonly TextMeasure measure = TextMeasure.Of(model.Tokenizer);

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
        await Parallel.ForEachAsync(Samples(settings.Samples), options, async (place, stop) =>
        {
            // Away from the thread that hands out the work: nothing in a plain run waits.
            await Task.Run(() => RunPlain(place.Task, place.Length, place.Sample, known, Finish, stop), stop).ConfigureAwait(false);
        }).ConfigureAwait(false);

        foreach ((EvaluationTask task, int length, int index) in Samples(settings.Private))
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

    /// <summary>Every task, length and sample: sample by sample, so that an evaluation that is ended early has something of
    /// everything.</summary>
    private IEnumerable<(EvaluationTask Task, int Length, int Sample)> Samples(int count) =>
        from sample in Enumerable.Range(0, count)
        from length in settings.Lengths
        from task in settings.Tasks
        select (task, length, sample);

    private TaskSample Sample(EvaluationTask task, int length, int index) =>
        task.Sample(settings.SampleSeed(length, index), length, measure);

    private GenerationRequest Request(TaskSample sample, CachePolicy policy) =>
        new(model.Tokenizer.Encode(sample.Prompt), Answers.MostTokens, model.Tokenizer.EndsText) { Policy = policy };

    private void RunPlain(
        EvaluationTask task, int length, int index, HashSet<EvaluationCase> known, Action<EvaluationResult> finish,
        CancellationToken cancellation)
    {
        (CachePolicy Policy, EvaluationCase Case)[] missing =
        [
            .. settings.Policies.Select(p => (p, new EvaluationCase(p.Write(), task.Name, length, index, false)))
                .Where(c => !known.Contains(c.Item2)),
        ];
        if (missing.Length == 0)
        {
            return;
        }

        TaskSample sample = Sample(task, length, index);
        PlainMemory memory = new();
        // A value out of range ends no plain run: whether that matters is what a private run shows.
        using RangeRecorder ranges = RangeRecorder.Start(recordOnly: true);
        foreach ((CachePolicy policy, EvaluationCase plain) in missing)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            GenerationRequest request = Request(sample, policy);
            IAsyncEnumerable<int> generation =
                PlainGeneration.RunAsync(new PlainExecution(memory), model.Config, model.Weights, request, cancellation);
            IReadOnlyList<int> tokens = [.. generation.ToBlockingEnumerable(cancellation)];
            string? outside = ranges.Observations.FirstOrDefault(o => o.IsViolated)?.ToString();
            finish(Result(plain, sample, request, tokens, Stopwatch.GetElapsedTime(start)) with { OutOfRange = outside });
        }
    }

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
        GenerationPlan plan = GenerationPlan.Of(model.Config, request.Policy, request.Lengths(model.Config));
        double steps = Math.Max(1, plan.StepCount);
        return new EvaluationResult(
            done, request.Prompt.Count, sample.Depth, sample.Answer.Trim(), answer, tokens, Answers.IsRight(answer, sample.Answer),
            plan.Kept, plan.Attended, Between(plan.Prompt), plan.Prompt.Tape, Between(plan.Steps) / steps, plan.Steps.Tape / steps,
            null, null, null, elapsed.TotalSeconds);
    }

    /// <summary>Bytes between the parties, both directions and what the client prepares.</summary>
    private static double Between(Contract.PlanTotals totals) => totals.ServerToClient + totals.ClientToServer + totals.Prepared;

    private static int? FirstDifference(IReadOnlyList<int> plain, IReadOnlyList<int> tokens)
    {
        int same = plain.Zip(tokens).TakeWhile(t => t.First == t.Second).Count();
        return same == plain.Count && same == tokens.Count ? null : same;
    }
}
