using MPCache.Models.Attention;
using MPCache.Models.Transformers;

namespace MPCache.Bench.Programs;

// A step of one layer, a program a policy.
public static partial class AttentionLayer
{
    /// <summary>Attention to all cached tokens.</summary>
    /// <param name="cache">A cache of one layer, which grows by a row.</param>
    /// <param name="newest">The newest token.</param>
    /// <param name="output">Where the result goes.</param>
    [EntryPoint(FractionBits = 16, Networks = Network.Lan | Network.Wan)]
    public static void Full(KeyValueCache cache, NewestToken newest, LayerOutput output)
    {
        Remember(cache, newest);
        HandOn(output, FullAttention.Attend(newest.Query, cache.Keys[0], cache.Values[0]), newest.Query);
    }

    /// <summary>Attention to the first tokens and the last ones.</summary>
    /// <param name="cache">A cache of one layer, which grows by a row.</param>
    /// <param name="newest">The newest token.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="sinks">Tokens at the beginning.</param>
    /// <param name="window">Tokens at the end, the newest among them.</param>
    [EntryPoint(FractionBits = 16)]
    [Dim("sinks", Max = 4096, Typical = 4)]
    [Dim("window", Max = 8192, Typical = 64)]
    public static void Streaming(KeyValueCache cache, NewestToken newest, LayerOutput output, int sinks, int window)
    {
        Remember(cache, newest);
        HandOn(output, StreamingLlm.Attend(newest.Query, cache.Keys[0], cache.Values[0], sinks, window), newest.Query);
    }

    /// <summary>Attention to the tokens with the largest scores.</summary>
    /// <param name="cache">A cache of one layer, which grows by a row.</param>
    /// <param name="newest">The newest token.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="best">How many tokens.</param>
    [EntryPoint(FractionBits = 16)]
    [Dim("best", Max = 8192, Typical = 128)]
    public static void Best(KeyValueCache cache, NewestToken newest, LayerOutput output, int best)
    {
        Remember(cache, newest);
        HandOn(output, TopTokens.Attend(newest.Query, cache.Keys[0], cache.Values[0], best), newest.Query);
    }

    /// <summary>Attention to clusters chosen by the linear similarity.</summary>
    /// <param name="cache">A cache of one layer, which grows by a row.</param>
    /// <param name="fine">The anchors of its complete clusters.</param>
    /// <param name="newest">The newest token.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="cluster">Tokens a cluster.</param>
    /// <param name="kept">Clusters that take part, the first and the newest among them.</param>
    [EntryPoint(FractionBits = 16, Networks = Network.Lan | Network.Wan)]
    public static void Clusters(
        KeyValueCache cache, ClusterAnchors fine, NewestToken newest, LayerOutput output, int cluster, int kept)
    {
        int clusters = fine.Anchors[0].Size(0);
        Remember(cache, newest);
        Selection chosen = ClusterSelection.Choose(ClusterSelection.Linear(newest.Query, fine.Anchors[0]), kept);
        Tensor mixed = ClusterSelection.Attend(newest.Query, cache.Keys[0], cache.Values[0], chosen, clusters, cluster, kept);
        HandOn(output, mixed, newest.Query);
    }

    /// <summary>Attention to clusters chosen by the exact bound.</summary>
    /// <param name="cache">A cache of one layer, which grows by a row.</param>
    /// <param name="fine">The maxima and minima of its complete clusters.</param>
    /// <param name="newest">The newest token.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="cluster">Tokens a cluster.</param>
    /// <param name="kept">Clusters that take part, the first and the newest among them.</param>
    [EntryPoint(FractionBits = 16)]
    public static void ClustersExact(
        KeyValueCache cache, ClusterBounds fine, NewestToken newest, LayerOutput output, int cluster, int kept)
    {
        int clusters = fine.Maxima[0].Size(0);
        Remember(cache, newest);
        Selection chosen = ClusterSelection.Choose(ClusterSelection.Exact(newest.Query, fine.Maxima[0], fine.Minima[0]), kept);
        Tensor mixed = ClusterSelection.Attend(newest.Query, cache.Keys[0], cache.Values[0], chosen, clusters, cluster, kept);
        HandOn(output, mixed, newest.Query);
    }

    /// <summary>Attention to clusters chosen in two levels by the linear similarity.</summary>
    /// <param name="cache">A cache of one layer, which grows by a row.</param>
    /// <param name="coarsely">The anchors of its complete coarse clusters, each of two fine ones.</param>
    /// <param name="fine">The anchors of its complete fine clusters.</param>
    /// <param name="newest">The newest token.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="cluster">Tokens a fine cluster.</param>
    /// <param name="keptCoarse">Coarse clusters that are kept, the first and the newest among them.</param>
    /// <param name="kept">Fine clusters that take part, the first and the newest among them.</param>
    [EntryPoint(FractionBits = 16, Networks = Network.Lan | Network.Wan)]
    public static void Hierarchy(
        KeyValueCache cache, CoarseAnchors coarsely, ClusterAnchors fine, NewestToken newest, LayerOutput output, int cluster,
        int keptCoarse, int kept)
    {
        int coarse = coarsely.Anchors[0].Size(0);
        int clusters = fine.Anchors[0].Size(0);
        Remember(cache, newest);
        Selection outer = HierarchicalSelection.ChooseCoarse(
            ClusterSelection.Linear(newest.Query, coarsely.Anchors[0]), keptCoarse);
        Selection inner = HierarchicalSelection.ChooseFine(
            ClusterSelection.Linear(newest.Query, fine.Anchors[0]), outer, coarse, keptCoarse, kept);
        Tensor mixed = HierarchicalSelection.Attend(
            newest.Query, cache.Keys[0], cache.Values[0], outer, inner, coarse, clusters, cluster, keptCoarse, kept);
        HandOn(output, mixed, newest.Query);
    }

    /// <summary>Attention to clusters chosen in two levels by the exact bound.</summary>
    /// <param name="cache">A cache of one layer, which grows by a row.</param>
    /// <param name="coarsely">The maxima and minima of its complete coarse clusters, each of two fine ones.</param>
    /// <param name="fine">The maxima and minima of its complete fine clusters.</param>
    /// <param name="newest">The newest token.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="cluster">Tokens a fine cluster.</param>
    /// <param name="keptCoarse">Coarse clusters that are kept, the first and the newest among them.</param>
    /// <param name="kept">Fine clusters that take part, the first and the newest among them.</param>
    [EntryPoint(FractionBits = 16)]
    public static void HierarchyExact(
        KeyValueCache cache, CoarseBounds coarsely, ClusterBounds fine, NewestToken newest, LayerOutput output, int cluster,
        int keptCoarse, int kept)
    {
        int coarse = coarsely.Maxima[0].Size(0);
        int clusters = fine.Maxima[0].Size(0);
        Remember(cache, newest);
        Selection outer = HierarchicalSelection.ChooseCoarse(
            ClusterSelection.Exact(newest.Query, coarsely.Maxima[0], coarsely.Minima[0]), keptCoarse);
        Selection inner = HierarchicalSelection.ChooseFine(
            ClusterSelection.Exact(newest.Query, fine.Maxima[0], fine.Minima[0]), outer, coarse, keptCoarse, kept);
        Tensor mixed = HierarchicalSelection.Attend(
            newest.Query, cache.Keys[0], cache.Values[0], outer, inner, coarse, clusters, cluster, keptCoarse, kept);
        HandOn(output, mixed, newest.Query);
    }
}
