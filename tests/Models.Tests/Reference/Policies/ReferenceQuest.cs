using System.Collections.Generic;
using System.Linq;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>
/// At every step each head attends to a fixed number of pages of adjacent tokens: the first, the last and those with the largest bound on a
/// score, <paramref name="pages"/> together. The first layers use the whole cache. Nothing is evicted.
/// Source: Tang et al., "Quest: Query-Aware Sparsity for Efficient Long-Context LLM Inference", 2024 (arXiv:2406.10774).
/// </summary>
public sealed class ReferenceQuest(ReferenceHeads heads, int size, int pages, int skip) : IReferencePolicy
{
    /// <summary>For each head which slots it attends to, ascending.</summary>
    public int[][] Kept(double[] query, IReadOnlyList<double[]> keys) =>
        [.. Enumerable.Range(0, heads.Heads).Select(head => ReferenceClusters.Slots(Pages(head, query, keys), size, keys.Count))];

    /// <summary>Which pages a head attends to, ascending.</summary>
    public int[] Pages(int head, double[] query, IReadOnlyList<double[]> keys) =>
        ReferenceClusters.Keep(ReferenceClusters.Bound(heads, head, query, keys, size), pages);

    public int[][] Prefill(
        int layer, IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values) =>
        ReferenceAttention.Each(heads.Groups, ReferenceAttention.All(keys.Count));

    public ReferenceStep Step(int layer, double[] query, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values)
    {
        int[] all = ReferenceAttention.All(keys.Count);
        int[][] attended = layer < skip ? ReferenceAttention.Each(heads.Heads, all) : Kept(query, keys);
        double[] output = ReferenceAttention.Attend(heads, query, keys, values, attended);
        return new ReferenceStep(attended, ReferenceAttention.Each(heads.Groups, all), output);
    }
}
