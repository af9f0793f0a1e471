using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Scoring;
using MPCache.Evaluation.Tasks;
using MPCache.Evaluation.Tests.TestSupport;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Evaluation.Tests.Scoring;

/// <summary>Evaluations of a small model of random weights.</summary>
public sealed class EvaluatorTests
{
    private static readonly EvaluationModel Model = SmallModel.Create();

    [Fact]
    public async Task SummaryIsTheSameWithAnyThreadsAndAfterAnInterruption()
    {
        EvaluationSettings settings = Settings("full", "mpcache", "h2o");
        using TemporaryFolder whole = new();
        await RunAsync(whole.Root, settings, threads: 1);

        using TemporaryFolder parts = new();
        int cases = 0;
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(parts.Root, settings, 2, null, stop.Token, _ =>
        {
            if (Interlocked.Increment(ref cases) == 4)
            {
                stop.Cancel();
            }
        }));
        int finished = Lines(parts.Root).Length - 1;
        Assert.InRange(finished, 4, settings.PlainCases - 1);

        // As if the power had failed while a line was written.
        File.AppendAllText(parts.Path(ResultsFile.Name), "{\"case\":{\"policy\":\"fu");
        int further = 0;
        await RunAsync(parts.Root, settings, 3, null, default, _ => Interlocked.Increment(ref further));

        Assert.Equal(settings.PlainCases - finished, further);
        Assert.Equal(File.ReadAllText(whole.Path(SummaryFiles.Json)), File.ReadAllText(parts.Path(SummaryFiles.Json)));
        Assert.Equal(File.ReadAllText(whole.Path(SummaryFiles.Csv)), File.ReadAllText(parts.Path(SummaryFiles.Csv)));

