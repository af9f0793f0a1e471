using System.Collections.Generic;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>
/// Token omission via attention: a layer keeps a fixed number of tokens, the same for all heads. After the prompt those that its last query
/// attends to most, averaged over heads; at every step the newest token joins, and of the others the one that its query attends to least is
/// dropped for good. Of equal ones the earlier stays.
/// Source: Oren et al., "Transformers are Multi-State RNNs", 2024 (arXiv:2401.06104).
/// </summary>
public sealed class ReferenceTova(ReferenceHeads heads, int budget) : IReferencePolicy
{
    /// <summary>Which slots remain after the prompt, ascending, given its last query.</summary>
    public int[] KeptAfterPrompt(double[] query, IReadOnlyList<double[]> keys) =>
        ReferenceAttention.Largest(MeanAttention(query, keys), budget);

    /// <summary>Which slots remain after a step, ascending: the newest always.</summary>
    public int[] KeptAfterStep(double[] query, IReadOnlyList<double[]> keys) => keys.Count <= budget
        ? ReferenceAttention.All(keys.Count)
        : [.. ReferenceAttention.Largest(MeanAttention(query, keys)[..^1], budget - 1), keys.Count - 1];

    public int[][] Prefill(
        int layer, IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values) =>
        ReferenceAttention.Each(heads.Groups, KeptAfterPrompt(queries[^1], keys));

    public ReferenceStep Step(int layer, double[] query, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values)
    {
        int[][] attended = ReferenceAttention.Each(heads.Heads, ReferenceAttention.All(keys.Count));
        double[] output = ReferenceAttention.Attend(heads, query, keys, values, attended);
        return new ReferenceStep(attended, ReferenceAttention.Each(heads.Groups, KeptAfterStep(query, keys)), output);
    }

    private double[] MeanAttention(double[] query, IReadOnlyList<double[]> keys)
    {
        double[] mean = new double[keys.Count];
        for (int head = 0; head < heads.Heads; head++)
        {
            double[] paid = ReferenceAttention.Softmax(ReferenceAttention.Scores(heads, head, query, keys));
            for (int slot = 0; slot < mean.Length; slot++)
            {
                mean[slot] += paid[slot] / heads.Heads;
            }
        }

        return mean;
    }
}
