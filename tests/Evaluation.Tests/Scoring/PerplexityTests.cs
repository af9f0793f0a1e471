using System;
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
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Evaluation.Tests.Scoring;

/// <summary>Perplexities under small models.</summary>
public sealed class PerplexityTests
{
    private static readonly EvaluationModel Model = SmallModel.Create();

    [Fact]
    public async Task AModelWithoutAnOpinionHasThePerplexityOfItsVocabulary()
    {
        // Without weights no token is more likely than another.
        LlamaConfig config = new(8, 8, 2, 2, 1, 2048, 512);
        LlamaWeights weights = CheckpointWeights.From(new LlamaCheckpoint(config, sharedClassifier: false));
        EvaluationModel model = new(config, weights, TrainedTokenizer.Tokenizer);
        EvaluationSettings settings = Settings("full", "mpcache", "h2o");
        using TemporaryFolder folder = new();

        Summary summary = await RunAsync(folder.Root, settings, model);

        Assert.Equal(3 * 2, summary.Perplexities.Count);
        Assert.All(summary.Perplexities, line =>
        {
            Assert.Equal(2048, line.Perplexity, 1e-6);
            Assert.Equal(1, line.Ratio, 1e-9);
            Assert.Equal(3 * TextLoss.Predicted, line.Tokens);
        });
    }

    [Fact]
    public async Task ResultsAreThoseOfTextsReadOneByOne()
    {
        EvaluationSettings settings = Settings("full", "streaming budget=0.2", "mpcache static=1");
        using TemporaryFolder folder = new();
        Summary summary = await RunAsync(folder.Root, settings);

        using ResultsFile file = Open(folder.Root, Model);
        Assert.Equal(settings.PlainCases, file.Results.Count);
        foreach (EvaluationResult result in file.Results.Values)
        {
            int[] tokens = [.. settings.Texts[0].Read(settings.Seed, result.Case.Length, result.Case.Sample)];
            int prompt = tokens.Length - 33;
            using RangeRecorder ranges = RangeRecorder.Start(recordOnly: true);
            GivenText text = new(tokens[..prompt], tokens[prompt..], CachePolicy.Read(result.Case.Policy));
            Assert.Equal(
                new TextLoss(32, PlainLikelihood.Run(new PlainMemory(), Model.Config, Model.Weights, text).Sum()), result.Loss);
            Assert.Equal(prompt, result.PromptTokens);
            Assert.Equal(result.Case.Policy == "full", result.Attended > result.Kept);
            Assert.True(result.StepBytes > 0);
        }

        // A mean over texts, and what it is held against.
        PerplexityLine full = summary.Perplexities[0];
        PerplexityLine streaming = summary.Perplexities[2];
        double[] losses = [.. Losses(file, full)];
        Assert.Equal(losses.Average(), full.Nll, 1e-12);
        Assert.Equal(Math.Exp(full.Nll), full.Perplexity, 1e-9);
        Assert.InRange(full.Nll, full.NllLow!.Value, full.NllHigh!.Value);
        Assert.Equal((1, 1, 1), (full.Ratio, full.RatioLow!.Value, full.RatioHigh!.Value));
        Assert.Equal(streaming.Perplexity / full.Perplexity, streaming.Ratio, 1e-9);
        double[] excess = [.. Losses(file, streaming).Zip(losses, (a, b) => a - b)];
        Assert.Equal(Math.Exp(MeanInterval.Of(excess).High!.Value), streaming.RatioHigh!.Value, 1e-12);
    }

    [Fact]
    public async Task AnInterruptedEvaluationGoesOnAndTakesFurtherTexts()
    {
        EvaluationSettings settings = Settings("full", "h2o");
        using TemporaryFolder whole = new();
        await RunAsync(whole.Root, settings);

        using TemporaryFolder parts = new();
        int cases = 0;
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(parts.Root, settings, Model, stop.Token, _ =>
        {
            if (Interlocked.Increment(ref cases) == 3)
            {
                stop.Cancel();
            }
        }));
        int further = 0;
        await RunAsync(parts.Root, settings, Model, default, _ => Interlocked.Increment(ref further));

        Assert.Equal(settings.PlainCases - 3, further);
        foreach (string name in new[] { SummaryFiles.Json, SummaryFiles.Csv, SummaryFiles.PerplexityCsv })
        {
            Assert.Equal(File.ReadAllText(whole.Path(name)), File.ReadAllText(parts.Path(name)));
        }

