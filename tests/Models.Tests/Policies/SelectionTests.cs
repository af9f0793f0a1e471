using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MPCache.Models.Attention;
using MPCache.Models.Tests.Reference.Policies;
using Xunit;

namespace MPCache.Models.Tests.Policies;

/// <summary>Selections that are made anew at every step select what the references select, and mix what they mix.</summary>
public sealed class SelectionTests
{
    private const int Iterations = 150;

    [Fact]
    public void Full_attention_of_any_rows_is_causal() =>
        (from c in AttentionCase.Any from rows in Gen.Int[1, c.Tokens] select (c, rows)).Sample((c, rows) =>
        {
            Tensor mixed = FullAttention.Attend(c.Query(c.Tokens - rows, rows), c.Key(0, c.Tokens), c.Value(0, c.Tokens));
            IEnumerable<double> expected = Enumerable.Range(c.Tokens - rows, rows).SelectMany(row => new ReferenceFull(c.Heads).Step(
                0, c.Queries[row], c.Keys[..(row + 1)], c.Values[..(row + 1)]).Output);
            AttentionAssert.Near(expected, mixed);
        }, iter: Iterations);

    [Fact]
    public void Sinks_and_window_are_attended_to() =>
        (from c in AttentionCase.Any
         from sinks in Gen.Int[0, c.Tokens - 1]
         from window in Gen.Int[1, c.Tokens - sinks]
         select (c, sinks, window)).Sample((c, sinks, window) =>
        {
            Tensor mixed = StreamingLlm.Attend(
                c.Query(c.Tokens - 1, 1), c.Key(0, c.Tokens), c.Value(0, c.Tokens), sinks, window);
            AttentionAssert.Near(
                new ReferenceStreamingLlm(c.Heads, sinks, window).Step(0, c.Queries[^1], c.Keys, c.Values).Output, mixed);
        }, iter: Iterations);

    [Fact]
    public void Best_tokens_are_attended_to() =>
        (from c in AttentionCase.Any from kept in Gen.Int[1, c.Tokens] select (c, kept)).Sample((c, kept) =>
        {
            bool exact = c.Numbers != AttentionNumbers.Any;
            if (Each(c, head => ReferenceAttention.Scores(c.Heads, head, c.Queries[^1], c.Keys))
                .All(scores => AttentionCase.IsDecided(scores, kept, exact)))
            {
                Tensor mixed = TopTokens.Attend(c.Query(c.Tokens - 1, 1), c.Key(0, c.Tokens), c.Value(0, c.Tokens), kept);
                AttentionAssert.Near(new ReferenceTopTokens(c.Heads, kept).Step(0, c.Queries[^1], c.Keys, c.Values).Output, mixed);
            }
        }, iter: Iterations);

    [Fact]
    public void Clusters_in_one_level()
    {
        int selected = 0;
        Clusters.Sample(t =>
        {
            (AttentionCase c, ClusterOptions o) = t;
            int clusters = (c.Tokens - 1) / o.Cluster;
            int kept = Math.Max(2, o.Keep.CeilOf(clusters + 1));
            if (clusters < 2 || kept > clusters)
            {
                return;
            }

            double[][] similarities = Each(c, head => o.Similarities(c, head, o.Cluster));
            if (!similarities.All(s => AttentionCase.IsDecided(s[1..^1], kept - 2, c.Numbers != AttentionNumbers.Any)))
            {
                return;
            }

            selected++;
            int[][] expected = [.. similarities.Select(s => ReferenceClusters.Keep(s, kept))];
            Tensor query = c.Query(c.Tokens - 1, 1);
            Selection chosen = ClusterSelection.Choose(o.Similarities(c, query, clusters, o.Cluster), kept);
            Assert.Equal(
                expected.Select(k => k[1..^1].Select(cluster => cluster - 1)), AttentionAssert.Chosen(chosen, c.Heads.Heads));

            int[][] attended = [.. expected.Select(k => ReferenceClusters.Slots(k, o.Cluster, c.Tokens))];
            Tensor mixed = ClusterSelection.Attend(
                query, c.Key(0, c.Tokens), c.Value(0, c.Tokens), chosen, clusters, o.Cluster, kept);
            AttentionAssert.Near(ReferenceAttention.Attend(c.Heads, c.Queries[^1], c.Keys, c.Values, attended), mixed);

            // Another layer, whose queries, keys and values are others, uses the same selection.
            Tensor shared = ClusterSelection.Attend(
                c.Query(0, 1), c.Value(0, c.Tokens), c.Key(0, c.Tokens), chosen, clusters, o.Cluster, kept);
            AttentionAssert.Near(ReferenceAttention.Attend(c.Heads, c.Queries[0], c.Values, c.Keys, attended), shared);
        }, iter: 4 * Iterations);
        Assert.True(selected > Iterations / 4);
    }

