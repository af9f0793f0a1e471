using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using CsCheck;
using MPCache.Ring;
using Xunit;

namespace MPCache.Runtime.Tests.Ring;

/// <summary>Sums of rows of words against loops over their indices: every number of summands, kind of factor and way to walk.</summary>
public sealed class WordSumTests
{
    private const int Words = 4096;
    private const int Middle = Words / 2;

    private static readonly Gen<ulong> Factors = Gen.OneOf(Gen.Const(1UL), Gen.Const(ulong.MaxValue), Gen.ULong);

    private static readonly Gen<Steps> AnySteps =
        from along in Gen.Int[-3, 3]
        from down in Gen.Int[-60, 60]
        from over in Gen.Int[-150, 150]
        select new Steps(along, down, over);

    private static readonly Gen<Case> Cases =
        from blocks in Gen.Int[1, 3]
        from rows in Gen.Int[1, 4]
        from length in Gen.OneOf(Gen.Int[1, 9], Gen.Int[1, 70])
        from ring in Gen.Int[1, 64]
        from constant in Gen.ULong
        from apart in Gen.Int[1, 2]
        from alike in Gen.Int[0, 3]
        from summands in Gen.Select(Factors, AnySteps).Array[0, WordSum.MaximumSummands]
        from number in Gen.Select(Gen.Bool, Gen.ULong, AnySteps)
        from inPlace in Gen.Bool
        from seed in Gen.Int
        select new Case(
            blocks, rows, length, ring, constant, apart,
            [
                .. summands.Select(s => new Summand(s.Item1, alike > 0 ? s.Item2 with { Along = alike } : s.Item2))
                    .OrderBy(s => RingKernels.KindOf(s.Factor)),
            ],
            number.Item1 ? new Summand(number.Item2, number.Item3) : null, inPlace && summands.Length > 0, seed);

    [Fact]
    public void Sums_are_what_loops_over_their_indices_compute() => Cases.Sample(Check, iter: 3000);

    [Fact]
    public void Factors_in_any_order_are_right()
    {
        ulong[] x = [.. Enumerable.Range(0, 40).Select(i => (ulong)i * 0x9E3779B97F4A7C15)];
        foreach (ulong a in (ulong[])[1, ulong.MaxValue, 5])
        {
            foreach (ulong b in (ulong[])[1, ulong.MaxValue, 5])
            {
                ulong[] z = new ulong[19];
                WordSum sum = new() { Blocks = 1, Rows = 1, Length = 19, Mask = ulong.MaxValue, Z = Rows(z, 0, new(1, 0, 0)) };
                sum.Next(a) = Rows(x, 0, new(1, 0, 0));
                sum.Next(b) = Rows(x, 20, new(1, 0, 0));
                RingKernels.Combine(sum);
                Assert.Equal(z.Select((_, i) => (a * x[i]) + (b * x[20 + i])), z);
            }
        }
    }

    private static void Check(Case c)
    {
        Random random = new(c.Seed);
        ulong[][] words = [.. c.Summands.Select(_ => Random(random))];
        ulong[] numbers = Random(random);
        ulong[] z = Random(random);
        Steps target = new(c.Apart, (c.Length * c.Apart) + 1, c.Rows * ((c.Length * c.Apart) + 1));
        Steps[] steps = [.. c.Summands.Select(s => s.Steps)];
        if (c.InPlace)
        {
            (words[0], steps[0]) = (z, target);
        }

        ulong[] expected = [.. z];
        foreach ((int block, int row, int i) in Indices(c))
        {
            ulong sum = c.Constant + (c.Number is { } n ? n.Factor * numbers[Middle + n.Steps.At(block, row, 0)] : 0);
            for (int s = 0; s < words.Length; s++)
            {
                sum += c.Summands[s].Factor * words[s][(c.InPlace && s == 0 ? 0 : Middle) + steps[s].At(block, row, i)];
            }

            expected[target.At(block, row, i)] = sum & RingWord.Mask(c.Ring);
        }

        WordSum kernel = new()
        {
            Blocks = c.Blocks, Rows = c.Rows, Length = c.Length, Constant = c.Constant, Mask = RingWord.Mask(c.Ring), InPlace = c.InPlace,
            Z = Rows(z, 0, target),
        };
        if (c.Number is { } number)
        {
            kernel.Number = Rows(numbers, Middle, number.Steps);
            kernel.NumberFactor = number.Factor;
        }

        for (int s = 0; s < words.Length; s++)
        {
            kernel.Next(c.Summands[s].Factor) = Rows(words[s], c.InPlace && s == 0 ? 0 : Middle, steps[s]);
        }

        RingKernels.Combine(kernel);
        Assert.Equal(expected, z);
    }

    private static WordRows Rows(ulong[] words, int first, Steps steps) =>
        new() { First = ref words[first], Along = steps.Along, Down = steps.Down, Over = steps.Over };

    private static IEnumerable<(int Block, int Row, int Index)> Indices(Case c) =>
        from block in Enumerable.Range(0, c.Blocks)
        from row in Enumerable.Range(0, c.Rows)
        from i in Enumerable.Range(0, c.Length)
        select (block, row, i);

    private static ulong[] Random(Random random)
    {
        ulong[] words = new ulong[Words];
        random.NextBytes(MemoryMarshal.AsBytes(words.AsSpan()));
        return words;
    }

    private sealed record Steps(int Along, int Down, int Over)
    {
        public int At(int block, int row, int i) => (block * Over) + (row * Down) + (i * Along);
    }

    private sealed record Summand(ulong Factor, Steps Steps);

    private sealed record Case(
        int Blocks, int Rows, int Length, int Ring, ulong Constant, int Apart, Summand[] Summands, Summand? Number, bool InPlace, int Seed);
}
