using System;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Programs.Tests;

/// <summary>Iterations of Tensor.Stack run together: what one of them takes in flights, all of them take.</summary>
public class StackTests
{
    [Theory]
    [InlineData(Network.Lan)]
    [InlineData(Network.Wan)]
    public async Task Heads_take_the_flights_of_one(Network network)
    {
        await using Trial trial = await Trial.StartAsync(network, Stacks.HeadsProgram, Stacks.HeadProgram);
        Draw draw = new(1);
        foreach ((int heads, int tokens, int dim) in new[] { (1, 1, 1), (3, 4, 2), (8, 5, 4) })
        {
            Tensor queries = draw.Within(-2, 2, tokens, heads * dim);
            Tensor keys = draw.Within(-2, 2, tokens, dim);
            Tensor values = draw.Within(-2, 2, heads, tokens, dim);
            PlanTotals all = await trial.AgreeAsync(Stacks.Heads(queries, keys, values), 1e-2, side => Stacks.HeadsAsync(
                side.Session, side.Client(queries), side.Server(keys), side.Server(values)));
            Tensor query = queries.Slice(1, 0, dim);
            PlanTotals one = await trial.AgreeAsync(Stacks.Head(query, keys, values[0]), 1e-2, side => Stacks.HeadAsync(
                side.Session, side.Client(query), side.Server(keys), side.Server(values[0])));
            Assert.Equal(one.Flights, all.Flights);
        }
    }

    [Fact]
    public async Task Groups_of_heads_take_the_flights_of_one_head()
    {
        await using Trial trial = await Trial.StartAsync(Stacks.GroupsProgram, Stacks.SharedProgram, Stacks.HeadProgram);
        Draw draw = new(4);
        foreach ((int groups, int heads, int tokens, int dim) in new[] { (1, 2, 3, 2), (3, 2, 4, 4), (2, 4, 5, 3) })
        {
            Tensor queries = draw.Within(-2, 2, groups * heads, tokens, dim);
            Tensor keys = draw.Within(-2, 2, groups, tokens, dim);
            Tensor values = draw.Within(-2, 2, groups, tokens, dim);
            PlanTotals all = await trial.AgreeAsync(Stacks.Groups(queries, keys, values), 1e-2, side => Stacks.GroupsAsync(
                side.Session, side.Client(queries), side.Server(keys), side.Server(values)));
            PlanTotals shared = await trial.AgreeAsync(Stacks.Shared(queries, keys, values), 1e-2, side => Stacks.SharedAsync(
                side.Session, side.Client(queries), side.Server(keys), side.Server(values)));
            Assert.Equal(all, shared);
            PlanTotals one = await trial.AgreeAsync(Stacks.Head(queries[0], keys[0], values[0]), 1e-2, side => Stacks.HeadAsync(
                side.Session, side.Client(queries[0]), side.Server(keys[0]), side.Server(values[0])));
            Assert.Equal(one.Flights, all.Flights);
        }
    }

    [Fact]
    public async Task Groups_need_not_be_full()
    {
        const int Dim = 4;
        await using Trial trial = await Trial.StartAsync(Stacks.UnevenProgram);
        Draw draw = new(6);
        StackWeights weights = Weights(draw, 4, Dim, 3);
        await trial.ShareAsync(StackWeightsSchema.Instance, weights);
        foreach ((int heads, int groups, int size, int first) in new[] { (4, 2, 2, 0), (5, 3, 2, 0), (7, 4, 3, 1), (2, 1, 5, 0), (3, 4, 1, 1) })
        {
            Tensor queries = draw.Within(-2, 2, heads, 3, Dim);
            Tensor keys = draw.Within(-2, 2, 3, groups * Dim);
            Tensor values = draw.Distinct(-2, 0.25, groups, 12).Reshape(groups, 3, Dim);
            (Tensor attended, Tensor mixed) = Stacks.Uneven(weights, queries, keys, values, size, first);
            await trial.AgreeAsync([(attended, Party.Client, 1e-2), (mixed, Party.Client, 1e-2)], side => Stacks.UnevenAsync(
                side.Session, side.Weights[0], side.Client(queries), side.Server(keys), side.Server(values), size, first));
        }

        // The last two heads would read behind the last group.
        Tensor wrong = Tensor.Zeros(7, 3, Dim);
        Task<CallResult> Call(Side side) => Stacks.UnevenAsync(
            side.Session, side.Weights[0], side.Client(wrong), side.Server(Tensor.Zeros(3, 3 * Dim)), side.Server(Tensor.Zeros(3, 3, Dim)), 2, 0);
        Assert.All(await trial.FailAsync(Call), e => Assert.Contains(
            "ceildiv(heads, size) + first is 4, but values[first + head / size] needs at most groups, which is 3", e.Message,
            StringComparison.Ordinal));
        Assert.All(
            await trial.FailAsync(side => Stacks.UnevenAsync(
                side.Session, side.Weights[0], side.Client(wrong), side.Server(Tensor.Zeros(3, 3 * Dim)), side.Server(Tensor.Zeros(3, 3, Dim)),
                0, 0)),
            e => Assert.Contains("size is 0, but values[first + head / size] needs at least 1", e.Message, StringComparison.Ordinal));
        Assert.Throws<ShapeException>(
            () => Stacks.Uneven(weights, wrong, Tensor.Zeros(3, 3 * Dim), Tensor.Zeros(3, 3, Dim), 2, 0));
    }

