using System;
using System.Linq;
using MPCache.Bench.BreakEven;
using MPCache.Bench.Costs;
using MPCache.Bench.Layers;
using MPCache.Transport;
using Xunit;

namespace MPCache.Bench.Tests;

/// <summary>How many clusters take part, what the bytes are for, and the time model.</summary>
public sealed class CostTests
{
    [Theory]
    [InlineData(512, "1", 512, 17, 9, 33, 7, false)]
    [InlineData(512, "0.3", 154, 5, 3, 10, 2, false)]
    [InlineData(2048, "0.15", 308, 10, 5, 20, 4, false)]
    [InlineData(100, "0.07", 7, 1, 2, 1, 2, true)]
    [InlineData(63, "1", 63, 2, 2, 4, 2, true)]
    [InlineData(64, "1", 64, 3, 2, 5, 2, false)]
    [InlineData(127, "1", 127, 4, 2, 8, 2, false)]
    public void CountsAreExactAndIncludeTheForcedClusters(
        int cached, string kept, int held, int coarse, int coarseTaking, int clusters, int taking, bool fallsBack)
    {
        LayerCase layer = new(LayerShape.Parse("gpt2"), cached, Ratio.Parse(kept), LayerPolicy.MpCache);

        Assert.Equal(held, layer.Held);
        Assert.Equal((coarse, coarseTaking), (layer.CoarseClusters + 1, layer.CoarseTaking));
        Assert.Equal((clusters, taking), (layer.Clusters + 1, layer.Taking));
        Assert.Equal(fallsBack, layer.FallsBack);
    }

    [Theory]
    [InlineData("full", 200, 201)]
    [InlineData("streaming", 200, 41)]
    [InlineData("clusters", 200, 16 + 16 + 9)]
    [InlineData("mpcache", 512, (5 * 16) + 16 + 1)]
    public void TokensThatTakePartAreCounted(string policy, int cached, int attended)
    {
        LayerCase layer = new(LayerShape.Parse("llama2c"), cached, LayerCase.Everything, LayerPolicy.Parse(policy));

        Assert.Equal(attended, layer.Attended);
        Assert.Equal(attended, layer.Ideal.Held + 1);
    }

    [Fact]
    public void EveryByteHasAPurpose()
    {
        foreach (LayerPolicy policy in LayerPolicy.All)
        {
            foreach (int cached in new[] { 5, 100, 700 })
            {
                LayerCosts costs = LayerCosts.Of(new LayerCase(LayerShape.Parse("llama2c"), cached, LayerCase.Everything, policy));
                Assert.Equal(costs.All, costs.ByPurpose.Values.Sum());
                Assert.True(costs.ByPurpose[Purpose.Score] > 0);
                Assert.True(costs.ByPurpose[Purpose.Exponential] > 0);
                Assert.True(costs.LargerBytes >= Math.Max(costs.Totals.ServerToClient, costs.Totals.ClientToServer));
            }
        }
    }

    [Fact]
    public void OnlySelectingLayersCompareAndOnlyTheyScatter()
    {
        long Bytes(string policy, Purpose purpose) => LayerCosts.Of(
            new LayerCase(LayerShape.Parse("gpt2"), 700, LayerCase.Everything, LayerPolicy.Parse(policy))).ByPurpose[purpose];

        Assert.Equal(0, Bytes("full", Purpose.Order) + Bytes("full", Purpose.Scatter) + Bytes("full", Purpose.Similarity));
        Assert.Equal(0, Bytes("mpcache-sharing", Purpose.Order) + Bytes("mpcache-sharing", Purpose.Similarity));
        Assert.True(Bytes("mpcache", Purpose.Order) > 0);
        Assert.True(Bytes("mpcache-sharing", Purpose.Scatter) > 0);
    }

    [Fact]
    public void WhereNothingCanBeSelectedTheCostsAreThoseOfFullAttention()
    {
        LayerCase layer = new(LayerShape.Parse("gpt2"), 63, LayerCase.Everything, LayerPolicy.MpCache);
        LayerCosts full = LayerCosts.Of(layer with { Policy = LayerPolicy.Full });

        Assert.True(layer.FallsBack);
        Assert.Equal(full.Totals, LayerCosts.Of(layer).Totals);
        Assert.Equal(2 * full.All, LayerCosts.Of(layer with { Policy = LayerPolicy.MpCachePair }).All);
    }

    [Fact]
    public void ALineGoesThroughPointsOnIt()
    {
        LinearFit fit = LinearFit.Of([(100, 3), (200, 5), (400, 9)]);

        Assert.Equal(1, fit.Start, 9);
        Assert.Equal(0.02, fit.Slope, 9);
        Assert.Equal(new LinearFit(0, 0.018), LinearFit.Of([(100, 1), (200, 4)]));
    }

    [Fact]
    public void TheCrossingIsWhereThePolicyStaysFaster()
    {
        LayerCase layer = new(LayerShape.Parse("gpt2"), 8192, LayerCase.Everything, LayerPolicy.Clusters);
        int? from = new TimeModel(new LinearFit(1, 0.01), new LinearFit(6, 0.005)).Crossing(layer, NetworkProfile.Loopback, 8192);

        Assert.Equal(1008, from);
        Assert.Null(new TimeModel(new LinearFit(1, 0.01), new LinearFit(2, 0.01)).Crossing(layer, NetworkProfile.Loopback, 8192));
    }

    [Fact]
    public void ANetworkAddsALatencyAFlightAndTheLargerMessages()
    {
        LayerCosts costs = LayerCosts.Of(new LayerCase(LayerShape.Parse("gpt2"), 512, LayerCase.Everything, LayerPolicy.Full));

        Assert.Equal(TimeSpan.Zero, costs.On(NetworkProfile.Loopback));
        double seconds = (0.02 * costs.Totals.Flights) + (costs.LargerBytes * 8 / 2e8);
        Assert.Equal(seconds, costs.On(NetworkProfile.Wan).TotalSeconds, 6);
    }
}