        // Nothing is left to do.
        await RunAsync(parts.Root, settings, 1, null, default, _ => Assert.Fail("A case ran twice."));
    }

    [Fact]
    public async Task ResultsAreThoseOfPlainGeneration()
    {
        EvaluationSettings settings = Settings("full", "streaming budget=0.2", "mpcache static=1");
        using TemporaryFolder folder = new();
        await RunAsync(folder.Root, settings, threads: 1);

        using ResultsFile file = Open(folder.Root);
        Assert.Equal(settings.PlainCases, file.Results.Count);
        foreach (EvaluationResult result in file.Results.Values)
        {
            EvaluationCase done = result.Case;
            TaskSample sample = EvaluationTasks.Find(done.Task).Sample(
                settings.SampleSeed(done.Length, done.Sample), done.Length, TextMeasure.Of(Model.Tokenizer));
            GenerationRequest request = new(Model.Tokenizer.Encode(sample.Prompt), Answers.MostTokens, Model.Tokenizer.EndsText)
            {
                Policy = CachePolicy.Read(done.Policy),
            };
            using RangeRecorder ranges = RangeRecorder.Start(recordOnly: true);
            PlainExecution session = new();
            Assert.Equal(
                PlainGeneration.RunAsync(session, Model.Config, Model.Weights, request).ToBlockingEnumerable(), result.Tokens);
            Assert.Equal(request.Prompt.Count, result.PromptTokens);
            Assert.Equal(sample.Answer.Trim(), result.Expected);
            Assert.Equal(result.Answer == result.Expected, result.IsRight);
            Assert.Equal(sample.Depth, result.Depth);
            Assert.Equal(done.Policy == "full", result.Attended > result.Kept);

            // The plans of the calls that were made.
            Assert.Equal(session.Statistics[0].Planned.Tape, result.PromptTape);
            if (result.Tokens.Count == Answers.MostTokens)
            {
                Assert.Equal(session.Statistics.Skip(1).Sum(s => s.Planned.Tape) / 7.0, result.StepTape, 6);
            }
        }
    }

    [Fact]
    public async Task DifferencesOfPrivateRunsAreCountedAndExplained()
    {
        EvaluationSettings settings = Settings("full") with { Tasks = [EvaluationTasks.Find("needle")], Lengths = [128], Private = 2 };
        using TemporaryFolder folder = new();
        int run = 0;
        await RunAsync(folder.Root, settings, 1, (prompt, policy, tokens, _) =>
        {
            GenerationRequest request = new(Model.Tokenizer.Encode(prompt), tokens, Model.Tokenizer.EndsText) { Policy = policy };
            using RangeRecorder ranges = RangeRecorder.Start(recordOnly: true);
            int[] given = [.. PlainGeneration.Run(Model.Config, Model.Weights, request)];

            // The second one differs from its third token on.
            return Task.FromResult<IReadOnlyList<int>>(run++ == 0 ? given : [.. given[..2], (given[2] + 1) % 2048, .. given[3..]]);
        });

        using ResultsFile file = Open(folder.Root);
        EvaluationResult[] between = [.. file.Results.Values.Where(r => r.Case.Private).OrderBy(r => r.Case.Sample)];
        Assert.Equal([null, 2], between.Select(r => r.FirstDifference));
        Assert.Null(between[0].IsAsInTheClear);
        Assert.NotEqual(true, between[1].IsAsInTheClear);
        SummaryLine line = Assert.Single(Summary.Of("m", settings, file.Results).Lines);
        Assert.Equal((2, 1, 0), (line.PrivateSamples, line.PrivateAsPlain, line.PrivateAsClear));
    }

    [Fact]
    public async Task SummaryFilesHoldEveryPolicyTaskAndLength()
    {
        EvaluationSettings settings = Settings("full", "mpcache");
        using TemporaryFolder folder = new();
        await RunAsync(folder.Root, settings, threads: 2);

        string[] lines = File.ReadAllText(folder.Path(SummaryFiles.Csv)).TrimEnd('\n').Split('\n');
        string[][] rows = [.. lines.Select(l => l.Split(','))];
        Assert.Equal(1 + (2 * 2 * 2), rows.Length);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        Assert.Equal(["policy", "task", "length", "samples", "right", "accuracy"], rows[0][..6]);
        Assert.Equal(["full", "needle", "128", "3"], rows[1][..4]);

        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(folder.Path(SummaryFiles.Json)));
        JsonElement array = json.RootElement.GetProperty("lines");
        Assert.Equal(8, array.GetArrayLength());
        Assert.Equal(rows[0], array[0].EnumerateObject().Select(p => p.Name).Where(rows[0].Contains));
        Assert.Equal(
            2 * 2 * 3, json.RootElement.GetProperty("needleDepths").EnumerateArray().Sum(c => c.GetProperty("samples").GetInt32()));
    }

    [Fact]
    public void ResultsOfAnotherModelOrSeedAreRefused()
    {
        using TemporaryFolder folder = new();
        Open(folder.Root).Dispose();

        MPCacheException model = Assert.Throws<MPCacheException>(() => ResultsFile.Open(folder.Root, "another", 1));
        Assert.Contains("another", model.Message, StringComparison.Ordinal);
        MPCacheException seed = Assert.Throws<MPCacheException>(() => ResultsFile.Open(folder.Root, Model.Fingerprint(), 2));
        Assert.Contains("--seed 1, not 2", seed.Message, StringComparison.Ordinal);
        Assert.NotEqual(Model.Fingerprint(), SmallModel.Create(seed: 2).Fingerprint());
        Assert.Equal(Model.Fingerprint(), SmallModel.Create().Fingerprint());
    }

    [Fact]
    public void ADamagedLineIsNamed()
    {
        using TemporaryFolder folder = new();
        Open(folder.Root).Dispose();
        File.AppendAllText(folder.Path(ResultsFile.Name), "{\"case\":null}\n");

        MPCacheException error = Assert.Throws<MPCacheException>(() => Open(folder.Root));
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeEvaluatedIsSaid()
    {
        EvaluationSettings good = Settings("full");
        AssertRefused(good with { Tasks = [EvaluationTasks.Find("text")] }, "text asks nothing");
        AssertRefused(good with { Policies = [.. good.Policies, .. good.Policies] }, "full is named twice");
        AssertRefused(good with { Tasks = [] }, "no task");
        AssertRefused(good with { Lengths = [100] }, "100 tokens is too short");
        AssertRefused(good with { Lengths = [700] }, "the model's context 512");
        AssertRefused(good with { Samples = 0 }, "0 samples");
        AssertRefused(good with { Private = 9 }, "9 of 3 samples");
        AssertRefused(good with { Policies = [CachePolicy.Read("snapkv budget=0.01")] }, "the window of 16");
    }

    private static void AssertRefused(EvaluationSettings settings, string words)
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => new Evaluator(Model, settings, null).Check());
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static EvaluationSettings Settings(params string[] policies) => new(
        [.. policies.Select(CachePolicy.Read)], [EvaluationTasks.Find("needle"), EvaluationTasks.Find("labelling")], [128, 160], 3, 0,
        new Seed(1));

    private static ResultsFile Open(string folder) => ResultsFile.Open(folder, Model.Fingerprint(), 1);

    private static async Task RunAsync(
        string folder, EvaluationSettings settings, int threads, PrivateRun? run = null, CancellationToken cancellation = default,
        Action<EvaluationResult>? finished = null)
    {
        using ResultsFile results = Open(folder);
        await new Evaluator(Model, settings, run).RunAsync(results, threads, finished ?? (_ => { }), cancellation);
        SummaryFiles.Write(folder, Summary.Of(Model.Fingerprint(), settings, results.Results));
    }

    private static string[] Lines(string folder) => File.ReadAllLines(Path.Combine(folder, ResultsFile.Name));
}
