using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>Clusters of adjacent slots, the last one possibly partial, judged by the element-wise extremes of their keys.</summary>
public static class ReferenceClusters
{
    /// <summary>How many clusters so many slots make.</summary>
    public static int Count(int slots, int size) => (slots + size - 1) / size;

    /// <summary>For each cluster q·(α·max + (1 − α)·min), of a head.</summary>
    public static double[] Linear(
        ReferenceHeads heads, int head, double[] query, IReadOnlyList<double[]> keys, int size, double alpha) =>
        Similarities(heads, head, query, keys, size, (q, max, min) => q * ((alpha * max) + ((1 - alpha) * min)));

    /// <summary>For each cluster Σ_i max(q_i·max_i, q_i·min_i), of a head: no key of the cluster scores more.</summary>
    public static double[] Bound(ReferenceHeads heads, int head, double[] query, IReadOnlyList<double[]> keys, int size) =>
        Similarities(heads, head, query, keys, size, (q, max, min) => Math.Max(q * max, q * min));

    /// <summary>
    /// The first cluster, the last and the most similar of the others, <paramref name="keep"/> together but at least those two, ascending;
    /// all where there are no more than that, or fewer than three. Of equal ones the earlier counts.
    /// </summary>
    public static int[] Keep(IReadOnlyList<double> similarities, int keep)
    {
        int count = similarities.Count;
        if (count < 3 || keep >= count)
        {
            return ReferenceAttention.All(count);
        }

        int[] between = ReferenceAttention.Largest([.. similarities.Skip(1).Take(count - 2)], Math.Max(keep - 2, 0));
        return [0, .. between.Select(i => i + 1), count - 1];
    }

    /// <summary>The slots of some clusters, ascending.</summary>
    public static int[] Slots(IEnumerable<int> clusters, int size, int slots) =>
        [.. clusters.SelectMany(cluster => Enumerable.Range(cluster * size, size)).Where(slot => slot < slots)];

    private static double[] Similarities(
        ReferenceHeads heads,
        int head,
        double[] query,
        IReadOnlyList<double[]> keys,
        int size,
        Func<double, double, double, double> term)
    {
        double[] similarities = new double[Count(keys.Count, size)];
        for (int cluster = 0; cluster < similarities.Length; cluster++)
        {
            for (int i = 0; i < heads.Size; i++)
            {
                double max = double.NegativeInfinity;
                double min = double.PositiveInfinity;
                for (int slot = cluster * size; slot < Math.Min((cluster + 1) * size, keys.Count); slot++)
                {
                    double key = keys[slot][(heads.Group(head) * heads.Size) + i];
                    max = Math.Max(max, key);
                    min = Math.Min(min, key);
                }

                similarities[cluster] += term(query[(head * heads.Size) + i], max, min);
            }
        }

        return similarities;
    }
}
