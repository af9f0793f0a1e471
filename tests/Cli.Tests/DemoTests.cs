using System;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Cli.Tests.TestSupport;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Cli.Tests;

/// <summary>Whole generations in one process: text, tokens, and every cost as planned.</summary>
public sealed class DemoTests : IDisposable
{
    private const string Long = "the cat sat on the mat. the cat sat on the";
    private const string Repeated = " sat on the mat. the cat sat on ";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task BuiltInModelContinuesWhatItHasSeen()
    {
        string json = folder.File("report.json");
        Outcome outcome = (await RunningCommand.RunAsync("demo", "--json", json)).Succeeds();

        Report report = Report.Read(json);
        report.IsConsistent(Repeated.Length);
        Assert.Equal("the cat sat on the mat. the cat", report.Prompt);
        Assert.Equal(Repeated, report.Completion);
        Assert.Equal(report.PlainTokens, report.Tokens);
        Assert.StartsWith(report.Prompt + Repeated + "\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("gives the same tokens", outcome.Error, StringComparison.Ordinal);
        Assert.All(
            (string[])["setup", "prefill", "decode", "planned", "measured", report.Cost("decode", "rounds").ToString("N0", null)],
            word => Assert.Contains(word, outcome.Out, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OneTokenNeedsNoDecodingStep()
    {
        string json = folder.File("report.json");
        (await RunningCommand.RunAsync("demo", "--prompt", "abcd, abcd, ab", "--tokens", "1", "--json", json)).Succeeds();

        Report report = Report.Read(json);
        report.IsConsistent(1);
        Assert.Equal("c", report.Completion);
    }

    [Fact]
    public async Task EmulatedNetworkChangesNeitherTextNorCosts()
    {
        string json = folder.File("report.json");
        Outcome outcome = (await RunningCommand.RunAsync("demo", "--tokens", "3", "--network", "lan", "--json", json)).Succeeds();

        Report report = Report.Read(json);
        report.IsConsistent(3);
        Assert.Equal(Repeated[..3], report.Completion);
        Assert.Contains(
            "over loopback TCP, with an emulated lan (3000 Mbit/s a direction, 0.4 ms one way) between server and client\n", outcome.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelThatEndsTheTextEndsTheGeneration()
    {
        // Nothing before fits after a single character: the built-in model ends the text, after which announced steps are left.
        string json = folder.File("report.json");
        (await RunningCommand.RunAsync("demo", "--prompt", "q", "--tokens", "20", "--json", json)).Succeeds();

        Report report = Report.Read(json);
        Assert.Empty(report.Tokens);
        Assert.Empty(report.PlainTokens);
        Assert.Equal("", report.Completion);
        Assert.Equal(0, report.Steps("decode"));
    }

    /// <summary>Whole generations under every policy: costs as planned, calls as many as the public lengths say.</summary>
    [Theory]
    [InlineData("full", "full", 0)]
    [InlineData("streaming budget=0.9 sinks=8", "streaming budget=0.9 sinks=8", 0)]
    [InlineData("toptokens budget=0.25", "toptokens budget=0.25", 0)]
    [InlineData("h2o budget=0.9", "h2o budget=0.9 recent=0.5", 0)]
    [InlineData("tova budget=0.5", "tova budget=0.5", 0)]
    [InlineData("snapkv window=8", "snapkv budget=0.3 window=8", 0)]
    [InlineData("quest page=4 skip=1", "quest budget=0.3 page=4 skip=1", 1, 1)]
    [InlineData(
        "mpcache cluster=4 keep=0.5",
        "mpcache static=0.5 observed=0.2 pool=1 window=0 levels=2 keep-coarse=0.5 keep=0.5 cluster=4 alpha=0.6 bound=linear share=2 skip=0 lag=0", 2, 2)]
    public async Task EveryPolicyGenerates(string policy, string full, int summaries, int updatedAt = 0)
    {
        string json = folder.File("report.json");
        Outcome outcome = (await RunningCommand.RunAsync(
            "demo", "--prompt", Long, "--tokens", "4", "--policy", policy, "--json", json)).Succeeds();

        Report report = Report.Read(json);
        // With a part of the cache the text may end; the clusters of which the last one became complete at a step are summarised then.
        report.IsConsistent(report.Tokens.Length, full, summaries, Steps(report) > updatedAt ? summaries : 0, ended: report.Tokens.Length < 4);
        Assert.Contains($"cache policy: {full}\n", outcome.Error, StringComparison.Ordinal);
        Assert.StartsWith(Long, outcome.Out, StringComparison.Ordinal);
        Assert.Equal(summaries > 0, outcome.Out.Contains("summaries", StringComparison.Ordinal));

        // The prompt is read in full under every policy.
        Assert.Equal(report.PlainTokens[0], report.Tokens[0]);
    }

    /// <summary>Decoding steps of a run that was to give 4 tokens; one more than tokens behind the first where the text ended.</summary>
    private static int Steps(Report report) => report.Tokens.Length < 4 ? report.Tokens.Length : 3;

    [Fact]
    public async Task PoliciesSideBySide()
    {
        string json = folder.File("report.json");
        Outcome outcome = (await RunningCommand.RunAsync(
            "demo", "--prompt", Long, "--tokens", "4", "--compare", "full, tova,mpcache cluster=4 levels=1 keep=0.5", "--json",
            json)).Succeeds();

        const string clusters =
            "mpcache static=0.5 observed=0.2 pool=1 window=0 levels=1 keep-coarse=0.5 keep=0.5 cluster=4 alpha=0.6 bound=linear share=2 skip=0 lag=0";
        Report[] reports = Report.ReadAll(json);
        Assert.Equal(["full", "tova budget=0.3", clusters], reports.Select(r => r.Policy));
        int steps = Steps(reports[2]);
        reports[0].IsConsistent(4, "full", compared: true);
        reports[1].IsConsistent(reports[1].Tokens.Length, "tova budget=0.3", compared: true, ended: reports[1].Tokens.Length < 4);
        reports[2].IsConsistent(
            reports[2].Tokens.Length, clusters, 1, steps > 2 ? 1 : 0, compared: true, ended: reports[2].Tokens.Length < 4);

        // Of 43 tokens in the prompt, 46 are in the cache at the last step. Of 25 the first of six clusters, two others and the newest, if
        // the text did not end before.
        int selected = steps switch { 1 => 11, 2 => 12, _ => 13 };
        Assert.Equal([43, 13, 22], reports.Select(r => r.Number("keptOfPrompt")));
        Assert.Equal([46, 46, 46], reports[0].Numbers("attendedByLayer"));
        Assert.Equal([14, 14, 14], reports[1].Numbers("attendedByLayer"));
        Assert.Equal(Enumerable.Repeat(selected, 3), reports[2].Numbers("attendedByLayer"));
        foreach (Report report in reports)
        {
            Assert.Equal(Agreeing(report.Tokens, reports[0].Tokens), report.Number("tokensAsFirst"));
            Assert.Equal(Agreeing(report.Tokens, report.PlainTokens), report.Number("tokensAsPlain"));
            Assert.True(report.Number("aToken", "milliseconds") > 0);
            foreach (string cost in (string[])["flights", "onlineBytes", "dealerBytes", "milliseconds"])
            {
                double ratio = report.Number("aToken", cost) / reports[0].Number("aToken", cost);
                Assert.Equal(ratio, report.Number("ratioToFirst", cost), 9);
            }
        }

        double rounds = reports[2].Cost("decode", "rounds") + (steps > 2 ? reports[2].Cost("updates", "rounds") : 0);
        Assert.Equal(rounds / steps, reports[2].Number("aToken", "flights"), 9);
        Assert.Equal(
            reports[2].Cost("prefill", "rounds") + reports[2].Cost("summaries", "rounds"), reports[2].Number("reading", "flights"));

        // The prompt once, each completion on a line, then the table.
        Assert.Equal(outcome.Out.IndexOf(Long, StringComparison.Ordinal), outcome.Out.LastIndexOf(Long, StringComparison.Ordinal));
        Assert.StartsWith(
            $"{Long}\n[full] {reports[0].Completion}\n[tova] {reports[1].Completion}\n"
                + $"[mpcache levels=1 keep=0.5 cluster=4] {reports[2].Completion}\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("13 of 43", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("×1.00", outcome.Out, StringComparison.Ordinal);
        Assert.Contains($"  {clusters}\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains($"policy 3 of 3: {clusters}\n", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--policy")]
    [InlineData("--compare")]
    public async Task PolicyThatDoesNotFitThePromptIsToldBeforeTheWork(string option)
    {
        Outcome outcome = await RunningCommand.RunAsync("demo", "--prompt", "abab", option, "snapkv");

        outcome.Fails(1, "0.3 of 5 tokens are 2, fewer than the window of 16", "a larger budget");
        Assert.Empty(outcome.Out);
        Assert.DoesNotContain("over loopback", outcome.Error, StringComparison.Ordinal);
    }

    [SharedModelFact]
    public async Task RealModelTellsTheKnownStory()
    {
        Report report = await StoryAsync("Once upon a time", 64);

        Assert.StartsWith(
            ", there was a little girl named Lily. She loved to play outside in the park.", report.Completion, StringComparison.Ordinal);
    }

    [SharedModelFact]
    public async Task OtherPromptsAgreeJustAsWell()
    {
        await StoryAsync("Tom had a big red car and he", 20);
        await StoryAsync("Zoë said: \"12 + 3\"", 12);
    }

    [SharedModelFact]
    public async Task CompletionBeginsWithTheSpaceThatJoinsItToThePrompt()
    {
        Report report = await StoryAsync("Once upon a time, there was a little girl", 4);

        Assert.StartsWith(" named L", report.Completion, StringComparison.Ordinal);
    }

    private static int Agreeing(int[] tokens, int[] others) => tokens.Zip(others).TakeWhile(t => t.First == t.Second).Count();

    private async Task<Report> StoryAsync(string prompt, int tokens)
    {
        string json = folder.File("report.json");
        (await RunningCommand.RunAsync(
            "demo", "--model", SharedFiles.Checkpoint, "--tokenizer", SharedFiles.Tokenizer, "--prompt", prompt, "--tokens", $"{tokens}",
            "--json", json)).Succeeds();
        Report report = Report.Read(json);
        report.IsConsistent(tokens);
        Assert.Equal(report.PlainTokens, report.Tokens);
        return report;
    }
}
