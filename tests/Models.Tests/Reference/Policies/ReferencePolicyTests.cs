using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>
/// The references against examples small enough to compute by hand. Where keys are logarithms of weights and the query is 1, a token's
/// attention is its weight's share; a query of −1 inverts the weights.
/// </summary>
public sealed class ReferencePolicyTests
{
    private static readonly ReferenceHeads Single = new(1, 1, 1);

    [Fact]
    public void AttentionMixesTheKeptTokensOfEachHeadsGroup()
    {
        ReferenceHeads heads = new(4, 2, 1);
        double[][] keys = [[Math.Log(1), Math.Log(3)], [Math.Log(2), Math.Log(1)], [Math.Log(5), Math.Log(4)]];
        double[][] values = [[10, 100], [20, 200], [40, 400]];

        double[] output = ReferenceAttention.Attend(heads, [1, 0, 1, -1], keys, values, [[0, 1], [0, 1, 2], [0, 2], [1]]);

        Near([(10 + (2 * 20)) / 3.0, 70 / 3.0, ((3 * 100) + (4 * 400)) / 7.0, 200], output);
    }

    [Fact]
    public void ScoresAreProductsWithTheGroupsKey()
    {
        ReferenceHeads heads = new(2, 1, 2);
        Near([(3 * 5) + (4 * 6), (3 * 7) - (4 * 8)], ReferenceAttention.Scores(heads, 1, [1, 2, 3, 4], [[5, 6], [7, -8]]));
    }

    [Fact]
    public void LargeScoresDoNotOverflow()
    {
        Near([0, 0.5, 0.5], ReferenceAttention.Softmax([-2000, 2000, 2000]));
    }

    [Fact]
    public void AttentionReceivedIsCausal()
    {
        double[] received = ReferenceAttention.Received(Single, 0, [[1], [1], [1]], Weights(4, 2, 1), 2);
        Near([(4 / 6.0) + (4 / 7.0), (2 / 6.0) + (2 / 7.0), 1 / 7.0], received);
    }

    [Fact]
    public void StreamingKeepsSinksAndAWindow()
    {
        ReferenceStreamingLlm policy = new(Single, 1, 2);
        Assert.Equal([0, 4, 5], policy.Kept(6));
        Assert.Equal([0, 1, 2], policy.Kept(3));
        Assert.Equal([0, 1], policy.Kept(2));
        Assert.Equal([4, 5], new ReferenceStreamingLlm(Single, 0, 2).Kept(6));

        ReferenceStep step = policy.Step(0, [1], Weights(1, 9, 1, 2), [[1], [5], [2], [3]]);
        Assert.Equal([0, 2, 3], step.Attended[0]);
        Assert.Equal([0, 2, 3], step.Remaining[0]);
        Near([(1 + 2 + (2 * 3)) / 4.0], step.Output);
    }

    [Fact]
    public void TopTokensAreThoseWithTheLargestScoresOfEachHead()
    {
        ReferenceHeads heads = new(2, 1, 1);
        double[][] keys = [[1], [3], [3], [2], [0]];
        Assert.Equal([[1, 2], [0, 4]], new ReferenceTopTokens(heads, 2).Kept([1, -1], keys));
        Assert.Equal([[1], [4]], new ReferenceTopTokens(heads, 1).Kept([1, -1], keys));
        Assert.Equal([[0, 1, 2], [0, 1, 2]], new ReferenceTopTokens(heads, 3).Kept([0, 0], keys));
        Assert.Equal([[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]], new ReferenceTopTokens(heads, 9).Kept([1, -1], keys));
        ReferenceStep step = new ReferenceTopTokens(heads, 2).Step(0, [1, -1], keys, [[1], [2], [4], [8], [16]]);
        Assert.Equal([[0, 1, 2, 3, 4]], step.Remaining);
        Near([3, (1 + (Math.E * 16)) / (1 + Math.E)], step.Output);
    }

    [Fact]
    public void TovaKeepsWhatTheLastQueryAttendsToOnAverage()
    {
        Assert.Equal([0, 1, 2], new ReferenceTova(Single, 3).KeptAfterPrompt([1], Weights(4, 1, 2, 1, 1)));
        Assert.Equal([1, 3, 4], new ReferenceTova(Single, 3).KeptAfterPrompt([-1], Weights(4, 1, 2, 1, 1)));

        // Shares of 8, 1, 1 and of 1, 2, 7 tenths: the average prefers the outer two.
        ReferenceHeads heads = new(2, 2, 1);
        double[][] keys = [[Math.Log(8), Math.Log(1)], [Math.Log(1), Math.Log(2)], [Math.Log(1), Math.Log(7)]];
        Assert.Equal([0, 2], new ReferenceTova(heads, 2).KeptAfterPrompt([1, 1], keys));
    }

