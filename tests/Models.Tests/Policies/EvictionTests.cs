using System;
using System.Linq;
using CsCheck;
using MPCache.Models.Attention;
using MPCache.Models.Tests.Reference;
using MPCache.Models.Tests.Reference.Policies;
using Xunit;
using static MPCache.Functions;

namespace MPCache.Models.Tests.Policies;

/// <summary>What leaves the cache for good is what the references let go, after the prompt and step by step.</summary>
public sealed class EvictionTests
{
    private const int Iterations = 150;

    [Fact]
    public void Static_eviction_looks_once() =>
        (from c in AttentionCase.Any
         from observed in Gen.Int[1, 10]
         from kept in Gen.Int[1, 10]
         from reach in Gen.Int[0, 3]
         from window in Gen.Int[0, Math.Min(3, Tenths(kept).CeilOf(c.Tokens))]
         select (c, Tenths(observed), Tenths(kept), reach, window)).Sample((c, observed, kept, reach, window) =>
        {
            ReferenceMPCache reference = new(
                c.Heads, new ReferenceMPCacheOptions { Static = kept, Observed = observed, Pool = (2 * reach) + 1, Window = window });
            double[] importance = reference.Importance(c.Queries, c.Keys);
            int count = kept.CeilOf(c.Tokens) - window;
            Tensor seen = StaticEviction.Pool(
                StaticEviction.Importance(Probabilities(c, c.Tokens), observed.CeilOf(c.Tokens), window), reach);
            AttentionAssert.Near(importance, seen);
            if (AttentionCase.IsDecided(importance, count, exact: false))
            {
                Selection stays = StaticEviction.Choose(seen, count);
                int[] expected = reference.KeptAfterPrompt(c.Queries, c.Keys);
                Assert.Equal(expected[..count], AttentionAssert.Chosen(stays));
                AttentionAssert.Near(
                    expected.SelectMany(token => c.Keys[token]), StaticEviction.Keep(c.Key(0, c.Tokens), stays, window), 0);
            }
        }, iter: Iterations);

    [Fact]
    public void Equally_important_tokens_stay_from_the_first() =>
        (from c in AttentionCase.Any where c.Numbers == AttentionNumbers.OneKey from kept in Gen.Int[1, c.Tokens] select (c, kept)).Sample(
        (c, kept) =>
        {
            // One query judges, to which all keys are equal; so it is for TOVA.
            int[] first = [.. Enumerable.Range(0, kept)];
            Tensor probabilities = Probabilities(c, c.Tokens);
            Assert.Equal(first, AttentionAssert.Chosen(StaticEviction.Choose(StaticEviction.Importance(probabilities, 1, 0), kept)));
            Assert.Equal(first, AttentionAssert.Chosen(TopK(Tova.Newest(probabilities), kept)));
            Assert.Equal(first, new ReferenceTova(c.Heads, kept).KeptAfterPrompt(c.Queries[^1], c.Keys));
        }, iter: Iterations);

    [Fact]
    public void Snap_keeps_what_its_window_sees() =>
        (from c in AttentionCase.Any
         where c.Tokens > 1
         from window in Gen.Int[1, c.Tokens - 1]
         from kept in Gen.Int[0, c.Tokens - window]
         select (c, window, kept)).Sample((c, window, kept) =>
        {
            ReferenceSnapKv reference = new(c.Heads, kept + window, window);
            double[][] importance = Groups(c, group => reference.Importance(group, c.Queries, c.Keys));
            Tensor seen = SnapKv.Importance(Probabilities(c, c.Tokens), window);
            AttentionAssert.Near(importance.SelectMany(group => group), seen);
            if (importance.All(group => AttentionCase.IsDecided(group, kept, exact: false)))
            {
                int[][] expected = reference.Kept(c.Queries, c.Keys);
                Selection stays = TopK(seen, kept);
                Assert.Equal(expected.Select(group => group[..^window]), AttentionAssert.Chosen(stays, c.Heads.Groups));
                ReferenceCache cache = Cache(c, c.Tokens);
                cache.Keep(expected);
                AttentionAssert.Near(cache.Keys.SelectMany(row => row), SnapKv.Keep(c.Key(0, c.Tokens), stays, window), 0);
                AttentionAssert.Near(cache.Values.SelectMany(row => row), SnapKv.Keep(c.Value(0, c.Tokens), stays, window), 0);
            }
        }, iter: Iterations);

