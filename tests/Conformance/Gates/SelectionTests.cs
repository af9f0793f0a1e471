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

/// <summary>A selection from its key to the use of what was selected, and back to where it came from.</summary>
public sealed class SelectionTests
{
    private const int KeyRing = 16;
    private const int Ring = 32;
    private const int Cut = 8;

    private static readonly Gen<Case> Cases =
        from groups in Gen.Int[1, 3]
        from rows in Gen.OneOf(Gen.Int[0, 30], Gen.OneOf(64, 65, 90))
        from keep in Gen.Int[0, rows]
        from rowSize in Gen.Int[1, 3]
        from spread in Gen.OneOf(0L, 2L, 1000L)
        from keys in Samples.Within(-spread, spread, KeyRing).Array[groups * rows]
        from values in Samples.Within(-4000, 4000, Ring).Array[groups * rows * rowSize]
        from factors in Samples.Within(-4000, 4000, Ring).Array[groups * keep * rowSize]
        from seed in Gen.ULong
        select new Case(groups, rows, keep, rowSize, keys, values, factors, seed);

    [Fact]
    public void WhatWasSelectedIsUsedAndPutBack() => Cases.Sample(c =>
    {
        Transcript transcript = Executions.Run(
            new SelectAndPutBack(c.Groups, c.Rows, c.Keep, c.RowSize),
            Inputs.Of(c.Keys, KeyRing).And(c.Values, Ring).And(c.Factors, Ring), c.Seed);
        foreach (ulong[][] outputs in (ulong[][][])[transcript.Values, transcript.Clear])
        {
            AssertSelected(c, outputs, tolerance: outputs == transcript.Clear ? 0 : 1);
        }
    }, iter: 150);

    [Fact]
    public void ViewsAreUniform() => Uniformity.Assert(
        new SelectAndPutBack(1, 16, 5, 2),
        Inputs.Of(Samples.Constant(0, 16), KeyRing).And(Samples.Constant(0, 32), Ring).And(Samples.Constant(0, 10), Ring),
        Inputs.Of([.. Enumerable.Range(0, 16).Select(i => (ulong)(i * 99))], KeyRing)
            .And(Samples.Constant(0x7FFF_FFFF, 32), Ring).And(Samples.Constant(0x1234_5678, 10), Ring));

    /// <summary>
    /// The scattered rows are the selected ones in their former places, each times the factor of its slot; all others are zero. Slots come
    /// in the secret order, so which factor met which row is read off the rows that were gathered.
    /// </summary>
    private static void AssertSelected(Case c, ulong[][] outputs, long tolerance)
    {
        long[] keys = Samples.Signed(c.Keys, KeyRing);
        long[] values = Samples.Signed(c.Values, Ring);
        long[] factors = Samples.Signed(c.Factors, Ring);
        long[] scattered = Samples.Signed(outputs[0], Ring - Cut);
        for (int group = 0; group < c.Groups; group++)
        {
            // Each slot says by its number which row it is.
            int[] rows = [.. outputs[1].Skip(group * c.Keep).Take(c.Keep).Select(row => (int)row)];
            Assert.Equal(c.Keep, rows.Distinct().Count());
            IEnumerable<long> sorted = keys.Skip(group * c.Rows).Take(c.Rows).OrderDescending().Take(c.Keep);
            if (outputs[2][0] == 0)
            {
                Assert.Equal(sorted, rows.Select(row => keys[(group * c.Rows) + row]).OrderDescending());
            }

            for (int row = 0; row < c.Rows; row++)
            {
                int slot = Array.IndexOf(rows, row);
                for (int i = 0; i < c.RowSize; i++)
                {
                    int at = (((group * c.Rows) + row) * c.RowSize) + i;
                    long expected = slot < 0 ? 0 : values[at] * factors[(((group * c.Keep) + slot) * c.RowSize) + i] >> Cut;
                    Assert.InRange(scattered[at] - expected, 0, slot < 0 ? 0 : tolerance);
                }
            }
        }
    }

    private sealed record Case(
        int Groups, int Rows, int Keep, int RowSize, ulong[] Keys, ulong[] Values, ulong[] Factors, ulong Seed);

    /// <summary>
    /// Key, values and row numbers in one secret order; the order of the key is revealed; values and numbers are taken at the largest rows
    /// and masked anew; values are multiplied, put back among zeros, and return to where they were.
    /// </summary>
    private sealed class SelectAndPutBack(int groups, int rows, int keep, int rowSize) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            Run run = stage.Run;
            Permutation order = SecretOrder.Draw<TRole>(run, stage.Next(), groups, rows);
            RingValue key = await stage.ShuffleAsync<TRole>(stage.Masked(0), order, 1, KeyRing);
            key = await stage.TellAsync<TRole>(key, KeyRing, Party.Client);
            RingValue values = await stage.ShuffleAsync<TRole>(stage.Masked(1), order, rowSize, Ring);
            RingValue numbers = Local.FromPublic<TRole>(
                run, [.. Enumerable.Range(0, groups * rows).Select(i => (ulong)(i % rows))], KeyRing);
            numbers = await stage.ShuffleAsync<TRole>(numbers, order, 1, KeyRing);

            (Positions kept, int uncompared) = await stage.LargestAsync<TRole>(key, groups, rows, keep, KeyRing);
            RingValue taken = Remask.Gather<TRole>(run, values, kept, rows, rowSize, Ring);
            taken = await stage.OpenAsync<TRole>(taken, Ring);
            RingValue which = Remask.Gather<TRole>(run, numbers, kept, rows, 1, KeyRing);
            which = await stage.OpenAsync<TRole>(which, KeyRing);

            RingValue product = Product.Multiply<TRole>(run, stage.Next(), taken, stage.Masked(2), Ring);
            product = await stage.OpenAsync<TRole>(product, Ring, Cut);
            RingValue scattered = Remask.Scatter<TRole>(run, product, kept, rows, rowSize, Ring - Cut);
            RingValue held = await stage.OpenToAsync<TRole>(scattered, Ring - Cut, 0, Party.Client);
            held = await stage.ShuffleAsync<TRole>(held, order, rowSize, Ring - Cut, inverse: true);
            stage.PutMasked(await stage.TellAsync<TRole>(held, Ring - Cut, Party.Server), Ring - Cut);
            stage.PutMasked(which, KeyRing);
            stage.PutPublic(kept.Rows is null ? null : [uncompared], 1);
        }
    }
}
