using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>
/// Static eviction once after the prompt, in every layer, then at every step a selection of clusters for each query head.
/// Source: "MPCache: MPC-Friendly KV Cache Eviction for Efficient Private Large Language Model Inference" (arXiv 2501.06807).
/// </summary>
public sealed class ReferenceMPCache(ReferenceHeads heads, ReferenceMPCacheOptions options) : IReferencePolicy
{
    private readonly Dictionary<int, (int Complete, int[][] Clusters)> _ahead = [];
    private int[][] _selected = [];

    /// <summary>
    /// The attention of the last queries to each token before the window, averaged over heads and accumulated over queries, with that of
    /// its neighbours there.
    /// </summary>
    public double[] Importance(IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys)
    {
        double[] importance = new double[keys.Count - options.Window];
        for (int head = 0; head < heads.Heads; head++)
        {
            double[] received = ReferenceAttention.Received(heads, head, queries, keys, options.Observed.CeilOf(queries.Count));
            for (int token = 0; token < importance.Length; token++)
            {
                importance[token] += received[token] / heads.Heads;
            }
        }

        int reach = options.Pool / 2;
        return
        [
            .. Enumerable.Range(0, importance.Length).Select(
                token => importance.Where((_, other) => Math.Abs(other - token) <= reach).Sum()),
        ];
    }

    /// <summary>Which tokens of the prompt remain in a layer, ascending, the same for all heads.</summary>
    public int[] KeptAfterPrompt(IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys)
    {
        int kept = options.Static.CeilOf(keys.Count);
        return kept == keys.Count
            ? ReferenceAttention.All(kept)
            :
            [
                .. ReferenceAttention.Largest(Importance(queries, keys), kept - options.Window),
                .. Enumerable.Range(keys.Count - options.Window, options.Window),
            ];
    }

    /// <summary>For each head which slots a query selects, ascending.</summary>
    public int[][] Selected(double[] query, IReadOnlyList<double[]> keys) =>
    [
        .. Enumerable.Range(0, heads.Heads)
            .Select(head => ReferenceClusters.Slots(SelectedClusters(head, query, keys), options.ClusterSize, keys.Count)),
    ];

    /// <summary>Which clusters of <see cref="ReferenceMPCacheOptions.ClusterSize"/> a query head selects, ascending.</summary>
    public int[] SelectedClusters(int head, double[] query, IReadOnlyList<double[]> keys)
    {
        double[] similarities = Similarities(head, query, keys, options.ClusterSize);
        int keep = options.Keep.CeilOf(similarities.Length);
        if (options.CoarseSize == 0)
        {
            return ReferenceClusters.Keep(similarities, keep);
        }

        double[] coarse = Similarities(head, query, keys, options.CoarseSize);
        int[] parents = ReferenceClusters.Keep(coarse, options.CoarseKeep.CeilOf(coarse.Length));
        int[] children = ReferenceClusters.Slots(parents, options.CoarseSize / options.ClusterSize, similarities.Length);
        int[] best = ReferenceClusters.Keep([.. children.Select(child => similarities[child])], keep);
        return [.. best.Select(place => children[place])];
    }

    public int[][] Prefill(
        int layer, IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values) =>
        ReferenceAttention.Each(heads.Groups, KeptAfterPrompt(queries, keys));

    public ReferenceStep Step(int layer, double[] query, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values)
    {
        int[] all = ReferenceAttention.All(keys.Count);
        int[][] attended = ReferenceAttention.Each(heads.Heads, all);
        if (options.Lagged)
        {
            attended = _ahead.TryGetValue(layer, out (int Complete, int[][] Clusters) before) && layer >= options.Skip
                ? [.. before.Clusters.Select(clusters => Lagging(clusters, before.Complete, keys.Count))]
                : attended;
            SelectAhead(layer, query, keys);
        }
        else if (layer >= options.Skip)
        {
            // A layer that shares takes over the slots of the layer before it, head by head.
            if ((layer - options.Skip) % options.Share == 0)
            {
                _selected = Selected(query, keys);
            }

            attended = _selected;
        }

        double[] output = ReferenceAttention.Attend(heads, query, keys, values, attended);
        return new ReferenceStep(attended, ReferenceAttention.Each(heads.Groups, all), output);
    }

    /// <summary>
    /// What this query selects for the next step: from the clusters that were complete before its own token came; all behind them is the
    /// newest cluster.
    /// </summary>
    private void SelectAhead(int layer, double[] query, IReadOnlyList<double[]> keys)
    {
        int complete = (keys.Count - 1) / options.ClusterSize;
        double[][] summarised = [.. keys.Take(complete * options.ClusterSize)];
        int keep = options.Keep.CeilOf(complete + 1);
        _ahead.Remove(layer);
        if (complete >= 2 && keep <= complete)
        {
            int[][] clusters =
            [
                .. Enumerable.Range(0, heads.Heads).Select(head => ReferenceClusters.Keep(
                    [.. Similarities(head, query, summarised, options.ClusterSize), 0], keep)),
            ];
            _ahead[layer] = (complete, clusters);
        }
    }

    private int[] Lagging(int[] clusters, int complete, int slots) =>
    [
        .. ReferenceClusters.Slots(clusters.Where(cluster => cluster < complete), options.ClusterSize, slots),
        .. Enumerable.Range(complete * options.ClusterSize, slots - (complete * options.ClusterSize)),
    ];

    private double[] Similarities(int head, double[] query, IReadOnlyList<double[]> keys, int size) => options.ExactBound
        ? ReferenceClusters.Bound(heads, head, query, keys, size)
        : ReferenceClusters.Linear(heads, head, query, keys, size, options.Alpha);
}
