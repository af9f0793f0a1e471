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
    [EntryPoint(FractionBits = 16)]
    [Dim("kept", Max = 1024, Typical = 8)]
    [Dim("cluster", Max = 64, Typical = 16)]
    public static Tensor DecodeClusters(
        LlamaWeights weights, KeyValueCache cache, ClusterAnchors fine,
        [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position, int cluster, int kept, int skipped, int pairs,
        int singles, [Range(1, 1e15)] float theta)
    {
        int size = cache.Keys[0].Size(2);
        int clusters = fine.Anchors[0].Size(0);
        Tensor x = Embedding(weights.Embedding, token);
        for (int i = 0; i < skipped; i++)
        {
            Tensor query = Remember(weights, cache, i, x, size, position, theta);
            x = Complete(weights, i, x, FullAttention.Attend(query, cache.Keys[i], cache.Values[i]));
        }

        for (int i = 0; i < pairs; i++)
        {
            int first = skipped + 2 * i;
            Tensor query = Remember(weights, cache, first, x, size, position, theta);
            Selection chosen = ClusterSelection.Choose(ClusterSelection.Linear(query, fine.Anchors[first]), kept);
            Tensor mixed = ClusterSelection.Attend(query, cache.Keys[first], cache.Values[first], chosen, clusters, cluster, kept);
            Tensor y = Complete(weights, first, x, mixed);

            int second = skipped + 2 * i + 1;
            Tensor again = Remember(weights, cache, second, y, size, position, theta);
            x = Complete(weights, second, y,
                ClusterSelection.Attend(again, cache.Keys[second], cache.Values[second], chosen, clusters, cluster, kept));
        }

        for (int i = 0; i < singles; i++)
        {
            int layer = skipped + 2 * pairs + i;
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            Selection chosen = ClusterSelection.Choose(ClusterSelection.Linear(query, fine.Anchors[layer]), kept);
            x = Complete(weights, layer, x,
                ClusterSelection.Attend(query, cache.Keys[layer], cache.Values[layer], chosen, clusters, cluster, kept));
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
        Tensor x = Embedding(weights.Embedding, token);
        for (int i = 0; i < skipped; i++)
        {
            Tensor query = Remember(weights, cache, i, x, size, position, theta);
            x = Complete(weights, i, x, FullAttention.Attend(query, cache.Keys[i], cache.Values[i]));
        }

        for (int i = 0; i < pairs; i++)
        {
            int first = skipped + 2 * i;
            Tensor query = Remember(weights, cache, first, x, size, position, theta);
            Selection chosen = ClusterSelection.Choose(ClusterSelection.Exact(query, fine.Maxima[first], fine.Minima[first]), kept);
            Tensor mixed = ClusterSelection.Attend(query, cache.Keys[first], cache.Values[first], chosen, clusters, cluster, kept);
            Tensor y = Complete(weights, first, x, mixed);

            int second = skipped + 2 * i + 1;
            Tensor again = Remember(weights, cache, second, y, size, position, theta);
            x = Complete(weights, second, y,
                ClusterSelection.Attend(again, cache.Keys[second], cache.Values[second], chosen, clusters, cluster, kept));
        }

        for (int i = 0; i < singles; i++)
        {
            int layer = skipped + 2 * pairs + i;
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            Selection chosen = ClusterSelection.Choose(ClusterSelection.Exact(query, fine.Maxima[layer], fine.Minima[layer]), kept);
            x = Complete(weights, layer, x,
                ClusterSelection.Attend(query, cache.Keys[layer], cache.Values[layer], chosen, clusters, cluster, kept));
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
    [EntryPoint(FractionBits = 16)]
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
        Tensor x = Embedding(weights.Embedding, token);
        for (int i = 0; i < skipped; i++)
        {
            Tensor query = Remember(weights, cache, i, x, size, position, theta);
            x = Complete(weights, i, x, FullAttention.Attend(query, cache.Keys[i], cache.Values[i]));
        }

        for (int i = 0; i < pairs; i++)
        {
            int first = skipped + 2 * i;
            Tensor query = Remember(weights, cache, first, x, size, position, theta);
            Selection outer = HierarchicalSelection.ChooseCoarse(ClusterSelection.Linear(query, coarsely.Anchors[first]), keptCoarse);
            Selection inner = HierarchicalSelection.ChooseFine(
                ClusterSelection.Linear(query, fine.Anchors[first]), outer, coarse, keptCoarse, kept);
            Tensor mixed = HierarchicalSelection.Attend(
                query, cache.Keys[first], cache.Values[first], outer, inner, coarse, clusters, cluster, keptCoarse, kept);
            Tensor y = Complete(weights, first, x, mixed);

            int second = skipped + 2 * i + 1;
            Tensor again = Remember(weights, cache, second, y, size, position, theta);
            x = Complete(weights, second, y, HierarchicalSelection.Attend(
                again, cache.Keys[second], cache.Values[second], outer, inner, coarse, clusters, cluster, keptCoarse, kept));
        }

        for (int i = 0; i < singles; i++)
        {
            int layer = skipped + 2 * pairs + i;
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            Selection outer = HierarchicalSelection.ChooseCoarse(ClusterSelection.Linear(query, coarsely.Anchors[layer]), keptCoarse);
            Selection inner = HierarchicalSelection.ChooseFine(
                ClusterSelection.Linear(query, fine.Anchors[layer]), outer, coarse, keptCoarse, kept);
            x = Complete(weights, layer, x, HierarchicalSelection.Attend(
                query, cache.Keys[layer], cache.Values[layer], outer, inner, coarse, clusters, cluster, keptCoarse, kept));
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
        Tensor x = Embedding(weights.Embedding, token);
        for (int i = 0; i < skipped; i++)
        {
            Tensor query = Remember(weights, cache, i, x, size, position, theta);
            x = Complete(weights, i, x, FullAttention.Attend(query, cache.Keys[i], cache.Values[i]));
        }

        for (int i = 0; i < pairs; i++)
        {
            int first = skipped + 2 * i;
            Tensor query = Remember(weights, cache, first, x, size, position, theta);
            Selection outer = HierarchicalSelection.ChooseCoarse(
                ClusterSelection.Exact(query, coarsely.Maxima[first], coarsely.Minima[first]), keptCoarse);
            Selection inner = HierarchicalSelection.ChooseFine(
                ClusterSelection.Exact(query, fine.Maxima[first], fine.Minima[first]), outer, coarse, keptCoarse, kept);
            Tensor mixed = HierarchicalSelection.Attend(
                query, cache.Keys[first], cache.Values[first], outer, inner, coarse, clusters, cluster, keptCoarse, kept);
            Tensor y = Complete(weights, first, x, mixed);

            int second = skipped + 2 * i + 1;
            Tensor again = Remember(weights, cache, second, y, size, position, theta);
            x = Complete(weights, second, y, HierarchicalSelection.Attend(
                again, cache.Keys[second], cache.Values[second], outer, inner, coarse, clusters, cluster, keptCoarse, kept));
        }

        for (int i = 0; i < singles; i++)
        {
            int layer = skipped + 2 * pairs + i;
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            Selection outer = HierarchicalSelection.ChooseCoarse(
                ClusterSelection.Exact(query, coarsely.Maxima[layer], coarsely.Minima[layer]), keptCoarse);
            Selection inner = HierarchicalSelection.ChooseFine(
                ClusterSelection.Exact(query, fine.Maxima[layer], fine.Minima[layer]), outer, coarse, keptCoarse, kept);
            x = Complete(weights, layer, x, HierarchicalSelection.Attend(
                query, cache.Keys[layer], cache.Values[layer], outer, inner, coarse, clusters, cluster, keptCoarse, kept));
        }

        return NextToken(weights, x).Reveal(Party.Client);
    }

    /// <summary>Projects a layer's newest row; its key and value join the cache.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="x">[1, dim].</param>
    /// <param name="size">Elements a head.</param>
    /// <param name="position">The row's position.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The query, [1, groups, repeat, size].</returns>
    [Protocol]
    internal static Tensor Remember(
        LlamaWeights weights, KeyValueCache cache, int layer, Tensor x, int size, int position, float theta)
    {
        (Tensor query, Tensor key, Tensor value) = Project(weights, layer, x, size, position, theta);
        cache.Keys[layer] = cache.Keys[layer].Append(key);
        cache.Values[layer] = cache.Values[layer].Append(value);
        return query;
    }
}
