using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Gates;

/// <summary>Secret orders, rows in them and back, and values that one party holds.</summary>
public sealed class ShuffleTests
{
    private static readonly Gen<Case> Cases =
        from ring in Gen.Int[1, 64]
        from rowSize in Gen.Int[1, 4]
        from groups in Gen.Int[0, 3]
        from rows in Gen.Int[0, 20]
        from values in Samples.Any(ring).Array[groups * rows * rowSize]
        from seed in Gen.ULong
        select new Case(ring, rowSize, groups, rows, values, seed);

    private static readonly Gen<(int Ring, int Cut, ulong[] Values, ulong Seed, Party To)> Openings =
        from ring in Gen.Int[1, 64]
        from cut in Gen.Int[0, ring - 1]
        from values in Samples.Any(ring).Array[0, 30]
        from seed in Gen.ULong
        from to in Gen.Enum<Party>()
        select (ring, cut, values, seed, to);

    /// <summary>Row numbers shuffled by the same order say where each row of the value must be.</summary>
    [Fact]
    public void RowsMoveTogetherAndComeBack() => Cases.Sample(c =>
    {
        ulong[] numbers = Numbers(c.Groups, c.Rows);
        Transcript transcript = Executions.Run(
            new ThereAndBack(c.Ring, c.RowSize, c.Groups, c.Rows), Inputs.Of(c.Values, c.Ring).And(numbers, 32), c.Seed);
        int[] order = [.. transcript.Values[1].Select(x => (int)x)];
        Assert.All(
            order.Chunk(Math.Max(c.Rows, 1)), rows => Assert.Equal(Enumerable.Range(0, rows.Length), rows.OrderBy(row => row)));
        ulong[] expected = [.. order.SelectMany(
            (row, i) => c.Values.Skip(((i / c.Rows * c.Rows) + row) * c.RowSize).Take(c.RowSize))];
        Assert.Equal(expected, transcript.Values[0]);
        Assert.Equal(expected, transcript.Values[2]);

        // In the clear the order is the identity.
        Assert.Equal(numbers, transcript.Clear[1]);
        Assert.Equal(c.Values, transcript.Clear[0]);
        Assert.Equal(c.Values, transcript.Clear[2]);
        foreach (int output in (int[])[3, 4, 5])
        {
            Assert.Equal(c.Values, transcript.Values[output]);
            Assert.Equal(c.Values, transcript.Clear[output]);
        }

        int count = c.Values.Length;
        Contract.Expr one = Shuffle.OnlineBytes(count, c.Ring);
        Assert.Equal(one, Tell.OnlineBytes(count, c.Ring));
        Contract.Expr numbered = Shuffle.OnlineBytes(numbers.Length, 32);

        // Forward, numbers, tell by the client, back, tell by the server, forward from the server, back from the client.
        transcript.AssertCost(
            7, (3 * one) + numbered, 3 * one, 0,
            (4 * Shuffle.TapeBytes(count, c.Ring)) + Shuffle.TapeBytes(numbers.Length, 32));
    }, iter: 150);

    [Fact]
    public void OrdersAreUniform()
    {
        const int Groups = 200;
        List<string> orders = [];
        List<string> neighbours = [];
        for (ulong seed = 0; seed < 25; seed++)
        {
            string[] drawn = [.. Orders(Groups, 4, seed)];
            orders.AddRange(drawn);
            neighbours.AddRange(drawn.Chunk(2).Select(pair => pair[0] + pair[1]));
        }

        ChiSquare.AssertUniform(orders, 24);

        // Groups, and parties, do not share their randomness: two orders next to each other are independent.
        List<string> firsts = [.. neighbours.Select(pair => $"{pair[0]}{pair[4]}")];
        ChiSquare.AssertUniform(firsts, 16);
        List<string> calls = [.. Enumerable.Range(0, 1500).Select(seed => Orders(1, 3, (ulong)seed).Single())];
        ChiSquare.AssertUniform(calls, 6);
    }

    /// <summary>Each row of many goes to each place equally often.</summary>
    [Fact]
    public void LongOrdersAreUniform()
    {
        List<string> places = [];
        for (ulong seed = 0; seed < 20; seed++)
        {
            ulong[] drawn = Executions.Run(new Draw(50, 70), Inputs.Of(Numbers(50, 70), 16), seed).Values[0];
            places.AddRange(drawn.Select((row, i) => $"{row} at {i % 70}"));
        }

        ChiSquare.AssertUniform(places, 4900);
    }

    [Fact]
    public void AHeldValueIsOpenedToOneParty() => Openings.Sample(c =>
    {
        Transcript transcript = Executions.Run(new ToOne(c.Ring, c.Cut, c.To), Inputs.Of(c.Values, c.Ring), c.Seed);
        ulong mask = RingWord.Mask(c.Ring - c.Cut);
        foreach (int output in (int[])[0, 1])
        {
            Assert.Equal([.. c.Values.Select(x => x >> c.Cut)], transcript.Clear[output]);
            Assert.All(c.Values.Zip(transcript.Values[output]), pair =>
                Assert.InRange((pair.Second - (pair.First >> c.Cut)) & mask, 0UL, c.Cut > 0 ? 1UL : 0));
        }

        Contract.Expr opened = OpenTo.OnlineBytes(c.Values.Length, c.Ring, c.Cut);
        Contract.Expr told = Tell.OnlineBytes(c.Values.Length, c.Ring - c.Cut);
        (Contract.Expr server, Contract.Expr client) = c.To == Party.Client ? (opened, told) : (told, opened);
        transcript.AssertCost(2, server, client, 0, Product.TapeBytes(c.Values.Length, c.Ring));
    }, iter: 150);

