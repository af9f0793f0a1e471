using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Cli.Reports.Plans;
using MPCache.Transport;
using Xunit;

namespace MPCache.Cli.Tests.Plans;

/// <summary>A plan against one from before.</summary>
public sealed class PlanComparisonTests
{
    // One opening is gone, one has more bytes, one is new, and a flight with it.
    private static readonly string Changed = SmallPlan.Text
        .Replace(
            "entry\tproduct\tx & y\t16\t16\tuniform mask of 64 bits\n", "entry\tcompare\tx < y\t16\t16\tuniform mask bits\n",
            StringComparison.Ordinal)
        .Replace("4*tokens\n", "6*tokens\n", StringComparison.Ordinal)
        + "flight\t4\nentry\treveal\tz\t8\t0\tmeant: the client learns the value\n";

    [Fact]
    public void A_plan_does_not_differ_from_itself()
    {
        PlanComparison comparison = new(SmallPlan.Costs(), SmallPlan.Costs());
        Assert.Empty(comparison.Changes);
        Assert.Empty(comparison.Sizes);
        Assert.Empty(comparison.Increases);
        Assert.All(comparison.Totals, t => Assert.Equal(t.Before, t.After));
    }

    [Fact]
    public void What_is_added_removed_and_changed_is_told_by_gate_and_expression()
    {
        PlanComparison comparison = new(SmallPlan.Costs(), SmallPlan.Costs(Changed));
        Assert.Equal(
            ["Changed truncate x * y", "Added compare x < y", "Changed reveal z", "Removed product x & y"],
            comparison.Changes.Select(c => $"{c.Kind} {c.Line.Gate} {c.Line.Expression}"));
        PlanChange tape = comparison.Changes[0];
        Assert.Equal((20, 30), (tape.Before!.Tape, tape.After!.Tape));
        Assert.Equal(["flights", "server→client bytes", "dealer→client bytes"], comparison.Increases.Select(t => t.Name));
        Assert.Equal((11, 12), (comparison.Totals[0].Before, comparison.Totals[0].After));
    }

    [Fact]
    public void The_table_is_the_one_in_the_snapshots()
    {
        using StringWriter output = new() { NewLine = "\n" };
        Dictionary<string, long> sizes = new(SmallPlan.Sizes) { ["tokens"] = 6 };
        NetworkProfile[] networks = [NetworkProfile.Parse("latency=10ms,bandwidth=1Mbit")];
        ComparisonTables.Write(output, new PlanComparison(SmallPlan.Costs(), SmallPlan.Costs(Changed, sizes)), networks);
        string text = string.Join("\n", output.ToString().ReplaceLineEndings("\n").Split('\n').Select(l => l.TrimEnd()));
        Golden.Equal("comparison.txt", text);
    }

    [Fact]
    public async Task An_increase_fails_a_review_and_sizes_are_those_from_before()
    {
        string old = Path.GetTempFileName();
        try
        {
            string[] sizes = ["--dim", "dim=64", "--dim", "groups=4", "--dim", "hidden=172", "--dim", "layers=5", "--dim", "repeat=2",
                "--dim", "size=8", "--dim", "tokens=100", "--dim", "vocabulary=512"];
            (int exit, _, string error) = await InProcess.RunAsync(["plan", "llama.decode", .. sizes, "--json", old]);
            Assert.True(exit == 0, error);

            (exit, string output, error) = await InProcess.RunAsync("plan", "llama.decode", "--against", old, "--fail-on-increase");
            Assert.True(exit == 0, error);
            Assert.Contains("Every gate costs what it did", output, StringComparison.Ordinal);

            // As if the program had opened fewer bytes before.
            string text = await File.ReadAllTextAsync(old);
            int totals = text.IndexOf("\"totals\"", StringComparison.Ordinal);
            int flights = text.IndexOf("\"flights\": ", totals, StringComparison.Ordinal) + "\"flights\": ".Length;
            await File.WriteAllTextAsync(old, text.Insert(flights, "1").Remove(flights + 1, 1));
            (exit, _, error) = await InProcess.RunAsync("plan", "llama.decode", "--against", old, "--fail-on-increase");
            Assert.Equal(3, exit);
            Assert.StartsWith("error: llama.decode costs more than before: flights ", error, StringComparison.Ordinal);

            (exit, _, error) = await InProcess.RunAsync(
                "plan", "llama.decode", "--against", old, "--fail-on-increase", "--dim", "tokens=101");
            Assert.Equal(1, exit);
            Assert.Contains("not for the same sizes: tokens", error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(old);
        }
    }

    [Theory]
    [InlineData(2, "--fail-on-increase")]
    [InlineData(1, "--against", "no such file")]
    [InlineData(2, "--network", "dsl")]
    [InlineData(1, "--html", "no such folder/plan.html", "--dim", "tokens=1")]
    public async Task A_wrong_option_is_an_error_in_one_line(int code, params string[] options)
    {
        (int exit, string output, string error) = await InProcess.RunAsync(["plan", "llama.decode", .. options]);
        Assert.Equal((code, ""), (exit, output));
        Assert.StartsWith("error: ", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }
}
