using MPCache.Models.Attention;
using static MPCache.Functions;

namespace MPCache.Models.Transformers;

// Lagged selection: a layer selects with this token's query for the next one. What it takes to select runs beside the rest of the layer, in
// flights that are there anyway; what is selected is one token old.
public static partial class Llama
{
    /// <summary>The first decoding step of a lagged generation: it uses the whole cache and selects for the next step.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by one row.</param>
    /// <param name="fine">The anchors of its complete clusters.</param>
    /// <param name="chosen">Receives what the selecting layers choose.</param>
    /// <param name="token">The client's newest token.</param>
    /// <param name="position">How many tokens have been read before, whether they are still in the cache or not.</param>
    /// <param name="kept">Clusters that take part in the next step, the first and the newest among them.</param>
    /// <param name="skipped">Layers that use the whole cache at every step.</param>
    /// <param name="selecting">The layers behind them.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    [Dim("kept", Max = 1024, Typical = 8)]
    public static Tensor DecodeSelectingAhead(
        LlamaWeights weights, KeyValueCache cache, ClusterAnchors fine, ChosenClusters chosen,
        [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position, int kept, int skipped, int selecting,
        [Range(1, 1e15)] float theta)
    {
        int size = cache.Keys[0].Size(2);
        Tensor x = Forward(weights, cache, skipped, Embedding(weights.Embedding, token), position, theta);

        for (int i = 0; i < selecting; i++)
        {
            int layer = skipped + i;
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            x = Complete(weights, layer, x, FullAttention.Attend(query, cache.Keys[layer], cache.Values[layer]));
            chosen.Chosen[i] = ClusterSelection.Choose(ClusterSelection.Linear(query, fine.Anchors[layer]), kept);
        }

        return NextToken(weights, x).Reveal(Party.Client);
    }

    /// <summary>One decoding step over the clusters that the step before chose; it selects for the next one.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by one row.</param>
    /// <param name="fine">The anchors of its complete clusters.</param>
    /// <param name="chosen">What the selecting layers chose in the step before; receives what they choose now.</param>
    /// <param name="token">The client's newest token.</param>
    /// <param name="position">How many tokens have been read before, whether they are still in the cache or not.</param>
    /// <param name="cluster">Tokens a cluster.</param>
    /// <param name="slots">How many clusters the step before chose between the first and the newest.</param>
    /// <param name="kept">Clusters that take part in the next step, the first and the newest among them.</param>
    /// <param name="skipped">Layers that use the whole cache at every step.</param>
    /// <param name="selecting">The layers behind them.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    [Dim("kept", Max = 1024, Typical = 8)]
    [Dim("slots", Max = 1024, Typical = 6)]
    [Dim("cluster", Max = 64, Typical = 16)]
    public static Tensor DecodeLagged(
        LlamaWeights weights, KeyValueCache cache, ClusterAnchors fine, ChosenClusters chosen,
        [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position, int cluster, int slots, int kept, int skipped,
        int selecting, [Range(1, 1e15)] float theta)
    {
        int size = cache.Keys[0].Size(2);
        Tensor x = Forward(weights, cache, skipped, Embedding(weights.Embedding, token), position, theta);

        for (int i = 0; i < selecting; i++)
        {
            int layer = skipped + i;
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            Selection before = chosen.Chosen[i];
            x = AttendClusters(weights, cache, layer, x, query, before, before.Rows + 1, cluster, slots + 2);
            chosen.Chosen[i] = ClusterSelection.Choose(ClusterSelection.Linear(query, fine.Anchors[layer]), kept);
        }

        return NextToken(weights, x).Reveal(Party.Client);
    }
}
