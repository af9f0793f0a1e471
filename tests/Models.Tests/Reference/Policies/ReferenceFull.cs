using System.Collections.Generic;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>Attention over the whole cache.</summary>
public sealed class ReferenceFull(ReferenceHeads heads) : IReferencePolicy
{
    public int[][] Prefill(
        int layer, IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values) =>
        ReferenceAttention.Each(heads.Groups, ReferenceAttention.All(keys.Count));

    public ReferenceStep Step(int layer, double[] query, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values)
    {
        int[] all = ReferenceAttention.All(keys.Count);
        int[][] attended = ReferenceAttention.Each(heads.Heads, all);
        double[] output = ReferenceAttention.Attend(heads, query, keys, values, attended);
        return new ReferenceStep(attended, ReferenceAttention.Each(heads.Groups, all), output);
    }
}
