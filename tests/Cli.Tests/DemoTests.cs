using System;
using System.Threading.Tasks;
using MPCache.Cli.Tests.TestSupport;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Cli.Tests;

/// <summary>Whole generations in one process: text, tokens, and every cost as planned.</summary>
public sealed class DemoTests : IDisposable
{
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
