using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>What the policies have in common: scores, softmax, attention over some of the slots, and the largest of some scores.</summary>
public static class ReferenceAttention
{
    /// <summary>The scores q·k of a head against every slot: [slots].</summary>
    public static double[] Scores(ReferenceHeads heads, int head, double[] query, IReadOnlyList<double[]> keys)
    {
        double[] scores = new double[keys.Count];
        for (int slot = 0; slot < scores.Length; slot++)
        {
            for (int i = 0; i < heads.Size; i++)
            {
                scores[slot] += query[(head * heads.Size) + i] * keys[slot][(heads.Group(head) * heads.Size) + i];
            }
        }

        return scores;
    }

    /// <summary>exp(x_i) / Σ_j exp(x_j).</summary>
    public static double[] Softmax(double[] scores)
    {
        double largest = scores.Max();
        double[] weights = [.. scores.Select(score => Math.Exp(score - largest))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    /// <summary>
    /// The causal attention that the last <paramref name="count"/> queries of a head pay to each token, summed over queries: [tokens].
    /// </summary>
    public static double[] Received(
        ReferenceHeads heads, int head, IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys, int count)
    {
        double[] received = new double[keys.Count];
        for (int token = queries.Count - count; token < queries.Count; token++)
        {
            double[] paid = Softmax(Scores(heads, head, queries[token], [.. keys.Take(token + 1)]));
            for (int seen = 0; seen <= token; seen++)
            {
                received[seen] += paid[seen];
            }
        }

        return received;
    }

    /// <summary>Attention of every head over slots of its own: [Heads · Size].</summary>
    public static double[] Attend(
        ReferenceHeads heads, double[] query, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values, int[][] attended)
    {
        double[] output = new double[heads.Heads * heads.Size];
        for (int head = 0; head < heads.Heads; head++)
        {
            double[] weights = Softmax(Scores(heads, head, query, [.. attended[head].Select(slot => keys[slot])]));
            for (int kept = 0; kept < weights.Length; kept++)
            {
                for (int i = 0; i < heads.Size; i++)
                {
                    double value = values[attended[head][kept]][(heads.Group(head) * heads.Size) + i];
                    output[(head * heads.Size) + i] += weights[kept] * value;
                }
            }
        }

        return output;
    }

    /// <summary>The positions of the <paramref name="count"/> largest scores, ascending; of equal ones the earlier counts.</summary>
    public static int[] Largest(IReadOnlyList<double> scores, int count) =>
        [.. Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i]).Take(count).Order()];

    /// <summary>0, 1, …, count − 1.</summary>
    public static int[] All(int count) => [.. Enumerable.Range(0, count)];

    /// <summary>The same for every head, or for every group.</summary>
    public static int[][] Each(int count, int[] slots) => [.. Enumerable.Repeat(slots, count)];

    /// <summary>For every head what its group has.</summary>
    public static int[][] ForHeads(ReferenceHeads heads, int[][] groups) =>
        [.. Enumerable.Range(0, heads.Heads).Select(head => groups[heads.Group(head)])];
}
