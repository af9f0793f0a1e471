using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>
/// Once, after the prompt, for each group: the tokens before the last <paramref name="window"/> that the window's queries attend to most,
/// summed over queries and the group's heads and averaged with their neighbours, and the window itself; <paramref name="budget"/> tokens
/// together. Tokens that are generated stay. Of equal ones the earlier stays.
/// Source: Li et al., "SnapKV: LLM Knows What You are Looking for Before Generation", 2024 (arXiv:2404.14469).
/// </summary>
public sealed class ReferenceSnapKv(ReferenceHeads heads, int budget, int window) : IReferencePolicy
{
    /// <summary>How many neighbours are averaged, the token itself included.</summary>
    public const int Kernel = 7;

    /// <summary>The pooled attention that each token before the window receives from it in a group.</summary>
    public double[] Importance(int group, IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys)
    {
        double[] votes = new double[keys.Count - window];
        for (int head = 0; head < heads.Heads; head++)
        {
            if (heads.Group(head) == group)
            {
                double[] received = ReferenceAttention.Received(heads, head, queries, keys, window);
                for (int token = 0; token < votes.Length; token++)
                {
                    votes[token] += received[token];
                }
            }
        }

        double[] pooled = new double[votes.Length];
        for (int token = 0; token < votes.Length; token++)
        {
            int last = Math.Min(token + (Kernel / 2), votes.Length - 1);
            for (int near = Math.Max(token - (Kernel / 2), 0); near <= last; near++)
            {
                pooled[token] += votes[near];
            }

            pooled[token] /= Kernel;
        }

        return pooled;
    }

    /// <summary>For each group which tokens of the prompt remain, ascending.</summary>
    public int[][] Kept(IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys)
    {
        return keys.Count <= budget
            ? ReferenceAttention.Each(heads.Groups, ReferenceAttention.All(keys.Count))
            : [.. Enumerable.Range(0, heads.Groups).Select(Group)];

        int[] Group(int group) =>
        [
            .. ReferenceAttention.Largest(Importance(group, queries, keys), budget - window),
            .. Enumerable.Range(keys.Count - window, window),
        ];
    }

    public int[][] Prefill(
        int layer, IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values) =>
        Kept(queries, keys);

    public ReferenceStep Step(int layer, double[] query, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values) =>
        new ReferenceFull(heads).Step(layer, query, keys, values);
}