    [Fact]
    public void Clusters_in_two_levels()
    {
        int selected = 0;
        Clusters.Sample(t =>
        {
            (AttentionCase c, ClusterOptions o) = t;
            int clusters = (c.Tokens - 1) / o.Cluster;
            int coarse = (c.Tokens - 1) / (2 * o.Cluster);
            int keptCoarse = Math.Max(2, o.KeepCoarse.CeilOf(coarse + 1));
            if (coarse < 2 || keptCoarse > coarse)
            {
                return;
            }

            int kept = Math.Min(Math.Max(2, o.Keep.CeilOf(clusters + 1)), 3 + (2 * (keptCoarse - 2)) + clusters - (2 * coarse));
            bool exact = c.Numbers != AttentionNumbers.Any;
            double[][] coarsely = Each(c, head => o.Similarities(c, head, 2 * o.Cluster));
            int[][] parents = [.. coarsely.Select(s => ReferenceClusters.Keep(s, keptCoarse))];
            double[][] candidates = Each(c, head =>
            {
                double[] similarities = o.Similarities(c, head, o.Cluster);
                return [.. ReferenceClusters.Slots(parents[head], 2, similarities.Length).Select(child => similarities[child])];
            });
            if (!coarsely.All(s => AttentionCase.IsDecided(s[1..^1], keptCoarse - 2, exact))
                || !candidates.All(s => AttentionCase.IsDecided(s[1..^1], kept - 2, exact)))
            {
                return;
            }

            selected++;
            Tensor query = c.Query(c.Tokens - 1, 1);
            Selection outer = HierarchicalSelection.ChooseCoarse(o.Similarities(c, query, coarse, 2 * o.Cluster), keptCoarse);
            Selection inner = HierarchicalSelection.ChooseFine(
                o.Similarities(c, query, clusters, o.Cluster), outer, coarse, keptCoarse, kept);
            Assert.Equal(
                parents.Select(p => p[1..^1].Select(cluster => cluster - 1)), AttentionAssert.Chosen(outer, c.Heads.Heads));
            Assert.Equal(
                candidates.Select(s => ReferenceClusters.Keep(s, kept)[1..^1].Select(place => place - 1)),
                AttentionAssert.Chosen(inner, c.Heads.Heads));

            int[][] attended = new ReferenceMPCache(c.Heads, o.Reference).Selected(c.Queries[^1], c.Keys);
            Tensor mixed = HierarchicalSelection.Attend(
                query, c.Key(0, c.Tokens), c.Value(0, c.Tokens), outer, inner, coarse, clusters, o.Cluster, keptCoarse, kept);
            AttentionAssert.Near(ReferenceAttention.Attend(c.Heads, c.Queries[^1], c.Keys, c.Values, attended), mixed);

            Tensor shared = HierarchicalSelection.Attend(
                c.Query(0, 1), c.Value(0, c.Tokens), c.Key(0, c.Tokens), outer, inner, coarse, clusters, o.Cluster, keptCoarse, kept);
            AttentionAssert.Near(ReferenceAttention.Attend(c.Heads, c.Queries[0], c.Values, c.Keys, attended), shared);
        }, iter: 8 * Iterations);
        Assert.True(selected > Iterations / 4);
    }

