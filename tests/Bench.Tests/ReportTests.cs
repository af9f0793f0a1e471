using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Bench.Machine;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;
using MPCache.Cli;
using Xunit;

namespace MPCache.Bench.Tests;

/// <summary>Reports: what is written is read again, and becomes tables and plots.</summary>
public sealed class ReportTests : IDisposable
{
    /// <summary>A kind that this program does not write, with members that it does not know.</summary>
    private const string Decoding = """
        {"kind":"machine","processor":"Abacus","cores":2,"platform":"Wood","runtime":".NET","compilation":"native","instructions":["AES"]}
        {"kind":"decode","model":"tiny","shape":"tiny","cached":1000,"policy":"full","network":"lan","flights":40,"serverToClientBytes":5000,"clientToServerBytes":5000,"dealerBytes":20000,"allBytes":30000,"tokens":8,"onlineSeconds":{"median":0.03,"min":0.02,"max":0.04,"runs":3}}
        {"kind":"decode","model":"tiny","shape":"tiny","cached":2000,"policy":"full","network":"lan","flights":40,"serverToClientBytes":9000,"clientToServerBytes":9000,"dealerBytes":32000,"allBytes":50000,"tokens":8,"onlineSeconds":{"median":0.05,"min":0.05,"max":0.06,"runs":3}}

        {"kind":"decode","shape":"tiny","cached":2000,"policy":"mpcache","static":"0.3","network":"lan","flights":50,"serverToClientBytes":1500,"clientToServerBytes":1500,"preparedBytes":100,"dealerBytes":3000,"allBytes":6100}
        """;

    private const string Tables = """
        # Abacus, 2 cores; .NET, native; AES; Wood

        ## decode, tiny, lan

        | policy | tokens | flights | server→client kB | client→server kB | prepared kB | dealer kB | all kB | offline ms | online ms (min–max) |
        | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
        | full | 1,000 | 40 | 5.0 | 5.0 | 0.0 | 20.0 | 30.0 |  | 30.0 (20.0–40.0) |
        | full | 2,000 | 40 | 9.0 | 9.0 | 0.0 | 32.0 | 50.0 |  | 50.0 (50.0–60.0) |
        | mpcache, ρ_s 0.3 | 2,000 | 50 | 1.5 | 1.5 | 0.1 | 3.0 | 6.1 |  |  |

        | policy | online ms at 0 tokens | µs a token | all kB at 0 tokens | bytes a token |
        | --- | ---: | ---: | ---: | ---: |
        | full | 10.0 | 20.0 | 10.0 | 20.0 |


        """;

    private readonly string folder = Directory.CreateTempSubdirectory("mpcache-report").FullName;

    [Fact]
    public void WhatIsWrittenIsReadAgain()
    {
        Timing time = new(0.5, 0.25, 1, 3);
        KernelLine roof = new("memory read", "512 MiB", 2, 1 << 29, "bytes", time, null, null);
        KernelLine kernel = new("matrix · vector", "4 × 4", 1, 16, "products", time, "memory read", 0.125);
        GateLine gate = new("silu", "SiLU", 100, 2, 3, 4, 5, 6, time, time with { Runs = 1 }, time with { Max = 2 }, time with { Min = 0 });
        string file = Path.Combine(folder, "report.jsonl");

        ReportLines.Write(file, [roof, kernel, gate]);
        IReportLine[] lines = [.. ReportLines.Read(file)];

        Assert.Equal(MachineLine.Here().ToString(), Assert.IsType<MachineLine>(lines[0]).ToString());
        Assert.Equal([roof, kernel, gate], lines[1..]);
        Assert.Equal((1 << 29) / 0.5, roof.Rate);
        Assert.Equal((200.0, 200.0), (gate.DealtASecond, gate.OnlineASecond));
        Assert.All(File.ReadLines(file), line => Assert.StartsWith("{\"kind\":\"", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task LinesOfAnyKindBecomeTables()
    {
        (int exit, string output, _) = await RunAsync("report", Write("decode.jsonl", Decoding));

        Assert.Equal(ExitCode.Done, exit);
        Assert.Equal(Tables.TrimEnd('\n'), output.TrimEnd('\n'));
    }

    [Fact]
    public async Task AttentionsPlannedCostsBecomeTablesAndPlots()
    {
        string json = Path.Combine(folder, "attention.jsonl");
        string results = Path.Combine(folder, "results");
        await RunAsync("attention", "--plan-only", "--cached", "512,1024", "--static", "1", "--policy", "full,mpcache", "--json", json);
        (int exit, string output, string error) = await RunAsync("report", json, Write("decode.jsonl", Decoding), "--out", results);

        Assert.True(exit == ExitCode.Done, error);
        Assert.Empty(output);
        string document = await File.ReadAllTextAsync(Path.Combine(results, "report.md"));
        Assert.Contains("## attention, gpt2, loopback", document, StringComparison.Ordinal);
        Assert.Contains("![decode, tiny, lan](2-decode-tiny-lan-time.svg)", document, StringComparison.Ordinal);

        // Nothing was run, so there is no time to draw.
        Assert.Equal(
            ["1-attention-gpt2-loopback-bytes", "2-decode-tiny-lan-bytes", "2-decode-tiny-lan-time"],
            Directory.GetFiles(results, "*.svg").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));
        Assert.Equal(3, Directory.GetFiles(results, "*.png").Count(f => new FileInfo(f).Length > 0));
    }

    [Theory]
    [InlineData("line 1 of|no kind", """{"name":"x"}""")]
    [InlineData("line 1 of|no kind", """[1]""")]
    [InlineData("line 2 of|'network'", "{\"kind\":\"machine\",\"processor\":\"\",\"cores\":1,\"platform\":\"\",\"runtime\":\"\",\"compilation\":\"\",\"instructions\":[]}\n{\"kind\":\"decode\",\"policy\":\"full\"}")]
    [InlineData("line 1 of|'cached'", """{"kind":"decode","network":"lan","flights":1,"serverToClientBytes":1,"clientToServerBytes":1,"dealerBytes":1,"allBytes":1}""")]
    [InlineData("line 1 of|invalid", "kernels")]
    [InlineData("does not say on what", """{"kind":"kernel","name":"a","size":"","cores":1,"work":1,"unit":"","seconds":{"median":1,"min":1,"max":1,"runs":1}}""")]
    public async Task AFileThatIsNoReportIsNamed(string words, string text)
    {
        (int exit, _, string error) = await RunAsync("report", Write("bad.jsonl", text));

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.All(words.Split('|'), word => Assert.Contains(word, error, StringComparison.Ordinal));
        Assert.Contains("--json", error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        await using StringWriter output = new() { NewLine = "\n" };
        await using StringWriter error = new() { NewLine = "\n" };
        int exit = await BenchCommandLine.RunAsync(args, new CommandConsole(output, error));
        return (exit, output.ToString(), error.ToString());
    }
}
