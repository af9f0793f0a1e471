using System.Collections.Generic;
using System.Linq;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>
/// At every step each head attends to the tokens with its <paramref name="count"/> largest scores: no selection of as many tokens covers
/// more of the attention. Nothing is evicted. Of equal scores the earlier token counts.
/// </summary>
public sealed class ReferenceTopTokens(ReferenceHeads heads, int count) : IReferencePolicy
{
    /// <summary>For each head which slots it attends to, ascending.</summary>
    public int[][] Kept(double[] query, IReadOnlyList<double[]> keys) =>
    [
        .. Enumerable.Range(0, heads.Heads)
            .Select(head => ReferenceAttention.Largest(ReferenceAttention.Scores(heads, head, query, keys), count)),
    ];

    public int[][] Prefill(
        int layer, IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values) =>
        ReferenceAttention.Each(heads.Groups, ReferenceAttention.All(keys.Count));

    public ReferenceStep Step(int layer, double[] query, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values)
    {
        int[][] attended = Kept(query, keys);
        double[] output = ReferenceAttention.Attend(heads, query, keys, values, attended);
        return new ReferenceStep(attended, ReferenceAttention.Each(heads.Groups, ReferenceAttention.All(keys.Count)), output);
    }
}
