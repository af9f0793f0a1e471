using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using Xunit;

namespace MPCache.Conformance.Gates;

/// <summary>Slots of shuffled rows, told to both parties.</summary>
public sealed class SlotsTests
{
    private static readonly Gen<(int Ring, int Groups, int Rows, int Count, ulong[] Numbers, ulong Seed)> Cases =
        from ring in Gen.Int[6, 64]
        from groups in Gen.Int[0, 3]
        from rows in Gen.Int[0, 30]
        from count in Gen.Int[0, rows]
        let number = Enumerable.Range(0, rows).Select(i => i < count ? (ulong)i + 1 : 0).ToArray()
        from numbers in Gen.Shuffle(number).Array[groups]
        from seed in Gen.ULong
        select (ring, groups, rows, count, numbers.SelectMany(x => x).ToArray(), seed);

    [Fact]
    public void EverySlotFindsItsRow() => Cases.Sample(c =>
    {
        Transcript transcript = Executions.Run(
            new FindSlots(c.Ring, c.Groups, c.Rows, c.Count), Inputs.Of(c.Numbers, c.Ring), c.Seed);
        ulong[] expected = [.. Enumerable.Range(0, c.Groups * c.Count).Select(i => (ulong)(i % c.Count) + 1)];
        Assert.Equal(expected, transcript.Values[1]);
        Assert.Equal(expected, transcript.Clear[1]);
        ulong[] inPlace = [.. Enumerable.Range(0, c.Groups).SelectMany(group => Enumerable.Range(1, c.Count)
            .Select(slot => (ulong)Array.IndexOf(c.Numbers[(group * c.Rows)..((group + 1) * c.Rows)], (ulong)slot)))];
        Assert.Equal(inPlace, transcript.Clear[0]);
        Contract.Expr shuffled = Shuffle.OnlineBytes(c.Numbers.Length, c.Ring);
        Contract.Expr told = Slots.OnlineBytes(c.Numbers.Length, c.Ring);
        Contract.Expr taken = Open.OnlineBytes(c.Groups * c.Count, c.Ring);
        transcript.AssertCost(3, shuffled + told + taken, told + taken, 0, Shuffle.TapeBytes(c.Numbers.Length, c.Ring));
    }, iter: 150);

    /// <summary>Which rows are numbered, and with which slots, is uniform, wherever the numbers came from.</summary>
    [Theory]
    [InlineData(new[] { 1, 2, 0, 0 })]
    [InlineData(new[] { 0, 2, 0, 1 })]
    public void WhatIsRevealedIsUniform(int[] numbers)
    {
        const int Groups = 100;
        ulong[] values = [.. Enumerable.Range(0, Groups * 4).Select(i => (ulong)numbers[i % 4])];
        List<string> seen = [];
        for (ulong seed = 0; seed < 15; seed++)
        {
            Transcript transcript = Executions.Run(new FindSlots(16, Groups, 4, 2), Inputs.Of(values, 16), seed);
            seen.AddRange(transcript.Values[0].Chunk(2).Select(rows => string.Concat(rows)));
        }

        ChiSquare.AssertUniform(seen, 12);
    }

    [Theory]
    [InlineData(new[] { 1, 3, 0, 0 }, "a row has slot 3 of 2")]
    [InlineData(new[] { 1, 2, 0, -1 }, "a row has slot 65535 of 2")]
    [InlineData(new[] { 1, 0, 2, 1 }, "two rows have slot 1 of 2")]
    [InlineData(new[] { 0, 0, 2, 0 }, "no row has slot 1 of 2")]
    public void OtherNumbersAreRefused(int[] numbers, string cause)
    {
        ulong[] values = [.. numbers.Select(x => (ulong)x & 0xFFFF)];
        MPCacheException e = Assert.Throws<MPCacheException>(
            () => Executions.Run(new FindSlots(16, 1, 4, 2), Inputs.Of(values, 16)));
        Assert.Equal(cause, e.Cause);
    }

    [Fact]
    public void OtherLengthsAreRefused() =>
        Assert.Throws<ArgumentException>(() => Slots.Take<ServerRole>(null!, new RingValue(null, new ulong[4], 4), 1, 3, 2, 16));

    [Fact]
    public void ViewsAreUniform() => Uniformity.Assert(
        new FindSlots(16, 2, 8, 8), Inputs.Of([.. Enumerable.Range(0, 16).Select(i => (ulong)(i % 8) + 1)], 16),
        Inputs.Of([.. Enumerable.Range(0, 16).Select(i => (ulong)(7 - (i % 8)) + 1)], 16));

    /// <summary>Shuffles numbers, tells them, and takes the numbers at the rows found.</summary>
    private sealed class FindSlots(int ring, int groups, int rows, int count) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            Permutation order = SecretOrder.Draw<TRole>(stage.Run, stage.Next(), groups, rows);
            RingValue held = await stage.ShuffleAsync<TRole>(stage.Masked(0), order, 1, ring);
            Slots.Put<TRole>(stage.Run, held, ring);
            await stage.FlightAsync<TRole>();
            Positions slots = Slots.Take<TRole>(stage.Run, held, groups, rows, count, ring);
            stage.PutPublic(slots.Rows, groups * count);
            RingValue share = Remask.Gather<TRole>(stage.Run, held, slots, rows, 1, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, ring), ring);
        }
    }
}
