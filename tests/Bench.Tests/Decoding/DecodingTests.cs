using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Bench.Decoding.Models;
using MPCache.Bench.Decoding.Running;
using MPCache.Bench.Reports;
using MPCache.Cli;
using MPCache.Models.Policies;
using MPCache.Models.Weights;
using MPCache.Transport;
using Xunit;

namespace MPCache.Bench.Tests.Decoding;

/// <summary>Whole steps and prompts of small models; the sessions compare every call with its plan.</summary>
public sealed class DecodingTests
{
    private static readonly LlamaConfig Small = new(16, 24, 3, 2, 2, 40, 128);

    [Theory]
    [InlineData("--shape: 'gpt3' is no shape|Choose gpt2, gpt2-long, llama7b-layer, llama2c", "decode|--shape|gpt3")]
    [InlineData("--cached: '0' is not possible", "decode|--cached|0")]
    [InlineData("--batch: '65' is not possible|from 1 to 64", "decode|--batch|65")]
    [InlineData("--policy: there is no cache policy 'best'", "decode|--policy|full,best")]
    [InlineData("--tokens: 'all' is not possible", "prefill|--tokens|all")]
    [InlineData("--chunk: '0' is not possible", "prefill|--chunk|0")]
    public async Task AWrongCommandLineIsOneLineAndExitCodeTwo(string words, string args)
    {
        (int exit, string output, string error) = await RunAsync(args.Split('|'));

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Empty(output);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.All(words.Split('|'), word => Assert.Contains(word, error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("has no step of 'h2o|full, streaming, toptokens, quest, mpcache", "decode|--shape|llama2c|--cached|100|--policy|h2o")]
    [InlineData("gpt2 has no step of 'mpcache|levels=1|two levels", "decode|--policy|mpcache levels=1")]
    [InlineData("2001 tokens are more than the context of gpt2, which has 1024", "decode|--cached|2000|--policy|full")]
    [InlineData("600 tokens are more than the context of llama2c", "prefill|--shape|llama2c|--tokens|600")]
    public async Task WhatCannotBeMeasuredIsSaidBeforeTheWork(string words, string args)
    {
        (int exit, string output, string error) = await RunAsync(args.Split('|'));

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Empty(output);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.All(words.Split('|'), word => Assert.Contains(word, error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task StepsAreATableAndLinesOfJson()
    {
        (string output, JsonElement[] lines) = await ReportAsync(
            "decode", "--shape", "llama2c", "--cached", "40,80", "--policy", "full,mpcache static=1 cluster=4", "--repeat", "3", "--batch",
            "2", "--breakdown");

        Assert.Equal(4, lines.Length);
        Assert.Contains("A pass: the same weights in 16 bits", output, StringComparison.Ordinal);
        Assert.Contains("| Softmax(", output, StringComparison.Ordinal);
        foreach (JsonElement line in lines)
        {
            AssertCosts(line, "decode", 3);
            Assert.True(line.GetProperty("plainPassSeconds").GetDouble() > 0);
            Assert.True(line.GetProperty("onlinePasses").GetDouble() > 0);
        }

        Assert.Equal([40, 40, 80, 80], lines.Select(l => l.GetProperty("cached").GetInt32()));
        Assert.Equal(["full", "mpcache static=1 cluster=4", "full", "mpcache static=1 cluster=4"], lines.Select(l => l.GetProperty("policy").GetString()!));
        Assert.Equal([41, 81], new[] { 0, 2 }.Select(i => lines[i].GetProperty("attended").GetDouble()));
        Assert.True(lines[3].GetProperty("attended").GetDouble() < 40);
    }

    [Fact]
    public async Task APromptIsATableAndALineOfJson()
    {
        (string output, JsonElement[] lines) = await ReportAsync(
            "prefill", "--shape", "llama2c", "--tokens", "20", "--chunk", "8", "--repeat", "2");

        JsonElement line = Assert.Single(lines);
        AssertCosts(line, "prefill", 2);
        Assert.Equal(3, line.GetProperty("calls").GetInt32());
        Assert.Contains("| llama2c | 20 | 8 | 3 |", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStepOfGpt2FitsItsTraffic()
    {
        (_, JsonElement[] lines) = await ReportAsync("decode", "--plan-only", "--policy", "full,mpcache,mpcache static=1");

        Assert.Equal([512, 256, 512], lines.Select(l => l.GetProperty("held").GetInt32()));
        Assert.All(lines, l => Assert.InRange(l.GetProperty("allBytes").GetInt64(), 10_000_000, 25_000_000));
        Assert.All(lines, l => Assert.Equal(JsonValueKind.Null, l.GetProperty("onlineSeconds").ValueKind));
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("layers")]
    public async Task OtherShapesRunUnderEveryPolicyThatTheyHave(string kind)
    {
        ModelShape shape = kind == "gpt2"
            ? new Gpt2Shape("small", Small)
            : new LlamaLayerShape("small", new LlamaConfig(16, 24, 2, 2, 2, 1, 128));
        StepCase[] steps =
        [
            .. from policy in new[] { "full", "mpcache static=1 cluster=4 share=1", "mpcache static=0.5 cluster=4" }
               where kind == "gpt2" || !policy.EndsWith("cluster=4", StringComparison.Ordinal)
               select new StepCase(shape, 50, CachePolicy.Read(policy)),
        ];
        IReadOnlyList<StepMeasurement> runs =
            await new StepRunner(NetworkProfile.Loopback, 3, 3, _ => { }, profiled: true).RunAsync(shape, steps, CancellationToken.None);
        IReadOnlyList<StepMeasurement> prompts = await new PromptRunner(NetworkProfile.Loopback, 1, _ => { })
            .RunAsync(shape, [new PromptCase(shape, 12, 5)], CancellationToken.None);

        Assert.Equal(steps.Length, runs.Count);
        Assert.All(runs.Concat(prompts), run => Assert.All(run.Online, time => Assert.True(time > TimeSpan.Zero)));
        Assert.All(runs.Concat(prompts), run => Assert.All(run.Waiting, share => Assert.InRange(share, 0, 1)));
        Assert.All(runs, run => Assert.Equal(3, run.Online.Count));
        Assert.All(runs.Zip(steps), pair => CheckProfile(pair.First, pair.Second));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 40)]
    [InlineData(5, 67)]
    public void ThePlainPassMultiplies(int rows, int columns)
    {
        Random random = new(rows);
        short[] w = [.. Enumerable.Range(0, rows * columns).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1))];
        short[] x = [.. Enumerable.Range(0, columns).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1))];
        int[] y = new int[rows];
        PlainPass.Multiply(w, x, y);

        Assert.Equal(w.Chunk(columns).Select(row => row.Zip(x, (a, b) => a * b).Aggregate(0, (a, b) => unchecked(a + b))), y);
    }

    /// <summary>The parts make up the online time, every flight is one of them, and gates that have run before allocate nothing but what a thread needs once.</summary>
    private static void CheckProfile(StepMeasurement run, StepCase step)
    {
        IReadOnlyList<ProfileShare> profile = run.Profile!;
        double flights = Enumerable.Range(0, run.Online.Count).Average(
            ahead => (double)step.Program.Interface.Plan.Evaluate(name => step.DimensionsAfter(ahead)[name]).Flights);
        Assert.Equal(flights, profile.Single(s => s.Name.StartsWith("exchanges", StringComparison.Ordinal)).Times, 9);
        TimeSpan online = TimeSpan.FromTicks(run.Online.Sum(t => t.Ticks)) / run.Online.Count;
        Assert.InRange(TimeSpan.FromTicks(profile.Sum(s => s.Server.Ticks)), TimeSpan.Zero, online);
        Assert.InRange(TimeSpan.FromTicks(profile.Sum(s => s.Client.Ticks)), TimeSpan.Zero, online);
        Assert.Contains(profile, s => s.Name == "product.matmul" && s.Server > TimeSpan.Zero);
        Assert.InRange(
            profile.Where(s => s.Name.Contains('.', StringComparison.Ordinal)).Sum(s => s.ServerAllocated + s.ClientAllocated), 0, 4096);
    }

    /// <summary>The parts make the whole, by either key.</summary>
    private static void AssertCosts(JsonElement line, string kind, int runs)
    {
        Assert.Equal(kind, line.GetProperty("kind").GetString());
        Assert.Equal("loopback", line.GetProperty("network").GetString());
        long all = line.GetProperty("allBytes").GetInt64();
        Assert.Equal(all, new[] { "serverToClientBytes", "clientToServerBytes", "preparedBytes", "dealerBytes" }
            .Sum(name => line.GetProperty(name).GetInt64()));
        Assert.Equal(all, line.GetProperty("bytesByGate").EnumerateObject().Sum(p => p.Value.GetInt64()));
        Assert.Equal(all, line.GetProperty("bytesByExpression").EnumerateObject().Sum(p => p.Value.GetInt64()));
        foreach (string phase in new[] { "offlineSeconds", "onlineSeconds" })
        {
            JsonElement times = line.GetProperty(phase);
            Assert.Equal(runs, times.GetProperty("runs").GetInt32());
            (double least, double median, double most) = (
                times.GetProperty("min").GetDouble(), times.GetProperty("median").GetDouble(), times.GetProperty("max").GetDouble());
            Assert.True(
                least > 0 && least <= median && median <= most, string.Create(CultureInfo.InvariantCulture, $"{least} {median} {most}"));
        }

        Assert.InRange(line.GetProperty("waitingShare").GetDouble(), 0, 1);
        Assert.True(line.GetProperty("peakBytes").GetInt64() > 0);
    }

    private static async Task<(string Output, JsonElement[] Lines)> ReportAsync(params string[] args)
    {
        string file = Path.GetTempFileName();
        try
        {
            (int exit, string output, string error) = await RunAsync([.. args, "--json", file]);
            Assert.True(exit == ExitCode.Done, error);
            JsonElement[] lines = [.. File.ReadAllLines(file).Select(l => JsonDocument.Parse(l).RootElement)];

            // The machine comes first, and bench report reads the rest.
            Assert.Equal("machine", lines[0].GetProperty("kind").GetString());
            Assert.All(ReportLines.Read(file).Skip(1), line => Assert.IsType<CostLine>(line));
            return (output, lines[1..]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        await using StringWriter output = new() { NewLine = "\n" };
        await using StringWriter error = new() { NewLine = "\n" };
        int exit = await BenchCommandLine.RunAsync(args, new CommandConsole(output, error));
        return (exit, output.ToString(), error.ToString());
    }
}