    [Fact]
    public void TovaDropsTheLeastAttendedButNeverTheNewest()
    {
        ReferenceTova policy = new(Single, 3);
        Assert.Equal([0, 2, 3], policy.KeptAfterStep([1], Weights(4, 1, 2, 0.5)));
        Assert.Equal([0, 1, 3], policy.KeptAfterStep([1], Weights(4, 1, 1, 9)));
        Assert.Equal([0, 1, 2], policy.KeptAfterStep([1], Weights(4, 1, 2)));

        // The token that is dropped was attended to.
        ReferenceStep step = policy.Step(0, [1], Weights(4, 1, 2, 1), [[1], [10], [2], [3]]);
        Assert.Equal([0, 1, 2, 3], step.Attended[0]);
        Assert.Equal([0, 2, 3], step.Remaining[0]);
        Near([(4 + 10 + 4 + 3) / 8.0], step.Output);
    }

    [Fact]
    public void H2OKeepsWhatHasReceivedMostAndTheNewest()
    {
        ReferenceH2O policy = new(Single, 1, 1);
        double[][] keys = Weights(4, 2, 1, 1);
        Assert.Equal([[0, 3]], policy.Prefill(0, [[1], [1], [1], [1]], keys, keys));
        Near([1 + (4 / 6.0) + (4 / 7.0) + (4 / 8.0), 1 / 8.0], policy.Received(0)[0]);

        ReferenceStep first = policy.Step(0, [1], Weights(4, 1, 2), [[1], [2], [3]]);
        Assert.Equal([0, 1, 2], first.Attended[0]);
        Assert.Equal([0, 2], first.Remaining[0]);
        Near([(4 + 2 + (2 * 3)) / 7.0], first.Output);
        Near([1 + (4 / 6.0) + (4 / 7.0) + (4 / 8.0) + (4 / 7.0), 2 / 7.0], policy.Received(0)[0]);
    }

    [Fact]
    public void H2OEvictsTheEarlierOnceALaterOneHasReceivedMore()
    {
        ReferenceH2O policy = new(Single, 1, 1);
        double[][] keys = Weights(2, 1);
        Assert.Equal([[0, 1]], policy.Prefill(0, [[0], [-80]], keys, keys));
        Near([1, 1], policy.Received(0)[0]);

        // The lighter of two tokens takes all attention of a query of −80; the newest is heavy.
        ReferenceStep step = policy.Step(0, [-80], Weights(2, 1, 4), [[1], [2], [3]]);
        Assert.Equal([1, 2], step.Remaining[0]);
        Near([2], step.Output);
        Near([2, 0], policy.Received(0)[0]);
    }

    [Fact]
    public void H2OLetsTheEarlierOfEqualTokensStay()
    {
        Assert.Equal([0, 3], new ReferenceH2O(Single, 1, 1).Kept([1, 1, 1, 5]));
        Assert.Equal([1, 2, 3, 4], new ReferenceH2O(Single, 2, 2).Kept([1, 2, 3, 0, 0]));
        Assert.Equal([0, 1, 2], new ReferenceH2O(Single, 2, 1).Kept([1, 2, 3]));
        Assert.Equal([0, 2], new ReferenceH2O(Single, 2, 0).Kept([3, 1, 2]));
        Assert.Equal([1, 2], new ReferenceH2O(Single, 0, 2).Kept([3, 1, 2]));
        Assert.Equal([0], new ReferenceH2O(Single, 0, 2).Kept([3]));
    }

    [Fact]
    public void H2OAddsUpTheHeadsOfAGroupAndKeepsGroupsApart()
    {
        ReferenceHeads heads = new(4, 2, 1);
        ReferenceH2O policy = new(heads, 9, 9);
        double[][] keys = [[Math.Log(3), Math.Log(1)], [Math.Log(1), Math.Log(1)]];
        Assert.Equal([[0, 1], [0, 1]], policy.Prefill(5, [[1, 1, 1, 1], [1, -1, 0, 1]], keys, keys));
        Near([2 + 0.75 + 0.25, 0.25 + 0.75], policy.Received(5)[0]);
        Near([2 + 0.5 + 0.5, 0.5 + 0.5], policy.Received(5)[1]);
    }

