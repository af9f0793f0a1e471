using System.Collections.Generic;
using System.Linq;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>
/// The first tokens, which serve as attention sinks, and a window of the newest, the newest itself included. Tokens keep the positions they
/// were rotated to. Source: Xiao et al., "Efficient Streaming Language Models with Attention Sinks", 2023 (arXiv:2309.17453).
/// </summary>
public sealed class ReferenceStreamingLlm(ReferenceHeads heads, int sinks, int window) : IReferencePolicy
{
    /// <summary>Which of so many cached tokens remain, ascending.</summary>
    public int[] Kept(int tokens) =>
        [.. Enumerable.Range(0, tokens).Where(token => token < sinks || token >= tokens - window)];

    public int[][] Prefill(
        int layer, IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values) =>
        ReferenceAttention.Each(heads.Groups, Kept(keys.Count));

    public ReferenceStep Step(int layer, double[] query, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values)
    {
        int[] kept = Kept(keys.Count);
        int[][] attended = ReferenceAttention.Each(heads.Heads, kept);
        double[] output = ReferenceAttention.Attend(heads, query, keys, values, attended);
        return new ReferenceStep(attended, ReferenceAttention.Each(heads.Groups, kept), output);
    }
}
