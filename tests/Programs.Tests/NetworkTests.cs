using System;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using MPCache.Sessions;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Programs.Tests;

public sealed class NetworkTests
{
    [Theory]
    [InlineData(Network.Lan)]
    [InlineData(Network.Wan)]
    public async Task The_variant_of_each_network_has_the_same_meaning(Network network)
    {
        await using Trial trial = await Trial.StartAsync(network, Distances.ApplyProgram);
        Draw draw = new(1);
        foreach ((int rows, int n) in new[] { (1, 1), (3, 5), (2, 64), (4, 512) })
        {
            // What takes part is near the maximum, wherever that is.
            float shift = rows * 20 - 100;
            Tensor scores = draw.Within(-12, 12, rows, n) + shift;
            Tensor values = draw.Within(-8, 8, n, 3);
            (Tensor mixed, Tensor probabilities, Tensor best) = Distances.Apply(scores, values);
            await trial.AgreeAsync(
                [(mixed, Party.Client, 0.02), (probabilities, Party.Client, 0.004), (best, Party.Server, new Bound(Ties(scores)))],
                side => Distances.ApplyAsync(side.Session, side.Client(scores), side.Server(values)));
        }
    }

    [Fact]
    public void Over_a_wide_area_flights_are_saved_and_do_not_grow_with_the_row()
    {
        PlanTotals local = Plan(Network.Lan, 64);
        PlanTotals distant = Plan(Network.Wan, 64);
        Assert.True(distant.Flights < local.Flights);
        Assert.True(distant.Tape > local.Tape);
        // The arg-max of a longer row takes more; softmax does not.
        Assert.Equal(3, Plan(Network.Wan, 512).Flights - Plan(Network.Wan, 128).Flights);
        Assert.Equal([Distances.ApplyProgram, Distances.ApplyWanProgram], Distances.ApplyProgram.Variants);
        Assert.Equal(Distances.ApplyProgram, Distances.ApplyWanProgram.For(Network.Lan));
    }

    [Fact]
    public async Task Parties_that_call_the_programs_of_different_networks_are_told()
    {
        AggregateException failure = await Assert.ThrowsAsync<AggregateException>(() => TwoParties.StartAsync(
            Distances.ApplyProgram.Variants, new SessionSettings(), new SessionSettings { Programs = Network.Wan }));
        Assert.Contains(failure.InnerExceptions, e => e is MPCacheException
            && e.Message.Contains("the option 'programs for' is Lan at this party and Wan at the client", StringComparison.Ordinal));
    }

    private static PlanTotals Plan(Network network, long n) => Distances.ApplyProgram.For(network).Interface.Plan.Evaluate(
        name => name switch { "n" => n, "rows" => 4, _ => 3 });

    /// <summary>How far apart the positions may be that tie for the largest score of a row, within what scores are rounded to.</summary>
    private static double Ties(Tensor scores)
    {
        int n = scores.Size(1);
        return scores.Values.ToArray().Chunk(n).Max(row =>
        {
            int[] best = [.. Enumerable.Range(0, n).Where(i => row[i] > row.Max() - 1e-4)];
            return best[^1] - best[0];
        });
    }
}
