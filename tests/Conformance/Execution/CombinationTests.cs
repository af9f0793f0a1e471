using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Execution;

/// <summary>Linear combinations along strides, on masked values, on shares and on both together, against loops over the values.</summary>
public sealed class CombinationTests
{
    private const int Elements = 8192;

    /// <summary>Sizes whose rows are short, long, one, none, and longer than what is summed at a time.</summary>
    private static readonly int[][] Shapes = [[], [5], [3, 4], [2, 3, 17], [1, 40], [7, 1], [2, 1, 3, 2], [1100], [0, 3], [2, 2, 2, 2, 2, 2]];

    private static readonly Gen<Case> Cases =
        from shape in Gen.OneOf(Shapes)
        from ring in Gen.Int[2, 64]
        from plus in Gen.OneOf(Gen.Const(0L), Gen.Long)
        from terms in Gen.Select(
            Gen.Int[0, 1], Gen.OneOf(Gen.Const(1L), Gen.Const(-1L), Gen.Long), Gen.Int[0, 30], Gen.Int[0, 7].Array[shape.Length],
            (value, factor, start, strides) => new Term(value, factor, start, strides)).Array[1, 4]
        from rowMajor in Gen.Bool
        from x in Samples.Any(ring).Array[Elements]
        from y in Samples.Any(ring).Array[Elements]
        from seed in Gen.ULong
        select new Case(shape, ring, plus, rowMajor ? [.. terms.Select(t => t with { Strides = RowMajor(shape) })] : terms, x, y, seed);

    [Fact]
    public void CombinationsMeanWhatTheySay() => Cases.Sample(c =>
    {
        Transcript transcript = Executions.Run(new Combinations(c), Inputs.Of(c.X, c.Ring).And(c.Y, c.Ring), c.Seed);
        transcript.AssertCost(0, 0, 0);
        ulong mask = RingWord.Mask(c.Ring);
        ulong[] sum =
        [
            .. Indices(c.Shape).Select(index => mask & c.Terms.Aggregate(
                (ulong)c.Plus, (z, t) => z + ((ulong)t.Factor * (t.Value == 0 ? c.X : c.Y)[t.Start + Dot(index, t.Strides)]))),
        ];
        ulong[] inside = [.. c.X];
        foreach ((int[] index, ulong word) in Indices(c.Shape).Zip(sum))
        {
            inside[3 + (2 * Dot(index, RowMajor(c.Shape)))] = word;
        }

        ulong[][] expected = [sum, inside, sum, sum, sum];
        Assert.Equal(expected, transcript.Values);
        Assert.Equal(expected, transcript.Clear);
    }, iter: 60);

    [Fact]
    public void AxesBeyondTheMostAreRefused() =>
        Assert.Throws<ArgumentException>(() => new Summand(default, 1, 0, new int[Summand.MaximumAxes + 1]));

    [Theory]
    [InlineData(0, new[] { 4, 1 })]
    [InlineData(1, new[] { 3, 1 })]
    [InlineData(-1, new[] { 1, 1 })]
    [InlineData(9, new[] { -4, -1 })]
    public void WalksThatLeaveTheirValueAreRefused(int start, int[] strides) =>
        Assert.Throws<ArgumentException>(() => Executions.Run(new Walk(start, strides), Inputs.Of(Samples.Constant(1, 9), 8)));

    private static int[] RowMajor(int[] shape) => [.. shape.Select((_, i) => shape[(i + 1)..].Aggregate(1, (p, s) => p * s))];

    private static int Dot(int[] index, int[] strides) => index.Zip(strides, (i, s) => i * s).Sum();

    private static IEnumerable<int[]> Indices(int[] shape) => Enumerable.Range(0, shape.Aggregate(1, (p, s) => p * s))
        .Select(i => shape.Zip(RowMajor(shape), (size, stride) => i / stride % size).ToArray());

    private sealed record Term(int Value, long Factor, int Start, int[] Strides);

    private sealed record Case(int[] Shape, int Ring, long Plus, Term[] Terms, ulong[] X, ulong[] Y, ulong Seed);

    private sealed class Combinations(Case c) : GateProgram
    {
        public override ValueTask RunAsync<TRole>(Stage stage)
        {
            Run run = stage.Run;
            RingValue x = stage.Masked(0);
            RingValue y = stage.Masked(1);
            RingValue shareOfX = Local.ToAdditive<TRole>(run, x, c.Ring);
            RingValue shareOfY = Local.ToAdditive<TRole>(run, y, c.Ring);
            stage.PutMasked(Local.Combine<TRole>(run, c.Ring, c.Shape, Summands(x, y), c.Plus), c.Ring);
            RingValue inside = Local.Copy(run, x);
            int[] strides = [.. RowMajor(c.Shape).Select(s => 2 * s)];
            Local.CombineInto<TRole>(run, inside, 3, strides, c.Ring, c.Shape, Summands(x, y), c.Plus);
            stage.PutMasked(inside, c.Ring);
            stage.PutAdditive(Local.Combine<TRole>(run, c.Ring, c.Shape, Summands(shareOfX, shareOfY), c.Plus), c.Ring);
            stage.PutAdditive(Local.Combine<TRole>(run, c.Ring, c.Shape, Summands(x, y, true, true), c.Plus), c.Ring);
            // At the dealer shares are nothing, and a masked summand among them is nothing either.
            stage.PutAdditive(Local.Combine<TRole>(run, c.Ring, c.Shape, Summands(x, shareOfY, true), c.Plus), c.Ring);
            return ValueTask.CompletedTask;
        }

        private Summand[] Summands(RingValue x, RingValue y, bool sharesOfX = false, bool sharesOfY = false) =>
        [
            .. c.Terms.Select(t => t.Value == 0
                ? new Summand(x, t.Factor, t.Start, t.Strides, sharesOfX)
                : new Summand(y, t.Factor, t.Start, t.Strides, sharesOfY)),
        ];
    }

    private sealed class Walk(int start, int[] strides) : GateProgram
    {
        public override ValueTask RunAsync<TRole>(Stage stage)
        {
            Local.Combine<TRole>(stage.Run, 8, [3, 3], [new Summand(stage.Masked(0), 1, start, strides)]);
            return ValueTask.CompletedTask;
        }
    }
}