    [Fact]
    public async Task Parts_stand_in_strides()
    {
        await using Trial trial = await Trial.StartAsync(Stacks.StridesProgram);
        Draw draw = new(7);
        StackWeights weights = Weights(draw, 8, 6, 3);
        await trial.ShareAsync(StackWeightsSchema.Instance, weights);
        foreach ((int rows, int count, int step, int first) in new[] { (2, 1, 1, 0), (8, 2, 3, 4), (7, 4, 2, 0), (6, 2, 4, 1), (5, 3, 1, 2) })
        {
            Tensor x = draw.Within(-2, 2, rows, 6);
            (Tensor even, Tensor odd, Tensor wide, Tensor turned) = Stacks.Strides(weights, x, count, step, first);
            await trial.AgreeAsync(
                [(even, Party.Client, 1e-3), (odd, Party.Client, 1e-3), (wide, Party.Client, 1e-3), (turned, Party.Client, 1e-3)],
                side => Stacks.StridesAsync(side.Session, side.Weights[0], side.Client(x), count, step, first));
        }

        Tensor few = Tensor.Zeros(5, 6);
        foreach ((int step, int first, string message) in new[]
        {
            (3, 0, "count*step + first - step + 1 is 7, but x[first + i * step] needs at most rows, which is 5"),
            (2, 1, "count*step + first - step + 1 is 6, but x[first + i * step] needs at most rows, which is 5"),
            (0, 0, "step is 0, but x[first + i * step] needs at least 1"),
        })
        {
            Assert.All(
                await trial.FailAsync(side => Stacks.StridesAsync(side.Session, side.Weights[0], side.Client(few), 3, step, first)),
                e => Assert.Contains(message, e.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Experts_multiply_where_the_server_has_their_weights()
    {
        const int Experts = 4;
        const int Dim = 5;
        const int Hidden = 6;
        await using Trial trial = await Trial.StartAsync(Stacks.ExpertsProgram, Stacks.OneExpertProgram);
        Draw draw = new(2);
        StackWeights weights = Weights(draw, Experts, Dim, Hidden);
        await trial.ShareAsync(StackWeightsSchema.Instance, weights);
        foreach ((int rows, int count) in new[] { (1, 1), (3, 3), (2, 2) })
        {
            Tensor x = draw.Within(-2, 2, rows, Dim);
            Tensor shares = draw.Within(0, 1, rows, Experts);
            (Tensor all, Tensor mixed, Tensor tied) = Stacks.Experts(weights, x, shares, count);
            PlanTotals together = await trial.AgreeAsync(
                [(all, Party.Client, 2e-2), (mixed, Party.Client, 5e-2), (tied, Party.Client, 2e-2)],
                side => Stacks.ExpertsAsync(side.Session, side.Weights[0], side.Client(x), side.Client(shares), count));
            (Tensor first, Tensor second, Tensor third) = Stacks.OneExpert(weights, x, shares);
            PlanTotals single = await trial.AgreeAsync(
                [(first, Party.Client, 2e-2), (second, Party.Client, 5e-2), (third, Party.Client, 2e-2)],
                side => Stacks.OneExpertAsync(side.Session, side.Weights[0], side.Client(x), side.Client(shares)));
            Assert.Equal(single.Flights, together.Flights);
        }
    }

    [Fact]
    public async Task Each_layer_has_experts_of_its_own()
    {
        const int Dim = 4;
        await using Trial trial = await Trial.StartAsync(Stacks.LayersProgram);
        Draw draw = new(5);
        StackWeights weights = Weights(draw, 6, Dim, 3);
        await trial.ShareAsync(StackWeightsSchema.Instance, weights);
        long flights = 0;
        foreach ((int layers, int experts) in new[] { (2, 1), (2, 3), (3, 2), (0, 2) })
        {
            Tensor x = draw.Within(-2, 2, 2, Dim);
            PlanTotals cost = await trial.AgreeAsync(Stacks.Layers(weights, x, layers, experts), 1e-2, side => Stacks.LayersAsync(
                side.Session, side.Weights[0], side.Client(x), layers, experts));
            flights = experts == 1 ? cost.Flights : flights;
            Assert.True(layers != 2 || cost.Flights == flights);
        }
    }

    [Fact]
    public async Task Iterations_may_hold_whatever_is_the_same_in_all_of_them()
    {
        const int Dim = 4;
        await using Trial trial = await Trial.StartAsync(Stacks.EverythingProgram);
        Draw draw = new(3);
        StackWeights weights = Weights(draw, 2, Dim, 3);
        await trial.ShareAsync(StackWeightsSchema.Instance, weights);
        foreach ((int heads, int tokens, int steps) in new[] { (1, 2, 0), (3, 4, 3), (2, 5, 2) })
        {
            Tensor x = draw.Within(-1, 1, heads, tokens, Dim);
            Tensor y = draw.Within(-1, 1, Dim, Dim);
            (Tensor nested, Tensor looped, Tensor selected, Tensor moved) = Stacks.Everything(weights, x, y, steps);
            await trial.AgreeAsync(
                [
                    (nested, Party.Client, 1e-2), (looped, Party.Server, 1e-2), (selected, Party.Client, 1e-2), (moved, Party.Client, 1e-2),
                ],
                side => Stacks.EverythingAsync(side.Session, side.Weights[0], side.Client(x), side.Server(y), steps));
        }
    }

    private static StackWeights Weights(Draw draw, int experts, int dim, int hidden) => new()
    {
        Up = draw.Within(-1, 1, experts, hidden, dim),
        Down = draw.Within(-1, 1, experts, dim, hidden),
        Bias = draw.Within(-1, 1, experts, hidden),
        Gain = draw.Within(-2, 2, experts, dim),
        Shared = draw.Within(-1, 1, dim, dim),
    };
}
