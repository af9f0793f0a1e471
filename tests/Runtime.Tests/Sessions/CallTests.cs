using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Sessions;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Runtime.Tests.Sessions;

public class CallTests
{
    private static readonly MultiplyProgram Multiply = new();
    private static readonly CacheProgram Cached = new();

    [Fact]
    public async Task Products_agree_with_the_plain_ones_and_cost_what_the_plan_says()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        await Gen.Float[-8, 8].Array[1, 300].SelectMany(
            left => Gen.Float[-8, 8].Array[left.Length].Select(right => (left, right))).SampleAsync(
            async pair =>
            {
                (float[] left, float[] right) = pair;
                (CallResult server, CallResult client) = await MultiplyAsync(parties, left, right);
                AssertProducts(left, right, client.Outputs[0].Value);
                int n = left.Length;
                PlanTotals expected = new(3, 8 + (6 * n) + ((8 + (5 * n)) * 2), 8 + (6 * n) + 8 + (5 * n), 0, 6 * n);
                Assert.Equal(expected, server.Statistics.Planned);
                Assert.Equal(expected, server.Statistics.Measured);
                Assert.Equal(expected, client.Statistics.Measured);
            },
            iter: 30, threads: 1);
    }

    [Fact]
    public async Task Extreme_values_survive()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        float[] left = [-8, -8, 8, 8, 0, -1f / 4096, 1f / 4096];
        float[] right = [-8, 8, -8, 8, -8, -8, 8];
        (_, CallResult client) = await MultiplyAsync(parties, left, right);
        AssertProducts(left, right, client.Outputs[0].Value);
    }

    [Fact]
    public async Task A_call_of_megabytes_in_both_directions_at_once_passes()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        float[] left = [.. Enumerable.Range(0, MultiplyProgram.Max).Select(i => (i % 8) - 4f)];
        (_, CallResult client) = await MultiplyAsync(parties, left, left);
        AssertProducts(left, left, client.Outputs[0].Value);
    }

    [Fact]
    public async Task An_empty_call_has_its_flights()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        (_, CallResult client) = await MultiplyAsync(parties, [], []);
        Assert.Equal(new PlanTotals(3, 24, 16, 0, 0), client.Statistics.Measured);
        Assert.Equal([0], client.Outputs[0].Value.Shape.ToArray());
    }

    [Fact]
    public async Task An_output_is_known_where_it_is_revealed()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        (CallResult server, CallResult client) = await MultiplyAsync(parties, [1], [2]);
        Assert.True(client.Outputs[0].IsKnown);
        Assert.False(server.Outputs[0].IsKnown);
        MPCacheException e = Assert.Throws<MPCacheException>(() => server.Outputs[0].Value);
        Assert.Equal(
            "the output of Multiply is revealed to the client alone. Read it at the client, or reveal it to this party in the program.",
            e.Message);
    }

    [Fact]
    public async Task A_state_grows_over_calls_and_weights_stay()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Cached);
        (ResidentHandle Server, ResidentHandle Client) gains = await parties.ShareAsync(CacheProgram.Gains, Record(5));
        (StateHandle Server, StateHandle Client) cache = await CreateCacheAsync(parties, 5);
        List<float> rows = [];
        for (int step = 0; step < 4; step++)
        {
            float[] row = Row(step, 5);
            rows.AddRange(row);
            (CallResult server, CallResult client) = await parties.CallAsync(
                Cached, CacheCall(gains.Server, cache.Server, Input.Of(1, 5)),
                CacheCall(gains.Client, cache.Client, Input.Of(Tensor.From(row, 1, 5))));
            AssertGained(rows, client.Outputs[0].Value);
            int count = 5 * (step + 1);
            PlanTotals expected = new(3, 16 + (4 * count) + (4 * count), 8 + 30, 8 + (4 * count), 6 * count);
            Assert.Equal(expected, server.Statistics.Measured);
            Assert.Equal(expected, client.Statistics.Measured);
            Assert.Equal(step + 1, cache.Server.Rows);
            Assert.Equal(step + 1, cache.Client.Rows);
        }
    }

    [Fact]
    public async Task Calls_announced_ahead_are_made_as_announced()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Cached, Multiply);
        (ResidentHandle Server, ResidentHandle Client) gains = await parties.ShareAsync(CacheProgram.Gains, Record(3));
        (StateHandle Server, StateHandle Client) cache = await CreateCacheAsync(parties, 3);
        await parties.BothAsync(async session =>
        {
            bool server = session == parties.Server;
            for (int rows = 0; rows < 3; rows++)
            {
                await session.AnnounceAsync(Cached, new CallAnnouncement
                {
                    Dimensions = new Dictionary<string, long> { ["rows"] = rows },
                    Residents = [server ? gains.Server : gains.Client],
                    States = [server ? cache.Server : cache.Client],
                });
            }

            return true;
        });
        List<float> all = [];
        for (int step = 0; step < 5; step++)
        {
            // The last two calls were not announced and follow all the same.
            float[] row = Row(step, 3);
            all.AddRange(row);
            (_, CallResult client) = await parties.CallAsync(
                Cached, CacheCall(gains.Server, cache.Server, Input.Of(1, 3)),
                CacheCall(gains.Client, cache.Client, Input.Of(Tensor.From(row, 1, 3))));
            AssertGained(all, client.Outputs[0].Value);
            Assert.Equal(2u + (uint)step, client.Statistics.Call);
        }
    }

    [Fact]
    public async Task A_call_that_was_not_announced_must_wait_for_those_that_were()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        await parties.BothAsync(async session =>
        {
            await session.AnnounceAsync(Multiply, new CallAnnouncement { Dimensions = new Dictionary<string, long> { ["n"] = 2 } });
            return true;
        });
        MPCacheException e = await Assert.ThrowsAsync<MPCacheException>(
            () => parties.Client.CallAsync(Multiply, new CallRequest { Inputs = [Input.Of(3), Input.Of(Tensor.Zeros(3))] }));
        Assert.Equal(
            "call 0 was announced as Multiply(n = 2) and is made as Multiply(n = 3). Make announced calls as announced, in the same order.",
            e.Message);
        (_, CallResult client) = await MultiplyAsync(parties, [1, 2], [3, 4]);
        Assert.Equal([3f, 8f], client.Outputs[0].Value.Values.ToArray());
    }

    [Fact]
    public async Task The_client_sees_weights_only_under_a_pad()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Cached);
        (ResidentHandle server, ResidentHandle client) = await parties.ShareAsync(CacheProgram.Gains, Record(64));
        ResidentTensor mine = server.Store["Gain"];
        ResidentTensor theirs = client.Store["Gain"];
        Assert.Null(theirs.Weights);
        Assert.Equal(13, theirs.Scale);
        Assert.Equal([64], theirs.Shape);
        Assert.Equal(new PlanTotals(1, 8 + (64 * 8), 0, 0, 0), parties.Server.Statistics[0].Measured);
        Assert.Equal(parties.Server.Statistics[0].Measured, parties.Client.Statistics[0].Measured);
        Assert.Equal([("width", 64L)], client.Integers);

        // Uniform 64-bit words: no published word is small as a weight is, all differ, and the weights are not among them.
        Assert.Equal(64, theirs.Published!.Distinct().Count());
        Assert.DoesNotContain(theirs.Published!, word => word + 32768 < 65536);
        Assert.NotNull(mine.Weights);
    }

    [Fact]
    public async Task Weights_at_the_bounds_of_their_range_fit_16_bits()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Cached);
        (ResidentHandle server, _) = await parties.ShareAsync(
            CacheProgram.Gains,
            new CacheProgram.GainRecord(Tensor.From([-4, 4, 0, 3.99995f, -3.99995f, 1f / 8192, 0.5f / 8192, 1.5f / 8192], 8)));
        Assert.Equal<short>([-32767, 32767, 0, 32767, -32767, 1, 0, 2], server.Store["Gain"].Weights!);
    }

    [Fact]
    public async Task The_clear_execution_agrees_with_the_parties()
    {
        await using ClearExecution clear = new([Cached, Multiply]);
        CallResult product = await clear.CallAsync(
            Multiply, new CallRequest { Inputs = [Input.Of(Tensor.From([-8, 3], 2)), Input.Of(Tensor.From([8, 0.5f], 2))] });
        Assert.Equal([-64f, 1.5f], product.Outputs[0].Value.Values.ToArray());

        ResidentHandle gains = await clear.ShareAsync(CacheProgram.Gains, Record(5));
        StateHandle cache = await clear.CreateStateAsync(CacheProgram.Cache, new Dictionary<string, long> { ["width"] = 5 });
        List<float> rows = [];
        for (int step = 0; step < 3; step++)
        {
            float[] row = Row(step, 5);
            rows.AddRange(row);
            CallResult result = await clear.CallAsync(Cached, CacheCall(gains, cache, Input.Of(Tensor.From(row, 1, 5))));
            AssertGained(rows, result.Outputs[0].Value);
            Assert.Equal(result.Statistics.Planned.Tape, result.Statistics.Measured.Tape);
        }
    }

    [Fact]
    public async Task Parties_tell_each_other_public_notes_between_calls()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        Task<string?> heard = parties.Server.ListenAsync();
        await parties.Client.TellAsync("prompt 17");
        Assert.Equal("prompt 17", await heard);
        (_, CallResult client) = await MultiplyAsync(parties, [1], [1]);
        Assert.Equal(1f, client.Outputs[0].Value.Values[0]);
        heard = parties.Server.ListenAsync();
        await parties.Client.DisposeAsync();
        Assert.Null(await heard);
    }

    private static Task<(CallResult Server, CallResult Client)> MultiplyAsync(TwoParties parties, float[] left, float[] right) =>
        parties.CallAsync(
        Multiply,
        new CallRequest { Inputs = [Input.Of(Tensor.From(left, left.Length)), Input.Of(right.Length)] },
        new CallRequest { Inputs = [Input.Of(left.Length), Input.Of(Tensor.From(right, right.Length))] });

    private static void AssertProducts(float[] left, float[] right, Tensor actual)
    {
        Assert.Equal(left.Length, actual.Values.Length);
        for (int i = 0; i < left.Length; i++)
        {
            // Both factors are rounded to 2^−13, the product is truncated to 2^−12 up or down.
            double bound = (((Math.Abs(left[i]) + Math.Abs(right[i])) / 2) + 1.01) / 4096;
            Assert.InRange(actual.Values[i], ((double)left[i] * right[i]) - bound, ((double)left[i] * right[i]) + bound);
        }
    }

    private static CacheProgram.GainRecord Record(int width) =>
        new(Tensor.From([.. Enumerable.Range(0, width).Select(i => ((i % 7) - 3) * 1.25f)], width));

    private static float[] Row(int step, int width) => [.. Enumerable.Range(0, width).Select(i => (((3 * step) + i) % 9 * 0.875f) - 3.5f)];

    private static Task<(StateHandle Server, StateHandle Client)> CreateCacheAsync(TwoParties parties, int width) =>
        parties.CreateStateAsync(CacheProgram.Cache, new Dictionary<string, long> { ["width"] = width });

    private static CallRequest CacheCall(ResidentHandle gains, StateHandle cache, Input row) =>
        new() { Inputs = [row], Residents = [gains], States = [cache] };

    private static void AssertGained(List<float> rows, Tensor actual)
    {
        int width = actual.Size(1);
        Assert.Equal(rows.Count, actual.Values.Length);
        for (int i = 0; i < rows.Count; i++)
        {
            double expected = rows[i] * ((i % width % 7) - 3) * 1.25;
            Assert.InRange(actual.Values[i], expected - (1.01 / 8192), expected + (1.01 / 8192));
        }
    }
}