    [Fact]
    public void SnapKeepsNeighbourhoodsThatTheWindowAttendsTo()
    {
        double[][] keys = Weights(1, 1, 1, 1, 1, 16, 1, 1);
        double[][] queries = [.. Enumerable.Repeat<double[]>([1], 8)];
        double vote = (1 / 22.0) + (1 / 23.0);
        double[] sums = [4, 5, 21, 21, 20, 19];

        Near([.. sums.Select(sum => sum * vote / 7)], new ReferenceSnapKv(Single, 4, 2).Importance(0, queries, keys));
        Assert.Equal([[2, 3, 6, 7]], new ReferenceSnapKv(Single, 4, 2).Kept(queries, keys));
        Assert.Equal([[2, 6, 7]], new ReferenceSnapKv(Single, 3, 2).Kept(queries, keys));
        Assert.Equal([[6, 7]], new ReferenceSnapKv(Single, 2, 2).Kept(queries, keys));
        Assert.Equal([ReferenceAttention.All(8)], new ReferenceSnapKv(Single, 8, 2).Kept(queries, keys));
        Assert.Equal([ReferenceAttention.All(8)], new ReferenceSnapKv(Single, 20, 16).Kept(queries, keys));
    }

    [Fact]
    public void SnapChoosesForEachGroup()
    {
        ReferenceHeads heads = new(4, 2, 1);
        double[][] keys = [.. Enumerable.Range(0, 12).Select(token => new double[] { token == 1 ? 9 : 0, token == 10 ? 9 : 0 })];
        double[][] queries = [.. Enumerable.Repeat<double[]>([1, 1, 1, 1], 12)];
        ReferenceSnapKv policy = new(heads, 6, 1);

        // Only four tokens are near the tenth; the others before it are as good as each other but for those at the edge.
        Assert.Equal([[0, 1, 2, 3, 4, 11], [3, 7, 8, 9, 10, 11]], policy.Kept(queries, keys));

        ReferenceStep step = policy.Step(0, [0, 0, 0, 0], [[0, 0], [0, 0]], [[0, 0], [0, 0]]);
        Assert.Equal([[0, 1], [0, 1]], step.Remaining);
        Assert.All(step.Attended, slots => Assert.Equal([0, 1], slots));
    }

    [Fact]
    public void TheBoundJudgesPagesByWhatAKeyInThemCouldScore()
    {
        ReferenceHeads heads = new(1, 1, 2);
        double[][] keys = [[0, 0], [0, 0], [1, 0], [0, -1], [1.5, 0], [1.5, 0], [-5, 0]];
        double[] query = [1, -1];

        Near([0, 2, 1.5, -5], ReferenceClusters.Bound(heads, 0, query, keys, 2));
        Near([0, 0.6 + 0.4, 1.5, -5], ReferenceClusters.Linear(heads, 0, query, keys, 2, 0.6));
        Assert.Equal([[0, 1, 2, 3, 6]], new ReferenceQuest(heads, 2, 3, 0).Kept(query, keys));
        Assert.Equal([[0, 1, 6]], new ReferenceQuest(heads, 2, 2, 0).Kept(query, keys));
        Assert.Equal([[0, 1, 6]], new ReferenceQuest(heads, 2, 0, 0).Kept(query, keys));
        Assert.Equal([ReferenceAttention.All(7)], new ReferenceQuest(heads, 2, 4, 0).Kept(query, keys));
        Assert.Equal([[0, 1, 4, 5, 6]], new ReferenceMPCache(heads, OneLevel("0.75")).Selected(query, keys));
        Assert.Equal([[0, 1, 2, 3, 6]], new ReferenceMPCache(heads, OneLevel("0.75") with { ExactBound = true }).Selected(query, keys));
    }

    [Fact]
    public void QuestLeavesTheFirstLayersWhole()
    {
        ReferenceQuest policy = new(Single, 1, 2, 1);
        double[][] keys = [[0], [1], [2], [3]];
        Assert.Equal([0, 1, 2, 3], policy.Step(0, [1], keys, keys).Attended[0]);
        Assert.Equal([0, 3], policy.Step(1, [1], keys, keys).Attended[0]);
        Assert.Equal([0, 1, 2, 3], policy.Step(1, [1], keys, keys).Remaining[0]);
        Near([3 * Math.Exp(3) / (1 + Math.Exp(3))], policy.Step(1, [1], keys, keys).Output);
    }

