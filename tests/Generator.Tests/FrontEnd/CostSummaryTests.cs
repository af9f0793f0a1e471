using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Planning;
using Xunit;

namespace MPCache.Generator.Tests.FrontEnd;

/// <summary>What an editor shows of a plan is what the plan says.</summary>
public sealed class CostSummaryTests
{
    private const string Small =
        "plan\tSmall.Run\n"
        + "tape\t0\ttruncate.reduce\tx * y\t4*n\n"
        + "prepared\tproduct\tx * w\t8*n\n"
        + "flight\t0\nentry\tinput\tx\t0\t8*n\targument\n"
        + "loop\ti\t1\tlayers\n"
        + "flight\t1\nentry\tproduct\tx * y\t8*n\t4*i\targument\n"
        + "end\n";

    [Fact]
    public void Costs_are_formulas_with_their_loops_multiplied_out() => Assert.Equal(
        [
            "Flights: layers.",
            "Bytes from server to client: 8·layers·n + 8·layers - 8·n - 8.",
            "Bytes from client to server: 8·n + sum(i, 1, layers, 4·i + 8) + 8.",
            "Bytes that the client sends before: 8·n + 8.",
            "Bytes from the dealer: 4·n.",
        ],
        CostSummary.Lines(PlanText.Parse(Small), _ => null));

    [Fact]
    public void What_a_condition_decides_is_one_formula()
    {
        Plan plan = PlanText.Parse(
            "plan\tSmall.Run\nif\tn <= 8 && layers > 1\ntape\t0\tgate\tx\t4*n\nelse\ntape\t1\tgate\tx\tfloordiv(64, layers - 1)\nend\n"
            + "loop\ti\t0\tlayers\nif\ti == n\nflight\t0\nelse\nflight\t1\nflight\t2\nend\nend\n");
        Assert.Equal(
            [
                "Flights: sum(i, 0, layers, if(i == n, 1, 2)).",
                "Bytes from the dealer: if(n <= 8 && layers > 1, 4·n, floordiv(64, layers - 1)).",
            ],
            CostSummary.Lines(plan, _ => null));

        // With one layer the branch taken divides by 0, and there is no number.
        string[] lines = [.. CostSummary.Lines(plan, d => d == "n" ? 3 : 1)];
        Assert.EndsWith("64 typically.", CostSummary.Lines(plan, d => d == "n" ? 9 : 2).ElementAt(1), StringComparison.Ordinal);
        Assert.EndsWith("12 typically.", CostSummary.Lines(plan, d => d == "n" ? 3 : 2).ElementAt(1), StringComparison.Ordinal);
        Assert.EndsWith(", floordiv(64, layers - 1)).", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Typical_sizes_give_the_numbers_of_the_plan()
    {
        Plan plan = PlanText.Parse(Small);
        string[] lines = [.. CostSummary.Lines(plan, d => d == "n" ? 100 : 5)];
        PlanTotals at = plan.Evaluate(d => d == "n" ? 100 : 5);
        long[] expected = [at.Flights, at.ServerToClient, at.ClientToServer, at.Prepared, at.Tape];
        Assert.All(
            expected.Zip(lines),
            e => Assert.EndsWith(FormattableString.Invariant($"; {e.First:N0} typically."), e.Second, StringComparison.Ordinal));
        Assert.Equal("Typical sizes: layers = 5, n = 100.", lines[^1]);
    }

    [Theory]
    [InlineData("ceildiv(n, n - 1)", 1)]
    [InlineData("n*n*n", 9_000_000)]
    public void Typical_sizes_without_a_value_leave_the_formula(string bytes, long size)
    {
        Plan plan = PlanText.Parse($"plan\tSmall.Run\ntape\t0\tgate\tx\t{bytes}\n");
        string line = Assert.Single(CostSummary.Lines(plan, _ => size));
        Assert.DoesNotContain("typically", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_long_formula_the_largest_terms_are_shown()
    {
        IEnumerable<string> terms = Enumerable.Range(1, 60).Select(i => $"{i}*n{i}");
        Plan plan = PlanText.Parse($"plan\tSmall.Run\ntape\t0\tgate\tx\t{string.Join(" + ", terms)}\n");
        string line = CostSummary.Lines(plan, _ => 2).First();
        Assert.Equal("Bytes from the dealer: 3,660 typically, of it 60·n60 + 59·n59 + 58·n58 + 57·n57.", line);
        line = CostSummary.Lines(plan, _ => null).Single();
        Assert.StartsWith("Bytes from the dealer: a formula of n1, ", line, StringComparison.Ordinal);
    }
}