    [Fact]
    public void OtherRowsAreRefused() =>
        Assert.Throws<ArgumentException>(() => Executions.Run(new Draw(2, 3), Inputs.Of([1, 2, 3, 4, 5], 16)));

    [Fact]
    public void OnlyWhoKnowsTheValueMovesFirst()
    {
        Assert.Throws<ArgumentException>(() => Executions.Run(new Wrong(false), Inputs.Of([1, 2, 3], 16)));
        Assert.Throws<ArgumentException>(() => Executions.Run(new Wrong(true), Inputs.Of([1, 2, 3], 16)));
    }

    [Fact]
    public void ViewsAreUniform()
    {
        ThereAndBack program = new(32, 2, 2, 4);
        Uniformity.Assert(
            program, Inputs.Of(Samples.Constant(0, 16), 32).And(Numbers(2, 4), 32),
            Inputs.Of([.. Enumerable.Range(0, 16).Select(i => (ulong)i << 27)], 32).And(Samples.Constant(0, 8), 32));
        foreach (Party to in Enum.GetValues<Party>())
        {
            Uniformity.Assert(
                new ToOne(32, 8, to), Inputs.Of(Samples.Constant(0, 8), 32), Inputs.Of(Samples.Constant(0x7F00_00FF, 8), 32));
        }
    }

    private static ulong[] Numbers(int groups, int rows) => [.. Enumerable.Range(0, groups * rows).Select(i => (ulong)(i % rows))];

    private static IEnumerable<string> Orders(int groups, int rows, ulong seed) =>
        Executions.Run(new Draw(groups, rows), Inputs.Of(Numbers(groups, rows), 16), seed).Values[0]
            .Chunk(rows).Select(order => string.Concat(order));

    private sealed record Case(int Ring, int RowSize, int Groups, int Rows, ulong[] Values, ulong Seed);

    private sealed class Draw(int groups, int rows) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            Permutation order = SecretOrder.Draw<TRole>(stage.Run, stage.Next(), groups, rows);
            Assert.Equal(TRole.IsServer || TRole.IsDealer, order.First is not null);
            Assert.Equal(TRole.IsClient || TRole.IsDealer, order.Second is not null);
            stage.PutHeld(await stage.ShuffleAsync<TRole>(stage.Masked(0), order, 1, 16), 16, Party.Client);
        }
    }

    private sealed class ThereAndBack(int ring, int rowSize, int groups, int rows) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            Permutation order = SecretOrder.Draw<TRole>(stage.Run, stage.Next(), groups, rows);
            RingValue x = stage.Masked(0);
            RingValue there = await stage.ShuffleAsync<TRole>(x, order, rowSize, ring);
            stage.PutHeld(there, ring, Party.Client);
            stage.PutHeld(await stage.ShuffleAsync<TRole>(stage.Masked(1), order, 1, 32), 32, Party.Client);
            RingValue told = await stage.TellAsync<TRole>(there, ring, Party.Client);
            stage.PutMasked(told, ring);

            // Back from a masked value and forth from what the server then holds, and back from what the client then holds.
            RingValue back = await stage.ShuffleAsync<TRole>(told, order, rowSize, ring, inverse: true);
            stage.PutHeld(back, ring, Party.Server);
            stage.PutMasked(await stage.TellAsync<TRole>(back, ring, Party.Server), ring);
            there = await stage.ShuffleAsync<TRole>(back, order, rowSize, ring);
            stage.PutHeld(await stage.ShuffleAsync<TRole>(there, order, rowSize, ring, inverse: true), ring, Party.Server);
        }
    }

    /// <summary>A product by one, whose shares the opening truncates.</summary>
    private sealed class ToOne(int ring, int cut, Party to) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue x = stage.Masked(0);
            RingValue one = Local.FromPublic<TRole>(stage.Run, Samples.Constant(1, x.Count), ring);
            RingValue share = Product.Multiply<TRole>(stage.Run, stage.Next(), x, one, ring);
            RingValue held = await stage.OpenToAsync<TRole>(share, ring, cut, to);
            stage.PutHeld(held, ring - cut, to);
            stage.PutMasked(await stage.TellAsync<TRole>(held, ring - cut, to), ring - cut);
        }
    }

    /// <summary>A party moves, or tells, what the other holds.</summary>
    private sealed class Wrong(bool tells) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue share = Local.ToAdditive<TRole>(stage.Run, stage.Masked(0), 16);
            RingValue held = await stage.OpenToAsync<TRole>(share, 16, 0, Party.Client);
            if (tells)
            {
                await stage.TellAsync<TRole>(held, 16, Party.Server);
            }
            else
            {
                Permutation order = SecretOrder.Draw<TRole>(stage.Run, stage.Next(), 1, 3);
                await stage.ShuffleAsync<TRole>(held, order, 1, 16);
            }
        }
    }
}