    [Fact]
    public void TheFirstAndTheLastClusterAreAlwaysKept()
    {
        Assert.Equal([0, 2, 4], ReferenceClusters.Keep([-1, 2, 3, 3, -1], 3));
        Assert.Equal([0, 2, 3, 4], ReferenceClusters.Keep([-1, 2, 3, 3, -1], 4));
        Assert.Equal([0, 4], ReferenceClusters.Keep([-1, 2, 3, 3, -1], 1));
        Assert.Equal([0, 1, 2, 3, 4], ReferenceClusters.Keep([-1, 2, 3, 3, -1], 5));
        Assert.Equal([0, 1], ReferenceClusters.Keep([1, 2], 1));
        Assert.Equal([0], ReferenceClusters.Keep([1], 0));
        Assert.Empty(ReferenceClusters.Keep([], 0));
        Assert.Equal([0, 2], ReferenceClusters.Keep([1, 2, 3], 2));
        Assert.Equal(3, ReferenceClusters.Count(7, 3));
        Assert.Equal(2, ReferenceClusters.Count(6, 3));
        Assert.Equal([0, 1, 2, 6], ReferenceClusters.Slots([0, 2], 3, 7));
    }

    [Theory]
    [InlineData("0.2", "0.5", new[] { 1, 2, 4 })]
    [InlineData("0.4", "0.5", new[] { 1, 2, 3 })]
    [InlineData("0.21", "0.41", new[] { 1, 2, 3 })]
    [InlineData("0.4", "0.4", new[] { 1, 3 })]
    [InlineData("0.4", "0.2", new[] { 3 })]
    [InlineData("0.2", "1", new[] { 0, 1, 2, 3, 4 })]
    public void StaticEvictionKeepsWhatTheLastQueriesAttendTo(string observed, string kept, int[] expected)
    {
        double[][] keys = Weights(2, 1, 1, 8, 1);
        ReferenceMPCacheOptions options = new() { Observed = Ratio.Parse(observed), Static = Ratio.Parse(kept) };
        ReferenceMPCache policy = new(Single, options);
        Assert.Equal(expected, policy.KeptAfterPrompt([[9], [9], [9], [1], [-1]], keys));
        Assert.Equal([expected], policy.Prefill(0, [[9], [9], [9], [1], [-1]], keys, keys));
    }

    [Fact]
    public void StaticEvictionAveragesTheHeads()
    {
        // The last of five queries: one head shares 8, 1, 1, 1, 1 twelfths, the other 1, 1, 8, 1, 1.
        ReferenceHeads heads = new(2, 2, 1);
        double[][] keys = [[Math.Log(8), 0], [0, 0], [0, Math.Log(8)], [0, 0], [0, 0]];
        double[][] queries = [.. Enumerable.Repeat<double[]>([1, 1], 5)];
        ReferenceMPCache policy = new(heads, new ReferenceMPCacheOptions { Static = Ratio.Parse("0.4") });
        Near([9 / 24.0, 2 / 24.0, 9 / 24.0, 2 / 24.0, 2 / 24.0], policy.Importance(queries, keys));
        Assert.Equal([[0, 2], [0, 2]], policy.Prefill(0, queries, keys, keys));
    }

    [Fact]
    public void SharesAreExact()
    {
        // In binary floating point the share would round up to 8.
        double[][] rows = [.. Enumerable.Repeat<double[]>([0], 100)];
        ReferenceMPCache policy = new(Single, new ReferenceMPCacheOptions { Static = Ratio.Parse("0.07") });
        Assert.Equal(ReferenceAttention.All(7), policy.KeptAfterPrompt(rows, rows));
    }

