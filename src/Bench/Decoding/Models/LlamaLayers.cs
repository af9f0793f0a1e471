using MPCache.Models.Attention;
using MPCache.Models.Transformers;

namespace MPCache.Bench.Decoding.Models;

/// <summary>Layers of a Llama on their own: the client brings what comes in, and what comes out stays between the parties.</summary>
[Dim("vocabulary", Max = 1, Typical = 1)]
[Dim("dim", Max = 4096, Typical = 4096)]
[Dim("hidden", Max = 16384, Typical = 11008)]
[Dim("layers", Max = 64, Typical = 1)]
[Dim("groups", Max = 64, Typical = 32)]
[Dim("repeat", Max = 64, Typical = 1)]
[Dim("size", Max = 256, Typical = 128)]
[Dim("tokens", Max = 8192, Typical = 512)]
[Dim("rows", Max = 8192, Typical = 1)]
[Dim("position", Max = 65536, Typical = 512)]
[Dim("kept", Max = 1024, Typical = 8)]
[Dim("cluster", Max = 64, Typical = 16)]
public static partial class LlamaLayers
{
    /// <summary>Rows through all layers with the whole cache: a decoding step, or a part of a prompt.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by the rows.</param>
    /// <param name="output">Where the last row goes.</param>
    /// <param name="x">The rows.</param>
    /// <param name="position">The first row's position.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    [EntryPoint(FractionBits = 16)]
    public static void Forward(
        LlamaWeights weights, KeyValueCache cache, HiddenRows output,
        [Owned(Party.Client), Shape("rows, dim"), Range(-64, 64)] Tensor x, int position, [Range(1, 1e15)] float theta)
    {
        Tensor y = Llama.Forward(weights, cache, weights.AttentionNorm.Size(0), x, position, theta);
        output.Rows = output.Rows.Append(y.Slice(0, x.Size(0) - 1, 1));
    }

    /// <summary>One row through all layers, each of which selects clusters in two levels.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by one row.</param>
    /// <param name="coarsely">The anchors of its complete coarse clusters.</param>
    /// <param name="fine">The anchors of its complete fine clusters.</param>
    /// <param name="output">Where the row goes.</param>
    /// <param name="x">The row.</param>
    /// <param name="position">Its position.</param>
    /// <param name="cluster">Tokens a fine cluster.</param>
    /// <param name="keptCoarse">Coarse clusters that are kept.</param>
    /// <param name="kept">Fine clusters that take part.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    [EntryPoint(FractionBits = 16)]
    public static void ForwardHierarchical(
        LlamaWeights weights, KeyValueCache cache, CoarseAnchors coarsely, ClusterAnchors fine, HiddenRows output,
        [Owned(Party.Client), Shape("1, dim"), Range(-64, 64)] Tensor x, int position, int cluster, int keptCoarse, int kept,
        [Range(1, 1e15)] float theta)
    {
        int size = cache.Keys[0].Size(2);
        int coarse = coarsely.Anchors[0].Size(0);
        int clusters = fine.Anchors[0].Size(0);
        Tensor y = x;
        for (int layer = 0; layer < weights.AttentionNorm.Size(0); layer++)
        {
            (Tensor query, Tensor key, Tensor value) = Llama.Project(weights, layer, y, size, position, theta);
            cache.Keys[layer] = cache.Keys[layer].Append(key);
            cache.Values[layer] = cache.Values[layer].Append(value);
            Selection outer = HierarchicalSelection.ChooseCoarse(ClusterSelection.Linear(query, coarsely.Anchors[layer]), keptCoarse);
            Selection inner = HierarchicalSelection.ChooseFine(
                ClusterSelection.Linear(query, fine.Anchors[layer]), outer, coarse, keptCoarse, kept);
            y = Llama.Complete(weights, layer, y, HierarchicalSelection.Attend(
                query, cache.Keys[layer], cache.Values[layer], outer, inner, coarse, clusters, cluster, keptCoarse, kept));
        }

        output.Rows = output.Rows.Append(y);
    }
}
