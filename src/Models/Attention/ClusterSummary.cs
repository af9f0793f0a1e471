using static MPCache.Functions;

namespace MPCache.Models.Attention;

/// <summary>
/// The largest and the smallest key of clusters of adjacent tokens, element by element: all clusters that have become complete in one
/// tournament, in which the smallest are the largest of the negatives.
/// </summary>
public static class ClusterSummary
{
    /// <summary>Fraction bits of what is compared: a summary is off by less than 2^−8.</summary>
    private const int Precision = 8;

    /// <summary>Summarises the clusters that follow those summarised before.</summary>
    /// <param name="keys">[tokens, groups, size].</param>
    /// <param name="before">Clusters summarised before.</param>
    /// <param name="added">Clusters to summarise, all complete.</param>
    /// <param name="cluster">Tokens a cluster.</param>
    /// <returns>Maxima and minima, [added, groups, size].</returns>
    [Protocol]
    public static (Tensor Maxima, Tensor Minima) Of(Tensor keys, int before, int added, int cluster)
    {
        int groups = keys.Size(1);
        int size = keys.Size(2);
        Tensor rows = keys.Slice(0, before * cluster, added * cluster).Rounded(Precision);
        Tensor clusters = rows.Reshape(added, cluster, groups, size).Permute(0, 2, 3, 1);
        Tensor largest = Concat(0, clusters, -clusters).Max(-1).Reshape(2 * added, groups, size);
        return (largest.Slice(0, 0, added), -largest.Slice(0, added, added));
    }

    /// <summary>The linear similarity's combination, α·max + (1−α)·min.</summary>
    /// <param name="maxima">[clusters, groups, size].</param>
    /// <param name="minima">[clusters, groups, size].</param>
    /// <param name="alpha">The weight of the maxima.</param>
    [Protocol]
    public static Tensor Anchor(Tensor maxima, Tensor minima, float alpha) =>
        ((maxima - minima) * alpha + minima).Within(-64, 64);
}