    [Fact]
    public void Heavy_hitters_stay_after_the_prompt_and_over_steps()
    {
        int steps = 0;
        (from c in AttentionCase.Any
         from prompt in Gen.Int[1, c.Tokens]
         from chunk in Gen.Int[1, prompt]
         from budget in Gen.Int[1, prompt]
         from recent in Gen.Int[1, budget]
         select (c, prompt, chunk, budget - recent, recent)).Sample((c, prompt, chunk, heavy, recent) =>
        {
            ReferenceH2O reference = new(c.Heads, heavy, recent);
            ReferenceCache expected = Cache(c, prompt);
            expected.Keep(reference.Prefill(0, c.Queries[..prompt], expected.Keys, expected.Values));
            Tensor received = Tensor.Zeros(0, c.Heads.Groups, 1);
            for (int read = 0; read < prompt; read += chunk)
            {
                int rows = Math.Min(chunk, prompt - read);
                Tensor attention = FullAttention.Probabilities(c.Query(read, rows), c.Key(0, read + rows));
                received = HeavyHitters.Received(received, attention);
            }

            Tensor keys = c.Key(0, prompt);
            Tensor values = c.Value(0, prompt);
            for (int token = prompt; Evict() && token < Math.Min(c.Tokens, prompt + 5); token++)
            {
                expected.Add(c.Keys[token], c.Values[token], token);
                ReferenceStep step = reference.Step(0, c.Queries[token], expected.Keys, expected.Values);
                expected.Keep(step.Remaining);

                keys = Concat(0, keys, c.Key(token, 1));
                values = Concat(0, values, c.Value(token, 1));
                Tensor probabilities = FullAttention.Probabilities(c.Query(token, 1), keys);
                AttentionAssert.Near(step.Output, FullAttention.Mix(probabilities, values));
                received = HeavyHitters.Received(received, probabilities);
                steps++;
            }

            // What single precision does not decide ends the case.
            bool Evict()
            {
                int candidates = received.Size(0) - recent;
                double[] sums = [.. received.Values.ToArray().Select(x => (double)x)];
                if (!Groups(c, group => [.. Enumerable.Range(0, candidates).Select(i => sums[(i * c.Heads.Groups) + group])])
                    .All(group => AttentionCase.IsDecided(group, heavy, exact: false)))
                {
                    return false;
                }

                Selection stays = HeavyHitters.Choose(received, heavy, recent);
                keys = SnapKv.Keep(keys, stays, recent);
                values = SnapKv.Keep(values, stays, recent);
                received = SnapKv.Keep(received, stays, recent);
                AttentionAssert.Near(expected.Keys.SelectMany(row => row), keys, 0);
                AttentionAssert.Near(expected.Values.SelectMany(row => row), values, 0);
                double[][] expectedSums = reference.Received(0);
                AttentionAssert.Near(
                    Enumerable.Range(0, heavy + recent).SelectMany(i => expectedSums.Select(group => group[i])), received, tolerance: 5e-5);
                return true;
            }
        }, iter: 2 * Iterations);
        Assert.True(steps > Iterations);
    }

    [Fact]
    public void The_least_attended_token_leaves_after_the_prompt_and_at_every_step()
    {
        int steps = 0;
        (from c in AttentionCase.Any
         from prompt in Gen.Int[1, c.Tokens]
         from budget in Gen.Int[1, prompt]
         select (c, prompt, budget)).Sample((c, prompt, budget) =>
        {
            ReferenceTova reference = new(c.Heads, budget);
            ReferenceCache expected = Cache(c, prompt);
            Tensor newest = Tova.Newest(Probabilities(c, prompt));
            if (!IsDecided(newest, prompt, budget))
            {
                return;
            }

            expected.Keep(reference.Prefill(0, c.Queries[..prompt], expected.Keys, expected.Values));
            Selection stays = TopK(newest, budget);
            Tensor keys = Gather(c.Key(0, prompt), stays);
            Tensor values = Gather(c.Value(0, prompt), stays);
            AttentionAssert.Near(expected.Keys.SelectMany(row => row), keys, 0);
            for (int token = prompt; token < Math.Min(c.Tokens, prompt + 5); token++)
            {
                expected.Add(c.Keys[token], c.Values[token], token);
                ReferenceStep step = reference.Step(0, c.Queries[token], expected.Keys, expected.Values);
                expected.Keep(step.Remaining);

                Tensor probabilities = FullAttention.Probabilities(c.Query(token, 1), Concat(0, keys, c.Key(token, 1)));
                AttentionAssert.Near(step.Output, FullAttention.Mix(probabilities, Concat(0, values, c.Value(token, 1))));
                newest = Tova.Newest(probabilities);
                if (!IsDecided(newest, budget, budget - 1))
                {
                    return;
                }

                stays = TopK(newest.Slice(0, 0, budget), budget - 1);
                Assert.Equal(step.Remaining[0][..^1], AttentionAssert.Chosen(stays));
                keys = Concat(0, Gather(keys, stays), c.Key(token, 1));
                values = Concat(0, Gather(values, stays), c.Value(token, 1));
                AttentionAssert.Near(expected.Keys.SelectMany(row => row), keys, 0);
                AttentionAssert.Near(expected.Values.SelectMany(row => row), values, 0);
                steps++;
            }
        }, iter: 2 * Iterations);
        Assert.True(steps > Iterations);
    }

    private static bool IsDecided(Tensor scores, int candidates, int count) =>
        AttentionCase.IsDecided([.. scores.Values[..candidates].ToArray().Select(x => (double)x)], count, exact: false);

    private static Tensor Probabilities(AttentionCase c, int rows) => FullAttention.Probabilities(c.Query(0, rows), c.Key(0, rows));

    private static ReferenceCache Cache(AttentionCase c, int tokens)
    {
        ReferenceCache cache = new(c.Heads);
        for (int token = 0; token < tokens; token++)
        {
            cache.Add(c.Keys[token], c.Values[token], token);
        }

        return cache;
    }

    private static double[][] Groups(AttentionCase c, Func<int, double[]> group) =>
        [.. Enumerable.Range(0, c.Heads.Groups).Select(group)];

    private static Ratio Tenths(int tenths) => Ratio.Parse(tenths == 10 ? "1" : $"0.{tenths}");
}
