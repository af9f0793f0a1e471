using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Models.Transformers;
using Xunit;

namespace MPCache.Cli.Tests.Plans;

/// <summary><c>mpcache plan</c> shows the plan that the sessions hold every call against.</summary>
public sealed class PlanTests
{
    private static readonly Dictionary<string, long> Sizes = new()
    {
        ["dim"] = 64, ["groups"] = 4, ["hidden"] = 172, ["layers"] = 5, ["repeat"] = 2, ["size"] = 8, ["tokens"] = 100,
        ["vocabulary"] = 512,
    };

    [Fact]
    public async Task Totals_and_the_sums_of_what_is_listed_are_those_of_the_plan()
    {
        string file = Path.GetTempFileName();
        try
        {
            (int exit, string output, string error) = await InProcess.RunAsync([.. Command("llama.decode", Sizes), "--json", file]);
            Assert.True(exit == 0, error);
            PlanTotals expected = Llama.DecodeProgram.Interface.Plan.Evaluate(d => Sizes[d]);
            using JsonDocument report = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
            JsonElement root = report.RootElement;
            JsonElement totals = root.GetProperty("totals");
            Assert.Equal(expected.Flights, totals.GetProperty("flights").GetInt64());
            Assert.Equal(expected.ServerToClient, totals.GetProperty("serverToClientBytes").GetInt64());
            Assert.Equal(expected.ClientToServer, totals.GetProperty("clientToServerBytes").GetInt64());
            Assert.Equal(expected.Prepared, totals.GetProperty("preparedBytes").GetInt64());
            Assert.Equal(expected.Tape, totals.GetProperty("dealerBytes").GetInt64());

            Assert.Equal(expected.Flights, Sum(root, "flights", "times"));
            Assert.Equal(expected.ServerToClient, Sum(root, "flights", "serverToClientBytes"));
            Assert.Equal(expected.ClientToServer, Sum(root, "flights", "clientToServerBytes"));
            Assert.Equal(expected.Prepared, Sum(root, "prepared", "bytes") + Wire.HeaderBytes);
            Assert.Equal(expected.Tape, Sum(root, "tape", "bytes"));
            Assert.Contains("ArgMax(logits)", output, StringComparison.Ordinal);
            Assert.Contains(expected.Tape.ToString("N0", CultureInfo.InvariantCulture), output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Missing_dimensions_are_named()
    {
        Dictionary<string, long> some = new(Sizes);
        some.Remove("hidden");
        some.Remove("layers");
        (int exit, string output, string error) = await InProcess.RunAsync([.. Command("llama.prefill", some)]);
        Assert.Equal((1, ""), (exit, output));
        Assert.Equal(
            "error: the plan of llama.prefill needs the dimensions hidden, layers, rows. "
            + "Add --dim hidden=SIZE --dim layers=SIZE --dim rows=SIZE, or take the model's from --model PATH.\n",
            error);
    }

    [Theory]
    [InlineData("tokens=100000", "tokens is 100000, llama.decode takes at most 8192")]
    [InlineData("heads=8", "llama.decode has no dimension heads")]
    [InlineData("tokens=7", "the dimension tokens is given twice")]
    public async Task A_dimension_that_does_not_fit_is_an_error(string dimension, string cause)
    {
        Dictionary<string, long> others = new(Sizes);
        if (dimension == "tokens=100000")
        {
            others.Remove("tokens");
        }

        (int exit, _, string error) = await InProcess.RunAsync([.. Command("llama.decode", others), "--dim", dimension]);
        Assert.Equal(1, exit);
        Assert.StartsWith($"error: {cause}", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama.train")]
    [InlineData("llama.decode", "--dim", "tokens")]
    [InlineData("llama.decode", "--dim", "tokens=-1")]
    [InlineData("llama.decode", "--dim", "=3")]
    public async Task A_wrong_command_line_is_a_usage_error_in_one_line(params string[] args)
    {
        (int exit, string output, string error) = await InProcess.RunAsync(["plan", .. args]);
        Assert.Equal((2, ""), (exit, output));
        Assert.StartsWith("error: ", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_none_is_an_error()
    {
        (int exit, _, string error) = await InProcess.RunAsync("plan", "llama.decode", "--model", "no such file");
        Assert.Equal(1, exit);
        Assert.Contains("no such file", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Command(string program, Dictionary<string, long> sizes) =>
        ["plan", program, .. sizes.SelectMany(s => new[] { "--dim", FormattableString.Invariant($"{s.Key}={s.Value}") })];

    private static long Sum(JsonElement root, string list, string property) =>
        root.GetProperty(list).EnumerateArray().Sum(e => e.GetProperty(property).GetInt64());
}
