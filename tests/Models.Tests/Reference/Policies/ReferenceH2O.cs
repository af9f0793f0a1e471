using System.Collections.Generic;
using System.Linq;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>
/// Heavy hitters and recent tokens: every group of every layer sums the attention that each token has received so far, over all queries and
/// the group's heads, and keeps the tokens with the largest sums besides the newest. What is evicted never returns. Of equal sums the
/// earlier token stays. Source: Zhang et al., "H2O: Heavy-Hitter Oracle for Efficient Generative Inference of Large Language Models", 2023
/// (arXiv:2306.14048).
/// </summary>
public sealed class ReferenceH2O(ReferenceHeads heads, int heavy, int recent) : IReferencePolicy
{
    // For each layer and group the attention that each slot has received.
    private readonly Dictionary<int, List<double>[]> _received = [];

    /// <summary>The attention that each slot of a layer has received: for each group one number a slot.</summary>
    public double[][] Received(int layer) => [.. _received[layer].Select(group => group.ToArray())];

    /// <summary>Which slots of a group remain, given what each has received: the heavy ones and the last, ascending.</summary>
    public int[] Kept(IReadOnlyList<double> received)
    {
        int candidates = received.Count - recent;
        return candidates <= heavy
            ? ReferenceAttention.All(received.Count)
            : [.. ReferenceAttention.Largest([.. received.Take(candidates)], heavy), .. Enumerable.Range(candidates, recent)];
    }

    public int[][] Prefill(
        int layer, IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values)
    {
        _received[layer] = [.. Enumerable.Range(0, heads.Groups).Select(_ => Enumerable.Repeat(0.0, keys.Count).ToList())];
        for (int head = 0; head < heads.Heads; head++)
        {
            Add(layer, head, ReferenceAttention.Received(heads, head, queries, keys, queries.Count));
        }

        return Evict(layer);
    }

    public ReferenceStep Step(int layer, double[] query, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values)
    {
        foreach (List<double> group in _received[layer])
        {
            group.Add(0);
        }

        for (int head = 0; head < heads.Heads; head++)
        {
            Add(layer, head, ReferenceAttention.Softmax(ReferenceAttention.Scores(heads, head, query, keys)));
        }

        int[][] attended = ReferenceAttention.Each(heads.Heads, ReferenceAttention.All(keys.Count));
        double[] output = ReferenceAttention.Attend(heads, query, keys, values, attended);
        return new ReferenceStep(attended, Evict(layer), output);
    }

    private void Add(int layer, int head, double[] paid)
    {
        List<double> received = _received[layer][heads.Group(head)];
        for (int slot = 0; slot < paid.Length; slot++)
        {
            received[slot] += paid[slot];
        }
    }

    private int[][] Evict(int layer)
    {
        int[][] kept = [.. _received[layer].Select(Kept)];
        _received[layer] = [.. kept.Select((slots, group) => slots.Select(slot => _received[layer][group][slot]).ToList())];
        return kept;
    }
}
