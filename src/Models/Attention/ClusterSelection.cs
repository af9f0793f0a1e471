using static MPCache.Functions;

namespace MPCache.Models.Attention;

/// <summary>
/// Query-aware selection of clusters of adjacent tokens. The first cluster, which attracts attention, and the newest, which may be partial,
/// always take part; all between them are complete, so partial clusters need no completion and never compete.
/// Source: Zeng et al., MPCache (arXiv 2501.06807), section 4.
/// </summary>
public static class ClusterSelection
{
    /// <summary>The bound of a cluster in linear form, q·(α·max + (1−α)·min): one dot product with what is kept for it.</summary>
    /// <param name="query">[1, groups, repeat, size].</param>
    /// <param name="anchors">[clusters, groups, size], α·max + (1−α)·min of each cluster's keys.</param>
    /// <returns>[groups · repeat, clusters].</returns>
    [Protocol]
    public static Tensor Linear(Tensor query, Tensor anchors) => Similarities(query, anchors);

    /// <summary>
    /// The exact bound Σ max(q·max, q·min) of a cluster: what is positive in q meets the maxima, what is negative the minima, so that signs
    /// are taken once a query, not once a cluster. Source: Tang et al., Quest (ICML 2024).
    /// </summary>
    /// <param name="query">[1, groups, repeat, size].</param>
    /// <param name="maxima">[clusters, groups, size].</param>
    /// <param name="minima">[clusters, groups, size].</param>
    /// <returns>[groups · repeat, clusters].</returns>
    [Protocol]
    public static Tensor Exact(Tensor query, Tensor maxima, Tensor minima)
    {
        Tensor positive = Relu(query);
        return (Similarities(positive, maxima) + Similarities(query - positive, minima)).Within(-384, 384);
    }

    /// <summary>Which clusters between the first and the newest take part.</summary>
    /// <param name="similarities">[heads, clusters] of the complete clusters, the first among them.</param>
    /// <param name="kept">How many clusters take part in all, the first and the newest among them.</param>
    [Protocol]
    public static Selection Choose(Tensor similarities, int kept) =>
        TopK(similarities.Slice(1, 1, similarities.Size(1) - 1).Rounded(4), kept - 2);

    /// <summary>Attention over the clusters that take part.</summary>
    /// <param name="query">[1, groups, repeat, size], already scaled by 1/√size.</param>
    /// <param name="keys">[tokens, groups, size], the newest token's among them.</param>
    /// <param name="values">[tokens, groups, size].</param>
    /// <param name="chosen">From the clusters between the first and the newest.</param>
    /// <param name="clusters">Complete clusters, the first among them.</param>
    /// <param name="cluster">Tokens a cluster.</param>
    /// <param name="kept">How many clusters take part in all.</param>
    /// <returns>[1, groups · repeat · size].</returns>
    [Protocol]
    public static Tensor Attend(
        Tensor query, Tensor keys, Tensor values, Selection chosen, int clusters, int cluster, int kept)
    {
        int heads = query.Size(1) * query.Size(2);
        int between = clusters - 1;
        int selected = (kept - 2) * cluster;
        int newest = keys.Size(0) - clusters * cluster;

        Tensor scores = SelectedAttention.Scores(query, keys);
        Tensor gathered = Gather(scores.Slice(1, cluster, between * cluster).Reshape(heads, between, cluster), chosen);
        Tensor probabilities = SelectedAttention.Probabilities(Concat(1,
            Concat(1, scores.Slice(1, 0, cluster), gathered.Reshape(heads, selected)),
            scores.Slice(1, clusters * cluster, newest)));
        Tensor scattered = Scatter(probabilities.Slice(1, cluster, selected).Reshape(heads, kept - 2, cluster), chosen);
        Tensor all = Concat(1,
            Concat(1, probabilities.Slice(1, 0, cluster), scattered.Reshape(heads, between * cluster)),
            probabilities.Slice(1, cluster + selected, newest));
        return SelectedAttention.Mix(all, values, query.Size(1), query.Size(2));
    }

    [Protocol]
    internal static Tensor Similarities(Tensor query, [Shape("clusters, groups, size")] Tensor clusters)
    {
        int groups = query.Size(1);
        int repeat = query.Size(2);
        Tensor heads = query.Reshape(groups, repeat, query.Size(3));
        return MatMul(heads, clusters.Permute(1, 2, 0)).Within(-384, 384).Reshape(groups * repeat, clusters.Size(0));
    }
}
