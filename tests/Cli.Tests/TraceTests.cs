using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace MPCache.Cli.Tests;

/// <summary><c>mpcache trace</c> on the built-in model: what agrees, what is reported where it does not.</summary>
public sealed class TraceTests
{
    [Theory]
    [InlineData("prefill", "MPCache.Models.Transformers.Llama.Prefill")]
    [InlineData("decode", "MPCache.Models.Transformers.Llama.Decode")]
    public async Task The_built_in_model_agrees(string step, string program)
    {
        string file = Path.GetTempFileName();
        try
        {
            (int exit, string output, string error) = await InProcess.RunAsync(
                "trace", "--prompt", "the cat", "--step", step, "--json", file);
            Assert.True(exit == 0, error);
            Assert.Contains("ArgMax(logits)", output, StringComparison.Ordinal);
            Assert.Contains("RSqrt(meanSquare)", output, StringComparison.Ordinal);
            Assert.Contains($"{program}: ", output, StringComparison.Ordinal);

            using JsonDocument report = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
            Assert.Equal(program, report.RootElement.GetProperty("program").GetString());
            Assert.Equal(JsonValueKind.Null, report.RootElement.GetProperty("firstDivergence").ValueKind);
            double tolerance = report.RootElement.GetProperty("tolerance").GetDouble();
            JsonElement[] rows = [.. report.RootElement.GetProperty("expressions").EnumerateArray()];
            Assert.True(rows.Length > 100);
            Assert.All(rows, row =>
            {
                double allowed = tolerance * Math.Max(1, row.GetProperty("largest").GetDouble());
                Assert.InRange(row.GetProperty("plainToClear").GetDouble(), 0, allowed);
                Assert.InRange(row.GetProperty("clearToTwoParty").GetDouble(), 0, allowed);
            });
            Assert.Equal(3, rows.Count(r => r.GetProperty("expression").GetString() == "cache.Keys[layer].Append(key)"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_divergence_is_named_and_fails()
    {
        string file = Path.GetTempFileName();
        try
        {
            (int exit, string output, string error) = await InProcess.RunAsync(
                "trace", "--prompt", "the", "--tolerance", "1e-7", "--json", file);
            Assert.Equal(1, exit);
            using JsonDocument report = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
            JsonElement first = report.RootElement.GetProperty("firstDivergence");
            string expression = first.GetProperty("expression").GetString()!;
            Assert.Contains($"first divergence: «{expression}»", output, StringComparison.Ordinal);
            string line = Assert.Single(error.Split('\n'), l => l.StartsWith("error: ", StringComparison.Ordinal));
            Assert.Contains($"«{expression}»", line, StringComparison.Ordinal);
            Assert.NotEqual(first.GetProperty("plain").GetDouble(), first.GetProperty("clear").GetDouble());

            // Nothing before it diverges.
            JsonElement[] rows = [.. report.RootElement.GetProperty("expressions").EnumerateArray()];
            JsonElement[] before = [.. rows.TakeWhile(r => r.GetProperty("site").GetInt32() != first.GetProperty("site").GetInt32())];
            Assert.True(before.Length < rows.Length);
            Assert.All(before, row =>
            {
                double allowed = 1e-7 * Math.Max(1, row.GetProperty("largest").GetDouble());
                Assert.InRange(row.GetProperty("plainToClear").GetDouble(), 0, allowed);
            });
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("--step", "both")]
    [InlineData("--tolerance", "-1")]
    [InlineData("--tolerance", "little")]
    [InlineData("--tolerance", "NaN")]
    [InlineData("--model", "model.bin")]
    public async Task A_wrong_option_is_a_usage_error_in_one_line(string option, string value)
    {
        (int exit, string output, string error) = await InProcess.RunAsync("trace", option, value);
        Assert.Equal((2, ""), (exit, output));
        Assert.StartsWith("error: ", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }
}