        // Another source and a task that asks are added to the same folder.
        EvaluationSettings more = settings with
        {
            Tasks = [EvaluationTasks.Find("needle")], Texts = [.. settings.Texts, new LessonText(Model.Tokenizer)], Samples = 1,
        };
        Summary summary = await RunAsync(parts.Root, more);
        Assert.Equal(2 * 2, summary.Lines.Count);
        Assert.Equal(["text", "lessons"], summary.Perplexities.Select(l => l.Text).Distinct());
        Assert.All(summary.Perplexities, line => Assert.Null(line.NllLow));
    }

    [Fact]
    public async Task SummaryFilesHoldEveryPolicyTextAndLength()
    {
        EvaluationSettings settings = Settings("full", "mpcache");
        using TemporaryFolder folder = new();
        await RunAsync(folder.Root, settings);

        string[][] rows =
            [.. File.ReadAllText(folder.Path(SummaryFiles.PerplexityCsv)).TrimEnd('\n').Split('\n').Select(l => l.Split(','))];
        Assert.Equal(1 + (2 * 2), rows.Length);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        Assert.Equal(["full", "text", "128", "3", "96"], rows[1][..5]);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(folder.Path(SummaryFiles.Json)));
        JsonElement lines = json.RootElement.GetProperty("perplexities");
        Assert.Equal(4, lines.GetArrayLength());
        Assert.Equal(rows[0], lines[0].EnumerateObject().Select(p => p.Name).Where(rows[0].Contains));
    }

    [Fact]
    public void PassagesOfAFileFollowEachOtherAndAreAllRead()
    {
        using TemporaryFolder folder = new();
        string prose = string.Concat(Enumerable.Range(0, 900).Select(i => $" the {i} red houses"));
        File.WriteAllText(folder.Path("my, prose.txt"), prose);
        FileText text = FileText.Load(folder.Path("my, prose.txt"), Model.Tokenizer);

        int[] all = [.. Model.Tokenizer.Encode(prose).Skip(1)];
        int pieces = all.Length / 127;
        int[][] passages = [.. Enumerable.Range(0, pieces).Select(i => text.Read(new Seed(1), 128, i).ToArray())];
        Assert.All(passages, p => Assert.Equal(Model.Tokenizer.BeginOfText, p[0]));
        Assert.Equal(
            all.Chunk(127).Take(pieces).Select(p => string.Join(' ', p)).Order(), passages.Select(p => string.Join(' ', p[1..])).Order());
        Assert.Matches("^my__prose:[0-9a-f]{8}$", text.Name);

        Assert.Throws<MPCacheException>(() => text.Read(new Seed(1), 128, pieces));
    }

    [Fact]
    public void WhatIsNoTextIsRefused()
    {
        using TemporaryFolder folder = new();
        AssertRefused(() => FileText.Load(folder.Path("none.txt"), Model.Tokenizer), "none.txt' cannot be read");

        File.WriteAllBytes(folder.Path("binary.txt"), [0x61, 0xFF, 0x62]);
        AssertRefused(() => FileText.Load(folder.Path("binary.txt"), Model.Tokenizer), "binary.txt' is no UTF-8");

        File.WriteAllText(folder.Path("short.txt"), "A few words.");
        EvaluationSettings settings = Settings("full") with { Texts = [FileText.Load(folder.Path("short.txt"), Model.Tokenizer)] };
        AssertRefused(() => Check(settings), "3 passages of 128 tokens cannot be made");

        AssertRefused(() => Check(Settings("full") with { Texts = [] }), "no task is named");
        AssertRefused(() => Check(Settings("full") with { Private = 1 }), "in plain alone");
        AssertRefused(() => Check(Settings("full") with { Lengths = [100] }), "100 tokens is too short");
        AssertRefused(() => Check(Settings("full") with { Lengths = [530] }), "of which 513 fit");
        AssertRefused(() => Check(Settings("snapkv budget=0.01")), "the window of 16");
        GrammarText text = new(Model.Tokenizer);
        AssertRefused(() => Check(Settings("full") with { Texts = [text, text] }), "text is named twice");

        void Check(EvaluationSettings wrong) => new Evaluator(Model, wrong, null).Check();
    }

    private static void AssertRefused(Action action, string words) =>
        Assert.Contains(words, Assert.Throws<MPCacheException>(action).Message, StringComparison.Ordinal);

    private static double[] Losses(ResultsFile file, PerplexityLine line) =>
    [
        .. Enumerable.Range(0, line.Samples)
            .Select(i => file.Results[new EvaluationCase(line.Policy, line.Text, line.Length, i, false)].Loss!.Mean),
    ];

    private static EvaluationSettings Settings(params string[] policies) => new(
        [.. policies.Select(CachePolicy.Read)], [], [128, 160], 3, 0, new Seed(1))
    {
        Texts = [new GrammarText(Model.Tokenizer)],
    };

    private static ResultsFile Open(string folder, EvaluationModel model) => ResultsFile.Open(folder, model.Fingerprint(), 1);

    private static async Task<Summary> RunAsync(
        string folder, EvaluationSettings settings, EvaluationModel? model = null, CancellationToken cancellation = default,
        Action<EvaluationResult>? finished = null)
    {
        using ResultsFile results = Open(folder, model ?? Model);
        await new Evaluator(model ?? Model, settings, null).RunAsync(results, 1, finished ?? (_ => { }), cancellation);
        Summary summary = Summary.Of((model ?? Model).Fingerprint(), settings, results.Results);
        SummaryFiles.Write(folder, summary);
        return summary;
    }
}
