using System.Linq;
using MPCache.Cli.Reports.Plans;
using MPCache.Contract;
using Xunit;

namespace MPCache.Cli.Tests.Plans;

/// <summary>What a plan's flights cost at given sizes.</summary>
public sealed class PlanCostsTests
{
    [Fact]
    public void Of_a_condition_the_branch_counts_that_each_iteration_takes()
    {
        const string Text = SmallPlan.Text
            + "loop\tlayer\t0\tlayers\n"
            + "if\tlayer < tokens - 3\n"
            + "flight\t4\nentry\tproduct\tx\t8*tokens\t4*layer\targument\ntape\t1\tproduct\tx\t2*tokens\n"
            + "else\n"
            + "flight\t5\nentry\tproduct\ty\t16\t16\targument\n"
            + "end\nend\n"
            + "if\ttokens > 5\nflight\t6\nentry\treveal\tz\t8\t0\targument\nelse\nend\n";
        PlanCosts costs = SmallPlan.Costs(Text);
        Assert.Equal(
            [(0, 1), (1, 3), (2, 6), (3, 1), (4, 2), (5, 1)], costs.Flights.Select(f => (f.Id, f.Runs)));
        PlanTotals expected = PlanText.Parse(Text).Evaluate(d => SmallPlan.Sizes[d]);
        Assert.Equal(
            (expected.Flights, expected.ServerToClient, expected.ClientToServer, expected.Tape),
            (costs.Flights.Sum(f => f.Runs), costs.Flights.Sum(f => f.ServerToClient), costs.Flights.Sum(f => f.ClientToServer),
                costs.Tape.Sum(t => t.Bytes)));
    }
}
