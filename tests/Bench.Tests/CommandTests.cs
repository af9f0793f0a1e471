using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using MPCache.Cli;
using Xunit;

namespace MPCache.Bench.Tests;

/// <summary>The command line: what is wrong with it, tables, and the report's shape.</summary>
public sealed class CommandTests
{
    [Theory]
    [InlineData("no command is given", "")]
    [InlineData("'--bogus' is no command or option|'bench attention --help'", "attention|--bogus")]
    [InlineData("--shape: 'gpt3' is no shape|Choose gpt2, llama7b, llama2c", "attention|--shape|gpt3")]
    [InlineData("--cached: '0' is not possible|from 1 to 8192", "attention|--cached|512,0")]
    [InlineData("--cached: '8193' is not possible", "attention|--cached|8193")]
    [InlineData("--static: a share of 1.5 leaves", "attention|--static|1,1.5")]
    [InlineData("--static: '1/3' is no ratio", "attention|--static|1/3")]
    [InlineData("--static: a share of 0 leaves", "break-even|--static|0")]
    [InlineData("--policy: 'best' is no policy|mpcache-sharing", "attention|--policy|full,best")]
    [InlineData("--network: 'moon' is no network", "attention|--network|moon")]
    [InlineData("--network: 'moon' is no network", "break-even|--network|lan,moon")]
    [InlineData("--repeat: 'often' is not possible", "attention|--repeat|often")]
    [InlineData("--values: '0' is not possible", "gates|--values|0")]
    [InlineData("'bench report --help'", "report")]
    [InlineData("--cached has one length", "break-even|--cached|512")]
    [InlineData("mpcache-sharing is a difference|mpcache-pair", "break-even|--policy|mpcache-sharing")]
    public async Task AWrongCommandLineIsOneLineAndExitCodeTwo(string words, string args)
    {
        (int exit, string output, string error) = await RunAsync(args.Length == 0 ? [] : args.Split('|'));

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Empty(output);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.All(words.Split('|'), word => Assert.Contains(word, error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AReportThatCannotBeWrittenIsNoticedBeforeTheWork()
    {
        (int exit, string output, string error) = await RunAsync("attention", "--plan-only", "--json", "/nowhere/costs.json");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Empty(output);
        Assert.Contains("Give --json a file", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFilterThatFitsNoGateIsAnError()
    {
        (int exit, _, string error) = await RunAsync("gates", "--filter", "none");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("no gate has 'none' in its name. Give --filter a part of product", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AGateIsATableAndALineOfJson()
    {
        string file = Path.GetTempFileName();
        try
        {
            (int exit, string output, _) = await RunAsync(
                "gates", "--filter", "compare-16", "--values", "6400", "--repeat", "2", "--json", file);

            Assert.Equal(ExitCode.Done, exit);
            Assert.Contains("| compare-16 | the sign of 16 bits | 6,400 | 2 | 1.00 | 1.00 | 0.00 | 8.88 |", output, StringComparison.Ordinal);
            JsonElement line = JsonDocument.Parse(File.ReadAllLines(file)[1]).RootElement;
            Assert.Equal(("gate", 2), (line.GetProperty("kind").GetString(), line.GetProperty("serverSeconds").GetProperty("runs").GetInt32()));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task APolicyThatSelectsNothingHasNoBreakEven()
    {
        (int exit, _, string error) = await RunAsync(
            "break-even", "--shape", "llama2c", "--cached", "20,30", "--repeat", "1", "--policy", "mpcache");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("Give larger lengths", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlannedCostsAreATableAndLinesOfJson()
    {
        string file = Path.GetTempFileName();
        try
        {
            (int exit, string output, _) = await RunAsync(
                "attention", "--plan-only", "--breakdown", "--cached", "64,512", "--static", "1,0.3", "--policy", "full,mpcache",
                "--json", file);

            Assert.Equal(ExitCode.Done, exit);
            Assert.Equal(2 * (2 + 8), output.Split('\n').Count(l => l.StartsWith('|')));
            Assert.Contains("mpcache (9 of 17, 7 of 33)", output, StringComparison.Ordinal);
            Assert.Contains("mpcache = full (too few clusters)", output, StringComparison.Ordinal);
            JsonElement[] lines = [.. File.ReadAllLines(file).Select(l => JsonDocument.Parse(l).RootElement)];
            Assert.Equal("machine", lines[0].GetProperty("kind").GetString());
            Assert.Equal(1 + 8, lines.Length);
            JsonElement last = lines[^1];
            Assert.Equal("attention", last.GetProperty("kind").GetString());
            Assert.Equal(("gpt2", 512, "0.3", 154, "mpcache", "planned"), (
                last.GetProperty("shape").GetString(), last.GetProperty("cached").GetInt32(), last.GetProperty("static").GetString(),
                last.GetProperty("held").GetInt32(), last.GetProperty("policy").GetString(), last.GetProperty("source").GetString()));
            Assert.Equal(JsonValueKind.Null, last.GetProperty("onlineSeconds").ValueKind);
            long all = last.GetProperty("allBytes").GetInt64();
            Assert.Equal(all, last.GetProperty("bytesByPurpose").EnumerateObject().Sum(p => p.Value.GetInt64()));
            Assert.Equal(all, new[] { "serverToClientBytes", "clientToServerBytes", "preparedBytes", "dealerBytes" }
                .Sum(name => last.GetProperty(name).GetInt64()));
            Assert.Equal(lines[5].GetProperty("allBytes").GetInt64(), last.GetProperty("baseline").GetProperty("allBytes").GetInt64());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task ABreakEvenMeasuresAndFits()
    {
        (int exit, string output, _) = await RunAsync(
            "break-even", "--shape", "llama2c", "--cached", "130,300", "--repeat", "1", "--policy", "full,clusters", "--static", "1,0.3");

        Assert.Equal(ExitCode.Done, exit);
        string[] rows = [.. output.Split('\n').Where(l => l.StartsWith('|'))];
        Assert.Equal((2 + 2) + (2 + (3 * 3)), rows.Length);
        Assert.Contains(rows, r => r.StartsWith("| wan | clusters | 0.3 |", StringComparison.Ordinal));
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        await using StringWriter output = new() { NewLine = "\n" };
        await using StringWriter error = new() { NewLine = "\n" };
        int exit = await BenchCommandLine.RunAsync(args, new CommandConsole(output, error));
        return (exit, output.ToString(), error.ToString());
    }
}
