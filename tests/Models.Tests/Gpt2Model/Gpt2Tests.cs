using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Models.Policies;
using MPCache.Models.Tests.Reference;
using MPCache.Models.Tests.Reference.Policies;
using MPCache.Models.Transformers;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Models.Tests.Gpt2Model;

/// <summary>
/// GPT-2 in plain equals the reference; between two parties it agrees with plain expression by expression, at planned flights and bytes.
/// </summary>
public sealed class Gpt2Tests
{
    /// <summary>
    /// In units of an expression's largest value: summaries of clusters have 8 fraction bits, and a similarity is a sum over them.
    /// </summary>
    private const double Tolerance = 1.0 / 128;

    /// <summary>What single precision leaves of values up to 20 after three layers.</summary>
    private const double PlainError = 2e-4;

    private const int Steps = 4;
    private const int Rows = 70;

    private static readonly CachePolicy Selecting = CachePolicy.Read("mpcache static=1 cluster=4 share=2 skip=1 keep=0.4");

    private static readonly ReferenceMPCacheOptions SelectingOptions = new()
    {
        Static = Ratio.Parse("1"), ClusterSize = 4, CoarseSize = 8, Keep = Ratio.Parse("0.4"), Share = 2, Skip = 1,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Prompt_and_steps_in_plain_are_the_references(int seed)
    {
        Gpt2Weights weights = SmallGpt2.Weights(seed);
        ReferenceGpt2 reference = new(weights);
        KeyValueCache cache = SmallGpt2.EmptyCache();
        int[] prompt = SmallGpt2.Prompt(11);

        double[] logits = Read(reference, prompt);
        Gpt2.PrefillPart(weights, cache, SmallGpt2.Tokens(prompt[..6]));
        Tensor next = Gpt2.Prefill(weights, cache, SmallGpt2.Tokens(prompt[6..]));
        AssertNear(reference, cache);
        for (int step = 0; step < Steps; step++)
        {
            int token = ReferenceLlama.ArgMax(logits);
            Assert.Equal(token, (int)next.Values[0]);
            logits = reference.Forward(token);
            next = Gpt2.Decode(weights, cache, SmallGpt2.Tokens(token), prompt.Length + step);
            AssertNear(reference, cache);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Steps_that_select_in_plain_are_the_references(int seed)
    {
        Gpt2Weights weights = SmallGpt2.Weights(seed);
        ReferenceHeads heads = ReferenceHeads.Of(SmallGpt2.Config);
        ReferenceGpt2 reference = new(weights, new ReferenceMPCache(heads, SelectingOptions));
        KeyValueCache cache = SmallGpt2.EmptyCache();
        int[] prompt = SmallGpt2.Prompt(Rows);

        double[] logits = Read(reference, prompt);
        Gpt2.Prefill(weights, cache, SmallGpt2.Tokens(prompt));
        (ClusterAnchors fine, CoarseAnchors coarse) = (new() { Anchors = Empty() }, new() { Anchors = Empty() });
        Llama.SummarizeLinear(cache, fine, SmallGpt2.Config.Layers, 4, Rows / 4, 0.6f);
        Llama.SummarizeCoarseLinear(cache, coarse, SmallGpt2.Config.Layers, 8, Rows / 8, 0.6f);
        int token = ReferenceLlama.ArgMax(logits);
        IReadOnlyDictionary<string, long> sizes = StepSizes();
        logits = reference.Forward(token, selects: true);
        Tensor next = Gpt2.DecodeHierarchical(
            weights, cache, coarse, fine, SmallGpt2.Tokens(token), Rows, 4, (int)sizes["keptCoarse"], (int)sizes["kept"],
            (int)sizes["skipped"], (int)sizes["pairs"], (int)sizes["singles"]);

        Assert.Equal((1, 1, 0), (sizes["skipped"], sizes["pairs"], sizes["singles"]));
        Assert.True(sizes["kept"] < Rows / 4);
        AssertNear(reference, cache);
        Assert.Equal(ReferenceLlama.ArgMax(logits), (int)next.Values[0]);

        static Tensor[] Empty() =>
            [.. Enumerable.Range(0, SmallGpt2.Config.Layers).Select(
                _ => Tensor.Zeros(0, SmallGpt2.Config.Heads, SmallGpt2.Config.HeadSize))];
    }

    [Fact]
    public async Task Two_parties_agree_with_plain_expression_by_expression()
    {
        Gpt2Weights weights = SmallGpt2.Weights(1);
        await using TraceSession session = await TraceSession.StartAsync(
            [
                Gpt2.PrefillPartProgram, Gpt2.PrefillProgram, Gpt2.DecodeProgram, Gpt2.DecodeHierarchicalProgram,
                Llama.SummarizeLinearProgram, Llama.SummarizeCoarseLinearProgram,
            ],
            Tolerance);
        ResidentHandle handle = await session.ShareAsync(Gpt2WeightsSchema.Instance, weights);
        StateHandle cache = await session.CreateStateAsync(KeyValueCacheSchema.Instance, SmallGpt2.CacheDimensions);
        StateHandle fine = await session.CreateStateAsync(ClusterAnchorsSchema.Instance, SmallGpt2.CacheDimensions);
        StateHandle coarse = await session.CreateStateAsync(CoarseAnchorsSchema.Instance, SmallGpt2.CacheDimensions);
        int[] prompt = SmallGpt2.Prompt(Rows);

        await Gpt2.PrefillPartAsync(session, handle, cache, Input.Of(SmallGpt2.Tokens(prompt[..30])));
        CallResult first = await Gpt2.PrefillAsync(session, handle, cache, Input.Of(SmallGpt2.Tokens(prompt[30..(Rows - 1)])));
        CallResult second = await Gpt2.DecodeAsync(session, handle, cache, Input.Of(first.Outputs[0].Value.Reshape(1)), Rows - 1);
        await Llama.SummarizeLinearAsync(session, cache, fine, SmallGpt2.Config.Layers, 4, Rows / 4, 0.6);
        await Llama.SummarizeCoarseLinearAsync(session, cache, coarse, SmallGpt2.Config.Layers, 8, Rows / 8, 0.6);
        IReadOnlyDictionary<string, long> sizes = StepSizes();
        await Gpt2.DecodeHierarchicalAsync(
            session, handle, cache, coarse, fine, Input.Of(second.Outputs[0].Value.Reshape(1)), Rows, 4, (int)sizes["keptCoarse"],
            (int)sizes["kept"], (int)sizes["skipped"], (int)sizes["pairs"], (int)sizes["singles"]);

        Assert.Equal(6, session.Comparisons.Count);
        Assert.All(session.Comparisons.SkipLast(1), c => Assert.Null(c.FirstDivergence));

        // Similarities agree, with what the calls before left in the cache and in the clusters' anchors; behind them, rounded to sixteenths, near
        // ties may be ordered otherwise.
        TraceComparison selecting = session.Comparisons[^1];
        Assert.All(
            selecting.Rows.TakeWhile(r => !r.Expression.EndsWith(".Rounded(4)", StringComparison.Ordinal)),
            r => Assert.InRange(r.PlainToClear + r.ClearToTwoParty, 0, 4 * Tolerance * Math.Max(1, r.Largest)));
        Assert.Contains(selecting.Rows, r => r.Expression.EndsWith(".Rounded(4)", StringComparison.Ordinal));
        TraceComparison step = session.Comparisons[2];
        Assert.Contains(step.Rows, r => r.Expression.StartsWith("ArgMax(", StringComparison.Ordinal) && r.PlainToClear == 0);
        Assert.Contains(step.Rows, r => r.ClearToTwoParty > 0);
        Assert.All(session.Statistics, s => Assert.Equal(s.Planned, s.Measured));
        Assert.Equal(1 + 6, session.Statistics.Count);
    }

    private static IReadOnlyDictionary<string, long> StepSizes() =>
        Selecting.Schedule(SmallGpt2.Config, new GenerationLengths(Rows, 2))[^1].Sizes;

    private static double[] Read(ReferenceGpt2 reference, int[] prompt)
    {
        double[] logits = [];
        foreach (int token in prompt)
        {
            logits = reference.Forward(token);
        }

        return logits;
    }

    private static void AssertNear(ReferenceGpt2 reference, KeyValueCache cache)
    {
        for (int layer = 0; layer < SmallGpt2.Config.Layers; layer++)
        {
            AssertNear(reference.Keys[layer], cache.Keys[layer]);
            AssertNear(reference.Values[layer], cache.Values[layer]);
        }
    }

    private static void AssertNear(List<double[]> expected, Tensor actual)
    {
        Assert.Equal(expected.Count, actual.Size(0));
        Assert.All(
            expected.SelectMany(row => row).Zip(actual.Values.ToArray()),
            pair => Assert.InRange(pair.Second - pair.First, -PlainError, PlainError));
    }
}
