using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Cli.Reports;
using MPCache.Cli.Tests.TestSupport;
using Xunit;

namespace MPCache.Cli.Tests;

/// <summary><c>mpcache evaluate</c> with the model that comes with the program.</summary>
public sealed class EvaluateTests
{
    [Fact]
    public async Task WritesResultsSummaryAndPlotsAndGoesOnWhereItWas()
    {
        using TemporaryFolder folder = new();
        string[] arguments =
        [
            "evaluate", "--out", folder.File("out"), "--tasks", "needle", "--lengths", "128", "--samples", "1", "--private", "1",
            "--policies", "full,streaming budget=0.3",
        ];
        Outcome first = (await RunningCommand.RunAsync(arguments)).Succeeds();

        Assert.Contains("streaming", first.Out, StringComparison.Ordinal);
        Assert.Contains("1 of 1", first.Out, StringComparison.Ordinal);
        Assert.Contains("0 results so far", first.Error, StringComparison.Ordinal);
        string[] files = [.. Directory.EnumerateFiles(folder.File("out")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "accuracy-attended.png", "accuracy-attended.svg", "accuracy-bytes.png", "accuracy-bytes.svg", "needle-depth-full.png",
                "needle-depth-full.svg", "needle-depth-streaming.png", "needle-depth-streaming.svg", "results.jsonl", "summary.csv",
                "summary.json",
            ],
            files);
        Assert.All(
            files.Where(f => f.EndsWith(".svg", StringComparison.Ordinal)),
            f => Assert.Contains("<svg", File.ReadAllText(Path.Combine(folder.File("out"), f)), StringComparison.Ordinal));

        // It is trained to find a needle in a prompt as short as this.
        string[] csv = File.ReadAllLines(Path.Combine(folder.File("out"), "summary.csv"));
        Assert.StartsWith("full,needle,128,1,1,1,", csv[1], StringComparison.Ordinal);

        Outcome second = (await RunningCommand.RunAsync(arguments)).Succeeds();
        Assert.Contains("4 results so far", second.Error, StringComparison.Ordinal);
        Assert.Equal(first.Out, second.Out);

        (await RunningCommand.RunAsync([.. arguments, "--seed", "2"])).Fails(1, "--seed 1, not 2", "another folder");
    }

    [Fact]
    public async Task MeasuresPerplexityOfProseAndOfFiles()
    {
        using TemporaryFolder folder = new();
        string[] arguments =
        [
            "evaluate", "--out", folder.File("out"), "--tasks", "text", "--lengths", "128", "--samples", "2", "--policies",
            "full,streaming budget=0.3",
        ];
        Outcome prose = (await RunningCommand.RunAsync(arguments)).Succeeds();
        Assert.Contains("Perplexity", prose.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Right answers", prose.Out, StringComparison.Ordinal);

        // It is trained on prose like this: a token of 2048 is one of about five.
        string[] csv = File.ReadAllLines(Path.Combine(folder.File("out"), "perplexity.csv"));
        Assert.Equal(3, csv.Length);
        string[] full = csv[1].Split(',');
        Assert.Equal(["full", "text", "128", "2", "64"], full[..5]);
        Assert.InRange(double.Parse(full[8], CultureInfo.InvariantCulture), 1, 20);

        File.WriteAllText(folder.File("numbers.txt"), string.Join(' ', Enumerable.Range(0, 500)));
        Outcome file = (await RunningCommand.RunAsync([.. arguments, "--text", folder.File("numbers.txt")])).Succeeds();
        Assert.Contains("4 results so far", file.Error, StringComparison.Ordinal);
        Assert.Contains("numbers:", file.Out, StringComparison.Ordinal);

        (await RunningCommand.RunAsync([.. arguments, "--text", folder.File("none.txt")])).Fails(1, "none.txt' cannot be read");
        (await RunningCommand.RunAsync([.. arguments, "--private", "1"])).Fails(1, "in plain alone");
        (await RunningCommand.RunAsync([.. arguments[..3], "--text", "lessons", "--tasks", "needle"])).Fails(2, "Add --tasks text");
    }

    [Theory]
    [InlineData(0, 0, 4, "--:--:-- left")]
    [InlineData(60, 1, 4, "0:03:00 left")]
    [InlineData(60, 4, 4, "0:00:00 left")]
    public void TimeLeftFollowsFromTheTimeSoFar(int seconds, double done, double all, string text) =>
        Assert.Equal(text, TimeLeftColumn.Write(TimeSpan.FromSeconds(seconds), done, all));
}
