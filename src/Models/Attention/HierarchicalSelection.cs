using static MPCache.Functions;

namespace MPCache.Models.Attention;

/// <summary>
/// Selection in two levels: coarse clusters of two fine ones first, then fine clusters among the children of the coarse ones that were kept.
/// The first and the newest cluster of either level always take part, as in <see cref="ClusterSelection"/>; fine clusters that the first
/// coarse cluster, or the newest, has besides those are candidates of the second level without having been chosen by the first.
/// Source: Zeng et al., MPCache (arXiv 2501.06807), section 4.2.
/// </summary>
public static class HierarchicalSelection
{
    /// <summary>Which coarse clusters between the first and the newest are kept.</summary>
    /// <param name="similarities">[heads, coarse] of the complete coarse clusters.</param>
    /// <param name="kept">How many coarse clusters are kept in all.</param>
    [Protocol]
    public static Selection ChooseCoarse(Tensor similarities, int kept) => ClusterSelection.Choose(similarities, kept);

    /// <summary>Which fine clusters take part, of those that <see cref="Candidates"/> lists.</summary>
    /// <param name="similarities">[heads, clusters] of the complete fine clusters.</param>
    /// <param name="coarsely">From the coarse clusters between the first and the newest.</param>
    /// <param name="coarse">Complete coarse clusters.</param>
    /// <param name="keptCoarse">How many coarse clusters are kept in all.</param>
    /// <param name="kept">How many fine clusters take part in all.</param>
    [Protocol]
    public static Selection ChooseFine(Tensor similarities, Selection coarsely, int coarse, int keptCoarse, int kept)
    {
        int heads = similarities.Size(0);
        Tensor rounded = similarities.Rounded(4).Reshape(heads, similarities.Size(1), 1);
        Tensor candidates = Candidates(rounded, coarsely, coarse, keptCoarse);
        return TopK(candidates.Reshape(heads, candidates.Size(1)), kept - 2);
    }

    /// <summary>Attention over the fine clusters that take part.</summary>
    /// <param name="query">[1, groups, repeat, size], already scaled by 1/√size.</param>
    /// <param name="keys">[tokens, groups, size], the newest token's among them.</param>
    /// <param name="values">[tokens, groups, size].</param>
    /// <param name="coarsely">From the coarse clusters between the first and the newest.</param>
    /// <param name="finely">From their children and the two clusters' besides.</param>
    /// <param name="coarse">Complete coarse clusters.</param>
    /// <param name="clusters">Complete fine clusters.</param>
    /// <param name="cluster">Tokens a fine cluster.</param>
    /// <param name="keptCoarse">How many coarse clusters are kept in all.</param>
    /// <param name="kept">How many fine clusters take part in all.</param>
    /// <returns>[1, groups · repeat · size].</returns>
    [Protocol]
    public static Tensor Attend(
        Tensor query, Tensor keys, Tensor values, Selection coarsely, Selection finely, int coarse, int clusters, int cluster,
        int keptCoarse, int kept)
    {
        int heads = query.Size(1) * query.Size(2);
        int selected = (kept - 2) * cluster;
        int children = 2 * (keptCoarse - 2);
        int besides = clusters - 2 * coarse;
        int newest = keys.Size(0) - clusters * cluster;

        Tensor scores = SelectedAttention.Scores(query, keys);
        Tensor complete = scores.Slice(1, 0, clusters * cluster).Reshape(heads, clusters, cluster);
        Tensor gathered = Gather(Candidates(complete, coarsely, coarse, keptCoarse), finely);
        Tensor probabilities = SelectedAttention.Probabilities(Concat(1,
            Concat(1, scores.Slice(1, 0, cluster), gathered.Reshape(heads, selected)),
            scores.Slice(1, clusters * cluster, newest)));

        Tensor candidates = Scatter(probabilities.Slice(1, cluster, selected).Reshape(heads, kept - 2, cluster), finely);
        Tensor between = Scatter(candidates.Slice(1, 1, children).Reshape(heads, keptCoarse - 2, 2 * cluster), coarsely);
        Tensor first = Concat(1, probabilities.Slice(1, 0, cluster), candidates.Slice(1, 0, 1).Reshape(heads, cluster));
        Tensor last = Concat(1,
            candidates.Slice(1, 1 + children, besides).Reshape(heads, besides * cluster), probabilities.Slice(1, cluster + selected, newest));
        Tensor all = Concat(1, Concat(1, first, between.Reshape(heads, 2 * (coarse - 1) * cluster)), last);
        return SelectedAttention.Mix(all, values, query.Size(1), query.Size(2));
    }

    /// <summary>
    /// What the second level chooses from: the first coarse cluster's other child, the children of those that were kept, and a complete child
    /// of the newest.
    /// </summary>
    /// <param name="fine">[heads, clusters, rest], a row a complete fine cluster.</param>
    /// <param name="coarsely">From the coarse clusters between the first and the newest.</param>
    /// <param name="coarse">Complete coarse clusters.</param>
    /// <param name="keptCoarse">How many coarse clusters are kept in all.</param>
    /// <returns>[heads, candidates, rest].</returns>
    [Protocol]
    internal static Tensor Candidates(Tensor fine, Selection coarsely, int coarse, int keptCoarse)
    {
        int heads = fine.Size(0);
        int rest = fine.Size(2);
        Tensor between = fine.Slice(1, 2, 2 * (coarse - 1)).Reshape(heads, coarse - 1, 2 * rest);
        Tensor children = Gather(between, coarsely).Reshape(heads, 2 * (keptCoarse - 2), rest);
        return Concat(1, Concat(1, fine.Slice(1, 1, 1), children), fine.Slice(1, 2 * coarse, fine.Size(1) - 2 * coarse));
    }
}