    [Theory]
    [InlineData("0.6", "0.5", new[] { 0, 4, 5, 8, 9 })]
    [InlineData("0.6", "0.41", new[] { 0, 4, 5, 8, 9 })]
    [InlineData("0.6", "0.4", new[] { 0, 4, 5, 9 })]
    [InlineData("0.6", "1", new[] { 0, 1, 4, 5, 8, 9 })]
    [InlineData("0.8", "0.5", new[] { 0, 2, 4, 5, 9 })]
    [InlineData("0.1", "0.4", new[] { 0, 1, 8, 9 })]
    [InlineData("1", "1", new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    public void TheBestFineClustersAreThoseOfTheBestCoarseOnes(string coarse, string fine, int[] expected)
    {
        // Coarse clusters of four judge 0.6·max + 0.4·min: 5.4 for the second, 5.8 for the third, 2.6 for the fourth.
        ReferenceMPCacheOptions options = OneLevel(fine) with { CoarseSize = 4, CoarseKeep = Ratio.Parse(coarse) };
        Assert.Equal(expected, new ReferenceMPCache(Single, options).SelectedClusters(0, [1], FineClusters()));
    }

    [Fact]
    public void OneLevelRanksAllClusters()
    {
        ReferenceMPCache policy = new(Single, OneLevel("0.5"));
        Assert.Equal([0, 2, 4, 5, 9], policy.SelectedClusters(0, [1], FineClusters()));
        Assert.Equal([[0, 1, 4, 5, 8, 9, 10, 11, 18]], policy.Selected([1], FineClusters()));
        Assert.Equal([[0, 1, 2, 3]], policy.Selected([1], FineClusters()[..4]));
    }

    [Fact]
    public void EachHeadSelectsByItsOwnQuery()
    {
        ReferenceHeads heads = new(2, 1, 1);
        ReferenceMPCache policy = new(heads, OneLevel("0.3"));
        double[][] keys = FineClusters();
        Assert.Equal([[0, 1, 4, 5, 18], [0, 1, 6, 7, 18]], policy.Selected([1, -1], keys));
        ReferenceStep step = policy.Step(0, [1, -1], keys, keys);
        Assert.Equal([ReferenceAttention.All(19)], step.Remaining);
        (double best, double last) = (Math.Exp(9), Math.Exp(7));
        double[] sums = [2 + (2 * best) + (1 / last), 4 + last];
        Near([((18 * best) - (7 / last)) / sums[0], -7 * last / sums[1]], step.Output);
    }

    [Fact]
    public void LayersShareASelectionAfterTheSkippedOnes()
    {
        ReferenceMPCache policy = new(Single, OneLevel("0.3") with { Share = 2, Skip = 1 });
        double[][] keys = FineClusters();
        int[] all = ReferenceAttention.All(19);
        int[] largest = [0, 1, 4, 5, 18];
        int[] smallest = [0, 1, 6, 7, 18];
        for (int step = 0; step < 2; step++)
        {
            Assert.Equal(all, policy.Step(0, [1], keys, keys).Attended[0]);
            Assert.Equal(largest, policy.Step(1, [1], keys, keys).Attended[0]);
            Assert.Equal(largest, policy.Step(2, [-1], keys, keys).Attended[0]);
            Assert.Equal(smallest, policy.Step(3, [-1], keys, keys).Attended[0]);
            Assert.Equal(smallest, policy.Step(4, [1], keys, keys).Attended[0]);
        }
    }

    [Fact]
    public void ALaggedSelectionUsesTheQueryOfTheStepBefore()
    {
        ReferenceMPCache policy = new(Single, OneLevel("0.3") with { Lagged = true, Share = 1 });
        double[][] keys = FineClusters();
        policy.Prefill(0, [[-1], [1]], keys[..2], keys[..2]);
        Assert.Equal(Enumerable.Range(0, 19), policy.Step(0, [-1], keys, keys).Attended[0]);
        Assert.Equal([0, 1, 6, 7, 18], policy.Step(0, [1], keys, keys).Attended[0]);
        Assert.Equal([0, 1, 4, 5, 18], policy.Step(0, [1], keys, keys).Attended[0]);
    }

    private static ReferenceMPCacheOptions OneLevel(string keep) =>
        new() { Static = Ratio.Parse("1"), ClusterSize = 2, Keep = Ratio.Parse(keep), CoarseSize = 0 };

    /// <summary>Nineteen keys, pairwise equal: ten clusters of two, the last one partial.</summary>
    private static double[][] FineClusters()
    {
        double[] clusters = [0, 1, 9, 0, 6, 5.5, 2, 3, 4, -7];
        return [.. Enumerable.Range(0, 19).Select(token => new[] { clusters[token / 2] })];
    }

    private static double[][] Weights(params double[] weights) => [.. weights.Select(weight => new[] { Math.Log(weight) })];

    private static void Near(IReadOnlyList<double> expected, double[] actual)
    {
        Assert.Equal(expected.Count, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.InRange(actual[i], expected[i] - 1e-12, expected[i] + 1e-12);
        }
    }
}