    [Fact]
    public void Summaries_are_the_extremes_of_whole_clusters_all_at_once_or_one_by_one() =>
        (from c in AttentionCase.Any
         from cluster in Gen.Int[1, 9]
         where c.Tokens >= cluster
         from first in Gen.Int[0, c.Tokens / cluster]
         select (c, cluster, first)).Sample((c, cluster, first) =>
        {
            int clusters = c.Tokens / cluster;
            (Tensor maxima, Tensor minima) = ClusterSummary.Of(c.Key(0, c.Tokens), 0, clusters, cluster);
            AttentionAssert.Near(Extremes(Math.Max), maxima, 0);
            AttentionAssert.Near(Extremes(Math.Min), minima, 0);
            AttentionAssert.Near(
                Extremes(Math.Max).Zip(Extremes(Math.Min), (max, min) => (0.6 * max) + (0.4 * min)),
                ClusterSummary.Anchor(maxima, minima, 0.6f));

            // After the prompt, then whenever a cluster has become complete.
            int size = c.Heads.Groups * c.Heads.Size;
            for (int before = 0; before < clusters;)
            {
                int added = before == 0 && first > 0 ? first : 1;
                int cached = (before + added) * cluster;
                (Tensor more, Tensor less) = ClusterSummary.Of(c.Key(0, cached), before, added, cluster);
                Assert.Equal(maxima.Values.Slice(before * size, added * size).ToArray(), more.Values.ToArray());
                Assert.Equal(minima.Values.Slice(before * size, added * size).ToArray(), less.Values.ToArray());
                before += added;
            }

            IEnumerable<double> Extremes(Func<double, double, double> of) => Enumerable.Range(0, clusters).SelectMany(
                i => c.Keys.Skip(i * cluster).Take(cluster).Aggregate((a, b) => [.. a.Zip(b, of)]));
        }, iter: Iterations);

    /// <summary>Partial last clusters, few clusters, and shares that keep all or only what is always kept.</summary>
    private static Gen<(AttentionCase Case, ClusterOptions Options)> Clusters =>
        from c in AttentionCase.Any
        from cluster in Gen.Int[1, 6]
        from keep in Gen.Int[1, 100]
        from coarse in Gen.Int[1, 100]
        from exact in Gen.Bool
        from alpha in Gen.Int[0, 4]
        select (c, new ClusterOptions(
            cluster, Percent(keep), Percent(coarse), exact, c.Numbers == AttentionNumbers.Quarters ? alpha / 4.0 : 0.6));

    private static Ratio Percent(int percent) => Ratio.Parse(percent == 100 ? "1" : $"0.{percent:00}");

    private static double[][] Each(AttentionCase c, Func<int, double[]> head) => [.. Enumerable.Range(0, c.Heads.Heads).Select(head)];

    private sealed record ClusterOptions(int Cluster, Ratio Keep, Ratio KeepCoarse, bool Exact, double Alpha)
    {
        public ReferenceMPCacheOptions Reference => new()
        {
            Static = Ratio.Parse("1"),
            ClusterSize = Cluster,
            CoarseSize = 2 * Cluster,
            Keep = Keep,
            CoarseKeep = KeepCoarse,
            ExactBound = Exact,
            Alpha = Alpha,
        };

        /// <summary>Of all clusters, the newest token's among them.</summary>
        public double[] Similarities(AttentionCase c, int head, int cluster) => Exact
            ? ReferenceClusters.Bound(c.Heads, head, c.Queries[^1], c.Keys, cluster)
            : ReferenceClusters.Linear(c.Heads, head, c.Queries[^1], c.Keys, cluster, Alpha);

        /// <summary>Of the complete clusters.</summary>
        public Tensor Similarities(AttentionCase c, Tensor query, int clusters, int cluster)
        {
            (Tensor maxima, Tensor minima) = ClusterSummary.Of(c.Key(0, c.Tokens - 1), 0, clusters, cluster);
            return Exact
                ? ClusterSelection.Exact(query, maxima, minima)
                : ClusterSelection.Linear(query, ClusterSummary.Anchor(maxima, minima, (float)Alpha));
        }
    }
}
