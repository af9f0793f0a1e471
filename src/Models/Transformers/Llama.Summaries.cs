using MPCache.Models.Attention;

namespace MPCache.Models.Transformers;

// Summaries of the clusters that have become complete: after the prompt all at once, later one at a time, when its last token has come.
public static partial class Llama
{
    /// <summary>Adds the anchors of clusters.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="fine">The anchors, to which those of the next clusters are added.</param>
    /// <param name="layers">Layers.</param>
    /// <param name="cluster">Tokens a cluster.</param>
    /// <param name="added">How many clusters; all their tokens are in the cache.</param>
    /// <param name="alpha">The weight of the maxima.</param>
    [EntryPoint(FractionBits = 16)]
    public static void SummarizeLinear(
        KeyValueCache cache, ClusterAnchors fine, int layers, int cluster, int added, [Range(0, 1)] float alpha)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            (Tensor maxima, Tensor minima) = ClusterSummary.Of(cache.Keys[layer], fine.Anchors[layer].Size(0), added, cluster);
            fine.Anchors[layer] = fine.Anchors[layer].Append(ClusterSummary.Anchor(maxima, minima, alpha));
        }
    }

    /// <summary>Adds the anchors of coarse clusters.</summary>
    /// <inheritdoc cref="SummarizeLinear"/>
    [EntryPoint(FractionBits = 16)]
    public static void SummarizeCoarseLinear(
        KeyValueCache cache, CoarseAnchors coarsely, int layers, int cluster, int added, [Range(0, 1)] float alpha)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            (Tensor maxima, Tensor minima) = ClusterSummary.Of(cache.Keys[layer], coarsely.Anchors[layer].Size(0), added, cluster);
            coarsely.Anchors[layer] = coarsely.Anchors[layer].Append(ClusterSummary.Anchor(maxima, minima, alpha));
        }
    }

    /// <summary>Adds the maxima and minima of clusters.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="fine">The bounds, to which those of the next clusters are added.</param>
    /// <param name="layers">Layers.</param>
    /// <param name="cluster">Tokens a cluster.</param>
    /// <param name="added">How many clusters; all their tokens are in the cache.</param>
    [EntryPoint(FractionBits = 16)]
    public static void SummarizeExact(KeyValueCache cache, ClusterBounds fine, int layers, int cluster, int added)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            (Tensor maxima, Tensor minima) = ClusterSummary.Of(cache.Keys[layer], fine.Maxima[layer].Size(0), added, cluster);
            fine.Maxima[layer] = fine.Maxima[layer].Append(maxima);
            fine.Minima[layer] = fine.Minima[layer].Append(minima);
        }
    }

    /// <summary>Adds the maxima and minima of coarse clusters.</summary>
    /// <inheritdoc cref="SummarizeExact"/>
    [EntryPoint(FractionBits = 16)]
    public static void SummarizeCoarseExact(KeyValueCache cache, CoarseBounds coarsely, int layers, int cluster, int added)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            (Tensor maxima, Tensor minima) = ClusterSummary.Of(cache.Keys[layer], coarsely.Maxima[layer].Size(0), added, cluster);
            coarsely.Maxima[layer] = coarsely.Maxima[layer].Append(maxima);
            coarsely.Minima[layer] = coarsely.Minima[layer].Append(minima);
        }
    }
}
