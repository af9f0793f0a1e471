using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.Models.Tests.Policies;
using MPCache.Models.Tests.Tracing;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Models.Tests.Sessions;

/// <summary>A plain execution is a session that does what the authors' methods do when they are called directly.</summary>
public sealed class PlainExecutionTests
{
    private static readonly LlamaConfig Config = new(16, 24, 3, 4, 2, 32, 96);

    private static readonly TracedModel Model = new(RandomModel.Create(Config, seed: 2));

    [Fact]
    public async Task Calls_equal_the_methods_and_states_grow()
    {
        await using PlainExecution session = new();
        Assert.Null(session.Party);
        ResidentHandle weights = await session.ShareAsync(LlamaWeightsSchema.Instance, Model.Weights);
        StateHandle state = await session.CreateStateAsync(KeyValueCacheSchema.Instance, Model.CacheDimensions);
        KeyValueCache cache = Model.EmptyCache();
        Tensor prompt = TracedModel.Tokens(RandomModel.Prompt(Config, 20));
        Assert.Equal(0, state.Rows);

        Tensor expected = Llama.Prefill(Model.Weights, cache, prompt, (float)Model.Theta);
        CallResult result = await Llama.PrefillAsync(session, weights, state, Input.Of(prompt), Model.Theta);
        AssertSame(expected, result);
        Assert.Equal(20, state.Rows);
        for (int position = 20; position < 24; position++)
        {
            Tensor token = expected.Reshape(1);
            expected = Llama.Decode(Model.Weights, cache, token, position, (float)Model.Theta);
            result = await Llama.DecodeAsync(session, weights, state, Input.Of(token), position, Model.Theta);
            AssertSame(expected, result);
            Assert.Equal(position + 1, state.Rows);
        }

        Assert.Equal(5, session.Statistics.Count);
        Assert.Equal(["Prefill", "Decode"], session.Statistics.Select(s => s.Name.Split('.')[^1]).Distinct());
        Assert.All(session.Statistics, s => Assert.Equal(default, s.Measured));
        Assert.All(session.Statistics, s => Assert.True(s.Planned.Flights > 0));
    }

    [Fact]
    public async Task States_are_replaced()
    {
        await using PlainExecution session = new();
        ResidentHandle weights = await session.ShareAsync(LlamaWeightsSchema.Instance, Model.Weights);
        StateHandle state = await session.CreateStateAsync(HeavyHitterCacheSchema.Instance, Model.CacheDimensions);
        HeavyHitterCache cache = new()
        {
            Keys = Model.EmptyCache().Keys,
            Values = Model.EmptyCache().Values,
            Received = [.. Enumerable.Range(0, Config.Layers).Select(_ => Tensor.Zeros(0, Config.KeyValueHeads, 1))],
        };
        Tensor prompt = TracedModel.Tokens(RandomModel.Prompt(Config, 20));

        Tensor expected = Llama.PrefillHeavyHitters(Model.Weights, cache, prompt, 4, 3, (float)Model.Theta);
        AssertSame(expected, await Llama.PrefillHeavyHittersAsync(session, weights, state, Input.Of(prompt), 4, 3, Model.Theta));
        for (int position = 20; position < 24; position++)
        {
            // The same budget at every step: one row joins, one leaves.
            Assert.Equal(7, state.Rows);
            Tensor token = expected.Reshape(1);
            expected = Llama.DecodeHeavyHitters(Model.Weights, cache, token, position, 3, (float)Model.Theta);
            AssertSame(
                expected, await Llama.DecodeHeavyHittersAsync(session, weights, state, Input.Of(token), position, 3, Model.Theta));
        }
    }

    [Fact]
    public async Task An_observer_sees_every_expression()
    {
        Dictionary<string, List<int>> seen = [];
        await using PlainExecution session = new(program =>
        {
            List<int> sites = seen[program.Interface.Name] = [];
            return (site, _, _, _) => sites.Add(site);
        });
        ResidentHandle weights = await session.ShareAsync(LlamaWeightsSchema.Instance, Model.Weights);
        StateHandle state = await session.CreateStateAsync(KeyValueCacheSchema.Instance, Model.CacheDimensions);
        await Llama.PrefillAsync(session, weights, state, Input.Of(TracedModel.Tokens(1, 2)), Model.Theta);
        List<int> observed = Assert.Single(seen).Value;
        Assert.Contains(observed, site => Llama.PrefillProgram.Interface.Sites[site] == "ArgMax(logits)");
    }

    [Fact]
    public async Task What_does_not_fit_is_refused()
    {
        await using PlainExecution session = new();
        await using PlainExecution other = new();
        await Refused("null", () => session.ShareAsync(LlamaWeightsSchema.Instance, null));
        await Refused("layers", () => session.CreateStateAsync(KeyValueCacheSchema.Instance, new Dictionary<string, long>()));

        ResidentHandle weights = await session.ShareAsync(LlamaWeightsSchema.Instance, Model.Weights);
        StateHandle state = await session.CreateStateAsync(KeyValueCacheSchema.Instance, Model.CacheDimensions);
        StateHandle foreign = await other.CreateStateAsync(KeyValueCacheSchema.Instance, Model.CacheDimensions);
        Input prompt = Input.Of(TracedModel.Tokens(1, 2, 3));
        await Refused("session", () => Llama.PrefillAsync(session, weights, foreign, prompt, Model.Theta));
        await Refused("shape", () => Llama.PrefillAsync(session, weights, state, Input.Of(3), Model.Theta));
        await Refused("32", () => Llama.PrefillAsync(session, weights, state, Input.Of(TracedModel.Tokens(1, 32)), Model.Theta));
        await Refused("theta", () => Llama.PrefillAsync(session, weights, state, prompt, 0.5));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Llama.PrefillAsync(session, weights, state, prompt, Model.Theta, new CancellationToken(canceled: true)));

        // Nothing of that has touched the state.
        Assert.Equal(0, state.Rows);
        Assert.Empty(session.Statistics);
        await Llama.PrefillAsync(session, weights, state, prompt, Model.Theta);
        Assert.Equal(3, state.Rows);
    }

    [Fact]
    public async Task A_value_outside_of_its_asserted_range_is_told()
    {
        LlamaCheckpoint large = RandomModel.Create(Config, seed: 2);
        Array.Fill(large.AttentionNorm, 8);
        await using PlainExecution session = new();
        ResidentHandle weights = await session.ShareAsync(LlamaWeightsSchema.Instance, CheckpointWeights.From(large));
        StateHandle state = await session.CreateStateAsync(KeyValueCacheSchema.Instance, Model.CacheDimensions);
        RangeException e = await Assert.ThrowsAsync<RangeException>(
            () => Llama.PrefillAsync(session, weights, state, Input.Of(TracedModel.Tokens(1, 2, 3)), Model.Theta));
        Assert.Contains("Within", e.Message, StringComparison.Ordinal);
    }

    private static async Task Refused(string cause, Func<Task> work)
    {
        MPCacheException e = await Assert.ThrowsAnyAsync<MPCacheException>(work);
        Assert.Contains(cause, e.Message, StringComparison.Ordinal);
    }

    private static void AssertSame(Tensor expected, CallResult actual)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Outputs[0].Value.Shape.ToArray());
        Assert.Equal(expected.Values.ToArray(), actual.Outputs[0].Value.Values.ToArray());
    }
}
