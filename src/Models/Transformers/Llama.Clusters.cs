using MPCache.Models.Attention;
using static MPCache.Functions;

namespace MPCache.Models.Transformers;

// Steps with query-aware selection. Layers come in three stretches, whose lengths are public: the first use the whole cache; then pairs, of
// which the first layer selects and the second uses the same selection; then layers that select for themselves.
public static partial class Llama
{
    /// <summary>One decoding step over clusters chosen by the linear similarity.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by one row.</param>
    /// <param name="fine">The anchors of its complete clusters.</param>
    /// <param name="token">The client's newest token.</param>
    /// <param name="position">How many tokens have been read before, whether they are still in the cache or not.</param>
    /// <param name="cluster">Tokens a cluster.</param>
    /// <param name="kept">Clusters that take part, the first and the newest among them.</param>
    /// <param name="skipped">Layers that use the whole cache.</param>
    /// <param name="pairs">Pairs of layers that share a selection.</param>
    /// <param name="singles">Layers that select for themselves.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16, Networks = Network.Lan | Network.Wan)]
    [Dim("kept", Max = 1024, Typical = 8)]
    [Dim("cluster", Max = 64, Typical = 16)]
    public static Tensor DecodeClusters(
        LlamaWeights weights, KeyValueCache cache, ClusterAnchors fine,
        [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position, int cluster, int kept, int skipped, int pairs,
        int singles, [Range(1, 1e15)] float theta)
    {
        int size = cache.Keys[0].Size(2);
        int clusters = fine.Anchors[0].Size(0);
        Tensor x = Forward(weights, cache, skipped, Embedding(weights.Embedding, token), position, theta);

        for (int i = 0; i < pairs; i++)
        {
            int first = skipped + 2 * i;
            Tensor query = Remember(weights, cache, first, x, size, position, theta);
            Selection chosen = ClusterSelection.Choose(ClusterSelection.Linear(query, fine.Anchors[first]), kept);
            Tensor y = AttendClusters(weights, cache, first, x, query, chosen, clusters, cluster, kept);

            int second = skipped + 2 * i + 1;
            Tensor again = Remember(weights, cache, second, y, size, position, theta);
            x = AttendClusters(weights, cache, second, y, again, chosen, clusters, cluster, kept);
        }

        for (int i = 0; i < singles; i++)
        {
            int layer = skipped + 2 * pairs + i;
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            Selection chosen = ClusterSelection.Choose(ClusterSelection.Linear(query, fine.Anchors[layer]), kept);
            x = AttendClusters(weights, cache, layer, x, query, chosen, clusters, cluster, kept);
        }

        return NextToken(weights, x).Reveal(Party.Client);
    }

    /// <summary>One decoding step over clusters chosen by the exact bound.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by one row.</param>
    /// <param name="fine">The maxima and minima of its complete clusters.</param>
    /// <param name="token">The client's newest token.</param>
    /// <param name="position">How many tokens have been read before, whether they are still in the cache or not.</param>
    /// <param name="cluster">Tokens a cluster.</param>
    /// <param name="kept">Clusters that take part, the first and the newest among them.</param>
    /// <param name="skipped">Layers that use the whole cache.</param>
    /// <param name="pairs">Pairs of layers that share a selection.</param>
    /// <param name="singles">Layers that select for themselves.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    [Dim("kept", Max = 1024, Typical = 8)]
    [Dim("cluster", Max = 64, Typical = 16)]
    public static Tensor DecodeClustersExact(
        LlamaWeights weights, KeyValueCache cache, ClusterBounds fine,
        [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position, int cluster, int kept, int skipped, int pairs,
        int singles, [Range(1, 1e15)] float theta)
    {
        int size = cache.Keys[0].Size(2);
        int clusters = fine.Maxima[0].Size(0);
        Tensor x = Forward(weights, cache, skipped, Embedding(weights.Embedding, token), position, theta);

        for (int i = 0; i < pairs; i++)
        {
            int first = skipped + 2 * i;
            Tensor query = Remember(weights, cache, first, x, size, position, theta);
            Selection chosen = ClusterSelection.Choose(ClusterSelection.Exact(query, fine.Maxima[first], fine.Minima[first]), kept);
            Tensor y = AttendClusters(weights, cache, first, x, query, chosen, clusters, cluster, kept);

            int second = skipped + 2 * i + 1;
            Tensor again = Remember(weights, cache, second, y, size, position, theta);
            x = AttendClusters(weights, cache, second, y, again, chosen, clusters, cluster, kept);
        }

        for (int i = 0; i < singles; i++)
        {
            int layer = skipped + 2 * pairs + i;
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            Selection chosen = ClusterSelection.Choose(ClusterSelection.Exact(query, fine.Maxima[layer], fine.Minima[layer]), kept);
            x = AttendClusters(weights, cache, layer, x, query, chosen, clusters, cluster, kept);
        }

        return NextToken(weights, x).Reveal(Party.Client);
    }

    /// <summary>One decoding step over clusters chosen in two levels by the linear similarity.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by one row.</param>
    /// <param name="coarsely">The anchors of its complete coarse clusters, each of two fine ones.</param>
    /// <param name="fine">The anchors of its complete fine clusters.</param>
    /// <param name="token">The client's newest token.</param>
    /// <param name="position">How many tokens have been read before, whether they are still in the cache or not.</param>
    /// <param name="cluster">Tokens a fine cluster.</param>
    /// <param name="keptCoarse">Coarse clusters that are kept, the first and the newest among them.</param>
    /// <param name="kept">Fine clusters that take part, the first and the newest among them.</param>
    /// <param name="skipped">Layers that use the whole cache.</param>
    /// <param name="pairs">Pairs of layers that share a selection.</param>
    /// <param name="singles">Layers that select for themselves.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16, Networks = Network.Lan | Network.Wan)]
    [Dim("kept", Max = 1024, Typical = 8)]
    [Dim("cluster", Max = 64, Typical = 16)]
    public static Tensor DecodeHierarchical(
        LlamaWeights weights, KeyValueCache cache, CoarseAnchors coarsely, ClusterAnchors fine,
        [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position, int cluster, int keptCoarse, int kept,
        int skipped, int pairs, int singles, [Range(1, 1e15)] float theta)
    {
        int size = cache.Keys[0].Size(2);
        int coarse = coarsely.Anchors[0].Size(0);
        int clusters = fine.Anchors[0].Size(0);
        Tensor x = Forward(weights, cache, skipped, Embedding(weights.Embedding, token), position, theta);

        for (int i = 0; i < pairs; i++)
        {
            int first = skipped + 2 * i;
            Tensor query = Remember(weights, cache, first, x, size, position, theta);
            Selection outer = HierarchicalSelection.ChooseCoarse(ClusterSelection.Linear(query, coarsely.Anchors[first]), keptCoarse);
            Selection inner = HierarchicalSelection.ChooseFine(
                ClusterSelection.Linear(query, fine.Anchors[first]), outer, coarse, keptCoarse, kept);
            Tensor y = AttendHierarchy(weights, cache, first, x, query, outer, inner, coarse, clusters, cluster, keptCoarse, kept);

            int second = skipped + 2 * i + 1;
            Tensor again = Remember(weights, cache, second, y, size, position, theta);
            x = AttendHierarchy(weights, cache, second, y, again, outer, inner, coarse, clusters, cluster, keptCoarse, kept);
        }

        for (int i = 0; i < singles; i++)
        {
            int layer = skipped + 2 * pairs + i;
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            Selection outer = HierarchicalSelection.ChooseCoarse(ClusterSelection.Linear(query, coarsely.Anchors[layer]), keptCoarse);
            Selection inner = HierarchicalSelection.ChooseFine(
                ClusterSelection.Linear(query, fine.Anchors[layer]), outer, coarse, keptCoarse, kept);
            x = AttendHierarchy(weights, cache, layer, x, query, outer, inner, coarse, clusters, cluster, keptCoarse, kept);
        }

        return NextToken(weights, x).Reveal(Party.Client);
    }

    /// <summary>One decoding step over clusters chosen in two levels by the exact bound.</summary>
    /// <inheritdoc cref="DecodeHierarchical"/>
    [EntryPoint(FractionBits = 16)]
    [Dim("kept", Max = 1024, Typical = 8)]
    [Dim("cluster", Max = 64, Typical = 16)]
    public static Tensor DecodeHierarchicalExact(
        LlamaWeights weights, KeyValueCache cache, CoarseBounds coarsely, ClusterBounds fine,
        [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position, int cluster, int keptCoarse, int kept,
        int skipped, int pairs, int singles, [Range(1, 1e15)] float theta)
    {
        int size = cache.Keys[0].Size(2);
        int coarse = coarsely.Maxima[0].Size(0);
        int clusters = fine.Maxima[0].Size(0);
        Tensor x = Forward(weights, cache, skipped, Embedding(weights.Embedding, token), position, theta);

        for (int i = 0; i < pairs; i++)
        {
            int first = skipped + 2 * i;
            Tensor query = Remember(weights, cache, first, x, size, position, theta);
            Selection outer = HierarchicalSelection.ChooseCoarse(
                ClusterSelection.Exact(query, coarsely.Maxima[first], coarsely.Minima[first]), keptCoarse);
            Selection inner = HierarchicalSelection.ChooseFine(
                ClusterSelection.Exact(query, fine.Maxima[first], fine.Minima[first]), outer, coarse, keptCoarse, kept);
            Tensor y = AttendHierarchy(weights, cache, first, x, query, outer, inner, coarse, clusters, cluster, keptCoarse, kept);

            int second = skipped + 2 * i + 1;
            Tensor again = Remember(weights, cache, second, y, size, position, theta);
            x = AttendHierarchy(weights, cache, second, y, again, outer, inner, coarse, clusters, cluster, keptCoarse, kept);
        }

        for (int i = 0; i < singles; i++)
        {
            int layer = skipped + 2 * pairs + i;
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            Selection outer = HierarchicalSelection.ChooseCoarse(
                ClusterSelection.Exact(query, coarsely.Maxima[layer], coarsely.Minima[layer]), keptCoarse);
            Selection inner = HierarchicalSelection.ChooseFine(
                ClusterSelection.Exact(query, fine.Maxima[layer], fine.Minima[layer]), outer, coarse, keptCoarse, kept);
            x = AttendHierarchy(weights, cache, layer, x, query, outer, inner, coarse, clusters, cluster, keptCoarse, kept);
        }

        return NextToken(weights, x).Reveal(Party.Client);
    }

    /// <summary>A layer behind its projections, which attends to chosen clusters.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="x">[1, dim], what came in.</param>
    /// <param name="query">[1, groups, repeat, size].</param>
    /// <param name="chosen">From the clusters between the first and the newest.</param>
    /// <param name="clusters">Complete clusters, the first among them.</param>
    /// <param name="cluster">Tokens a cluster.</param>
    /// <param name="kept">How many clusters take part in all.</param>
    [Protocol]
    internal static Tensor AttendClusters(
        LlamaWeights weights, KeyValueCache cache, int layer, Tensor x, Tensor query, Selection chosen, int clusters, int cluster, int kept) =>
        Complete(weights, layer, x,
            ClusterSelection.Attend(query, cache.Keys[layer], cache.Values[layer], chosen, clusters, cluster, kept));

    /// <summary>A layer behind its projections, which attends to clusters chosen in two levels.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="x">[1, dim], what came in.</param>
    /// <param name="query">[1, groups, repeat, size].</param>
    /// <param name="outer">From the coarse clusters between the first and the newest.</param>
    /// <param name="inner">From their children and the two clusters' besides.</param>
    /// <param name="coarse">Complete coarse clusters.</param>
    /// <param name="clusters">Complete fine clusters.</param>
    /// <param name="cluster">Tokens a fine cluster.</param>
    /// <param name="keptCoarse">How many coarse clusters are kept in all.</param>
    /// <param name="kept">How many fine clusters take part in all.</param>
    [Protocol]
    internal static Tensor AttendHierarchy(
        LlamaWeights weights, KeyValueCache cache, int layer, Tensor x, Tensor query, Selection outer, Selection inner, int coarse,
        int clusters, int cluster, int keptCoarse, int kept) =>
        Complete(weights, layer, x, HierarchicalSelection.Attend(
            query, cache.Keys[layer], cache.Values[layer], outer, inner, coarse, clusters, cluster, keptCoarse, kept));
}
