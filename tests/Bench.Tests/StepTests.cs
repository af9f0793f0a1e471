using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Bench.Layers;
using MPCache.Bench.Programs;
using MPCache.Bench.Running;
using MPCache.Models.Transformers;
using MPCache.Transport;
using Xunit;

namespace MPCache.Bench.Tests;

/// <summary>Every step between two parties gives what its plain meaning gives; the session compares costs with the plan.</summary>
public sealed class StepTests
{
    public static TheoryData<string, int, double> Cases => new()
    {
        { "full", 20, 0.01 }, { "full", 200, 0.01 }, { "streaming", 200, 0.01 }, { "top-tokens", 200, 0.05 }, { "clusters", 200, 0.02 },
        { "clusters", 65, 0.02 }, { "clusters-exact", 200, 0.02 }, { "clusters-pair", 200, 0.02 }, { "mpcache", 200, 0.02 },
        { "mpcache", 335, 0.02 }, { "mpcache-exact", 200, 0.02 }, { "mpcache-pair", 200, 0.02 }, { "mpcache", 100, 0.02 },
        { "mpcache", 63, 0.01 }, { "mpcache", 64, 0.02 }, { "clusters", 32, 0.02 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task AStepGivesWhatItsPlainMeaningGives(string policy, int held, double error)
    {
        LayerShape shape = LayerShape.Parse("llama2c");
        LayerTokens tokens = new(shape, held);
        LayerCase layer = new(shape, held, LayerCase.Everything, LayerPolicy.Parse(policy));
        Tensor plain = Plain(layer, tokens);

        await using LayerSession session = await LayerSession.StartAsync(tokens, NetworkProfile.Loopback, CancellationToken.None);
        Measurement measurement = await session.RunAsync(layer, 2, CancellationToken.None);
        Tensor found = await session.ReadAsync();

        Assert.Equal(2, measurement.Online.Count);
        Assert.True(measurement.PeakBytes > 0);
        Assert.Equal(plain.Shape.ToArray(), found.Shape.ToArray());
        double worst = plain.Values.ToArray().Zip(found.Values.ToArray(), (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= error, string.Create(CultureInfo.InvariantCulture, $"off by {worst}, allowed is {error}"));
    }

    [Fact]
    public async Task DerivedCostsAreThoseOfThePairLessTheSelectingLayer()
    {
        LayerCase layer = new(LayerShape.Parse("llama2c"), 200, LayerCase.Everything, LayerPolicy.Parse("mpcache-sharing"));
        LayerCase pair = layer with { Policy = LayerPolicy.MpCachePair };
        LayerCase single = layer with { Policy = LayerPolicy.MpCache };
        IReadOnlyList<CaseResult> results = await new CaseRunner(NetworkProfile.Loopback, 1, 200, _ => { })
            .RunAsync([layer, pair, single], CancellationToken.None);

        Assert.Equal([CostSource.Derived, CostSource.Measured, CostSource.Measured], results.Select(r => r.Source));
        Assert.Equal(results[1].Costs.Totals, results[0].Costs.Totals + results[2].Costs.Totals);
        Assert.Equal(results[1].Online, results[0].Online + results[2].Online);
        Assert.Equal(results[1].Baseline.All, 2 * results[0].Baseline.All);
    }

    private static Tensor Plain(LayerCase layer, LayerTokens tokens)
    {
        LayerShape shape = layer.Shape;
        (Tensor keys, Tensor values) = tokens.Rows(0, layer.Held);
        KeyValueCache cache = new() { Keys = [keys], Values = [values] };
        (Tensor query, Tensor key, Tensor value) = tokens.Newest();
        NewestToken newest = new() { Query = query, Key = key, Value = value };
        LayerOutput output = new() { Mixed = Tensor.Zeros(0, shape.Groups, shape.Repeat, shape.Size) };
        Tensor none = Tensor.Zeros(0, shape.Groups, shape.Size);
        ClusterAnchors fine = new() { Anchors = [none] };
        CoarseAnchors coarsely = new() { Anchors = [none] };
        ClusterBounds bounds = new() { Maxima = [none], Minima = [none] };
        CoarseBounds coarseBounds = new() { Maxima = [none], Minima = [none] };
        Llama.SummarizeLinear(cache, fine, 1, LayerCase.Cluster, layer.Clusters, (float)LayerCase.Alpha);
        Llama.SummarizeCoarseLinear(cache, coarsely, 1, 2 * LayerCase.Cluster, layer.CoarseClusters, (float)LayerCase.Alpha);
        Llama.SummarizeExact(cache, bounds, 1, LayerCase.Cluster, layer.Clusters);
        Llama.SummarizeCoarseExact(cache, coarseBounds, 1, 2 * LayerCase.Cluster, layer.CoarseClusters);
        IReadOnlyDictionary<string, long> sizes = layer.Dimensions;
        int Size(string name) => (int)sizes[name];
        switch (layer.FallsBack ? "full" : layer.Policy.Name)
        {
            case "full":
                AttentionLayer.Full(cache, newest, output);
                break;
            case "streaming":
                AttentionLayer.Streaming(cache, newest, output, Size("sinks"), Size("window"));
                break;
            case "top-tokens":
                AttentionLayer.Best(cache, newest, output, Size("best"));
                break;
            case "clusters":
                AttentionLayer.Clusters(cache, fine, newest, output, Size("cluster"), Size("kept"));
                break;
            case "clusters-exact":
                AttentionLayer.ClustersExact(cache, bounds, newest, output, Size("cluster"), Size("kept"));
                break;
            case "clusters-pair":
                AttentionLayer.ClustersPair(cache, fine, newest, output, Size("cluster"), Size("kept"));
                break;
            case "mpcache":
                AttentionLayer.Hierarchy(cache, coarsely, fine, newest, output, Size("cluster"), Size("keptCoarse"), Size("kept"));
                break;
            case "mpcache-exact":
                AttentionLayer.HierarchyExact(
                    cache, coarseBounds, bounds, newest, output, Size("cluster"), Size("keptCoarse"), Size("kept"));
                break;
            default:
                AttentionLayer.HierarchyPair(cache, coarsely, fine, newest, output, Size("cluster"), Size("keptCoarse"), Size("kept"));
                break;
        }

        return output.Mixed.Slice(0, output.Mixed.Size(0) - 1, 1);
    }
}
