using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using MPCache.Cli.Reports.Ranges;
using Xunit;

namespace MPCache.Cli.Tests;

/// <summary><c>mpcache calibrate</c>: what sample texts show of declared ranges.</summary>
public sealed class CalibrateTests
{
    [Fact]
    public async Task Every_declared_range_of_the_built_in_model_is_seen_and_held()
    {
        string file = Path.GetTempFileName();
        try
        {
            (int exit, string output, string error) = await InProcess.RunAsync(
                "calibrate", "--prompt", "the cat", "--prompt", "the", "--tokens", "3", "--json", file);
            Assert.True(exit == 0, error);
            Assert.Contains("text 2 of 2", error, StringComparison.Ordinal);
            using JsonDocument report = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
            JsonElement[] ranges = [.. report.RootElement.GetProperty("ranges").EnumerateArray()];
            string[] expressions = [.. ranges.Select(r => r.GetProperty("expression").GetString()!)];
            Assert.Contains("Linear(h, weights.Query[layer])", expressions);
            Assert.Contains("LlamaWeights.Query", expressions);
            Assert.Contains("KeyValueCache.Keys", expressions);
            Assert.DoesNotContain(expressions, e => e.EndsWith("Within(-64, 64)", StringComparison.Ordinal));
            Assert.Contains("Linear(h, weights.Query[layer])  ", output, StringComparison.Ordinal);
            Assert.All(ranges, r =>
            {
                Assert.NotEqual("left", r.GetProperty("verdict").GetString());
                double Value(string name) => r.GetProperty(name).GetDouble();
                Assert.InRange(Value("minimum"), Value("low"), Value("high"));
                Assert.InRange(Value("maximum"), Value("minimum"), Value("high"));
            });
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(-8, 8, -1, 1, 8, "Fits")]
    [InlineData(-8, 8, -0.9f, 0.5f, 8 / 0.9, "Wide")]
    [InlineData(-1, 64, 0, 32, 2, "Fits")]
    [InlineData(-8, 8, -1, 9, 8 / 9.0, "Left")]
    [InlineData(-8, 8, 0, 0, double.PositiveInfinity, "Wide")]
    [InlineData(-8, 8, float.NaN, float.NaN, double.NaN, "Left")]
    public void Headroom_is_how_much_larger_values_may_be(
        double low, double high, float minimum, float maximum, double headroom, string verdict)
    {
        CalibratedRange range = new(new RangeObservation("x", low, high, minimum, maximum));
        Assert.Equal(headroom, range.Headroom, 1e-6);
        Assert.Equal(verdict, range.Verdict.ToString());
    }

    [Theory]
    [InlineData("--prompt", "")]
    [InlineData("--tokens", "0")]
    [InlineData("--model", "model.bin")]
    public async Task A_wrong_option_is_a_usage_error_in_one_line(string option, string value)
    {
        (int exit, string output, string error) = await InProcess.RunAsync("calibrate", option, value);
        Assert.Equal((2, ""), (exit, output));
        Assert.StartsWith("error: ", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }
}
