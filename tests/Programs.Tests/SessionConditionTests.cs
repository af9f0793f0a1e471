using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Programs.Tests;

/// <summary>Conditions of the session, for every outcome.</summary>
public class SessionConditionTests
{
    [Fact]
    public async Task Branches_in_loops_and_loops_in_branches()
    {
        await using Trial trial = await Trial.StartAsync(SessionConditions.ApplyProgram);
        Draw draw = new(1);
        foreach ((int rows, int n, int limit) in new[] { (1, 1, 0), (3, 5, 2), (3, 5, 5), (8, 3, 4), (5, 2, 5), (0, 4, 1), (16, 32, 3) })
        {
            Tensor x = draw.Within(-1, 1, rows, n);
            Tensor y = draw.Within(-1, 1, n);
            (Tensor sum, Tensor product, Tensor last) = SessionConditions.Apply(x, y, limit);
            await trial.AgreeAsync([(sum, Party.Client, 1e-3), (product, Party.Client, 1e-2), (last, Party.Server, 1e-3)],
                side => SessionConditions.ApplyAsync(side.Session, side.Client(x), side.Server(y), limit));
        }
    }

    [Fact]
    public async Task A_branch_asserts_and_checks_for_itself_alone()
    {
        await using Trial trial = await Trial.StartAsync(SessionConditions.GuardedProgram);
        Draw draw = new(2);
        foreach ((int rows, int n, int m) in new[] { (2, 4, 4), (2, 5, 3), (3, 4, 4), (3, 8, 1), (0, 5, 1) })
        {
            float bound = n <= 4 ? 1 : 200;
            Tensor x = draw.Within(-bound, bound, rows, n);
            Tensor z = draw.Within(-1, 1, m);
            (Tensor narrow, Tensor wide, Tensor halves) = SessionConditions.Guarded(x, z);
            await trial.AgreeAsync([(narrow, Party.Client, 1e-3), (wide, Party.Client, 2e-2), (halves, Party.Client, 1e-2)],
                side => SessionConditions.GuardedAsync(side.Session, side.Client(x), side.Client(z)));
        }

        Tensor wrong = draw.Within(-1, 1, 2, 4);
        Assert.All(
            await trial.FailAsync(side => SessionConditions.GuardedAsync(side.Session, side.Client(wrong), side.Client(draw.Within(-1, 1, 3)))),
            e => Assert.Contains("needs them equal", e.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, 2, 4, "p - 1 is -1, but x[p - 1 + i] needs at least 0")]
    [InlineData(4, 2, 2, "p + 1 is 5, but x[p - 1 + i] needs at most n, which is 4")]
    [InlineData(1, 1, 2, "q - 2 is -1, but squares[q - 2] needs at least 0")]
    [InlineData(1, 6, 7, "q - 1 is 5, but squares[q - 2] needs at most n, which is 4")]
    [InlineData(1, 3, 2, "length - q is -1, but squares.Slice(0, p, length - q) needs at least 0")]
    [InlineData(2, 2, 5, "length + p - q is 5, but squares.Slice(0, p, length - q) needs at most n, which is 4")]
    public async Task Parts_that_are_not_there_are_refused_before_anything_is_sent(int p, int q, int length, string message)
    {
        await using Trial trial = await Trial.StartAsync(Places.UnguardedProgram, Places.GuardedProgram);
        Tensor x = new Draw(5).Within(-1, 1, 4, 2);
        Assert.All(
            await trial.FailAsync(side => Places.UnguardedAsync(side.Session, side.Client(x), p, q, length)),
            e => Assert.Equal(
                $"MPCache.Programs.Tests.Programs.Places.Unguarded: {message}. "
                + "Give sizes for which it is so, or let an 'if' on the sizes keep the others from it.", e.Message));

        // Nothing was sent: the sessions go on, with a branch around what is not there too.
        (Tensor stacked, Tensor row, Tensor slice) = Places.Unguarded(x, 2, 3, 5);
        await trial.AgreeAsync([(stacked, Party.Client, 1e-3), (row, Party.Client, 1e-3), (slice, Party.Client, 1e-3)],
            side => Places.UnguardedAsync(side.Session, side.Client(x), 2, 3, 5));
        (stacked, row, slice) = Places.Guarded(x, p, q, length);
        await trial.AgreeAsync([(stacked, Party.Client, 1e-3), (row, Party.Client, 1e-3), (slice, Party.Client, 1e-3)],
            side => Places.GuardedAsync(side.Session, side.Client(x), p, q, length));
    }

    [Theory]
    [InlineData(3, 2, 1, "layer + 1 is 4, but window.Layers[layer] needs at most layers, which is 3")]
    [InlineData(2, 6, 1, "best is 6, but TopK(x, best) needs at most n, which is 5")]
    [InlineData(2, 5, 0, "copies is 0, but Tensor.Stack(copies, i => x * x) needs at least 1")]
    public async Task Numbers_of_what_is_not_there_are_refused_before_anything_is_sent(int layer, int best, int copies, string message)
    {
        await using Trial trial = await Trial.StartAsync(Numbered.UnguardedProgram, Numbered.GuardedProgram);
        await trial.CreateStateAsync(WindowSchema.Instance, ("layers", 3), ("dim", 2));
        await using PlainExecution plain = new();
        Side inPlain = new(plain);
        inPlain.States.Add(await plain.CreateStateAsync(WindowSchema.Instance, new Dictionary<string, long> { ["layers"] = 3, ["dim"] = 2 }));
        Tensor x = new Draw(6).Distinct(-1, 0.25, 5);
        Task<CallResult> Call(Side side) => Numbered.UnguardedAsync(side.Session, side.States[0], side.Client(x), layer, best, copies);
        Assert.All(
            [.. await trial.FailAsync(Call), await Assert.ThrowsAsync<MPCacheException>(() => Call(inPlain))],
            e => Assert.Equal(
                $"MPCache.Programs.Tests.Programs.Numbered.Unguarded: {message}. "
                + "Give sizes for which it is so, or let an 'if' on the sizes keep the others from it.", e.Message));
        Assert.ThrowsAny<Exception>(() => Numbered.Unguarded(Empty(), x, layer, best, copies));

        // Nothing was sent: the sessions go on.
        (Tensor sums, Tensor kept, Tensor stacked) = Numbered.Unguarded(Empty(), x, 2, 5, 1);
        await trial.AgreeAsync([(sums, Party.Client, 1e-3), (kept, Party.Client, 1e-3), (stacked, Party.Client, 1e-3)],
            side => Numbered.UnguardedAsync(side.Session, side.States[0], side.Client(x), 2, 5, 1));
        foreach (int count in new[] { 0, 2 })
        {
            await trial.AgreeAsync(
                Numbered.Guarded(x, count), 1e-3, side => Numbered.GuardedAsync(side.Session, side.Client(x), count));
        }

        static Window Empty() => new()
        {
            Rows = Tensor.Zeros(0, 2), Layers = [Tensor.Zeros(0, 2), Tensor.Zeros(0, 2), Tensor.Zeros(0, 2)],
        };
    }

    [Fact]
    public void Nothing_is_checked_that_a_condition_answers() =>
        Assert.DoesNotContain(Places.GuardedProgram.Interface.Plan.Nodes.OfType<IfNode>().SelectMany(i => i.Then), n => n is CheckNode);

    [Theory]
    [InlineData(Network.Lan)]
    [InlineData(Network.Wan)]
    public async Task A_cache_is_attended_to_as_a_whole_while_it_is_short(Network network)
    {
        const int Dim = 4;
        const int Whole = 10;
        const int Kept = 2;
        await using Trial trial = await Trial.StartAsync(network, Dispatch.AttendProgram);
        await trial.CreateStateAsync(HistorySchema.Instance, ("dim", Dim));
        History history = new() { Keys = Tensor.Zeros(0, Dim), Values = Tensor.Zeros(0, Dim) };
        Draw draw = new(3);
        PlanTotals[] costs = new PlanTotals[14];
        for (int i = 0; i < costs.Length; i++)
        {
            Tensor query = draw.Within(-2, 2, 1, Dim);
            Tensor key = draw.Within(-2, 2, 1, Dim);
            Tensor value = draw.Within(-2, 2, 1, Dim);
            Tensor plain = Dispatch.Attend(history, query, key, value, Whole, Kept);
            costs[i] = await trial.AgreeAsync(plain, 2e-2, side => Dispatch.AttendAsync(
                side.Session, side.States[0], side.Client(query), side.Client(key), side.Client(value), Whole, Kept));
        }

        // A selection takes more flights than it saves as long as there are few tokens to leave out.
        Assert.True(costs[Whole].Flights > costs.Take(Whole).Max(c => c.Flights));
    }

    [Fact]
    public async Task A_state_that_leaves_a_branch_goes_on_by_itself()
    {
        await using Trial trial = await Trial.StartAsync(Dispatch.RecallProgram);
        await trial.CreateStateAsync(HistorySchema.Instance, ("dim", 3));
        History history = new() { Keys = Tensor.Zeros(0, 3), Values = Tensor.Zeros(0, 3) };
        Draw draw = new(4);
        foreach (int whole in new[] { 0, 8, 1, 2 })
        {
            Tensor row = draw.Within(-4, 4, 1, 3);
            (Tensor before, Tensor after) = Dispatch.Recall(history, row, whole);
            await trial.AgreeAsync([(before, Party.Client, 1e-3), (after, Party.Client, 1e-3)],
                side => Dispatch.RecallAsync(side.Session, side.States[0], side.Client(row), whole));
        }
    }
}
