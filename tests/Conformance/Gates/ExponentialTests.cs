using System;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class ExponentialTests
{
    /// <summary>Fraction bits of the result at the widest low digit.</summary>
    private const int ScaleBits = 32;

    /// <summary>The low digit covers four units, as programs use it, or less.</summary>
    private static readonly Gen<(ExponentialShape Shape, int Extra, int Low, ulong[] Values, ulong Seed)> Cases =
        from fraction in Gen.Int[2, 16]
        from units in Gen.Int[0, 2]
        from high in Gen.Int[1, 8]
        from offset in Gen.OneOf(Gen.Const(0), Gen.Int[0, 8 << fraction])
        let shape = new ExponentialShape(fraction, fraction + units, high, offset, 19, 13)
        from extra in Gen.Int[0, 3]
        from low in Gen.Int[0, ScaleBits - 1]
        from values in Samples.Within(-offset, ((1L << shape.LowBits) * ((1L << high) - 1)) - 1 - offset, shape.Ring).Array[0, 30]
        from seed in Gen.ULong
        select (shape, extra, low, values, seed);

    [Fact]
    public void TheErrorIsBelowItsBound() => Cases.Sample(c =>
    {
        int ring = Ring(c.Shape) + c.Extra;
        Transcript transcript = Executions.Run(new Exp(c.Shape, ring, c.Low, 0), Inputs.Of(c.Values, c.Shape.Ring), c.Seed);
        for (int i = 0; i < c.Values.Length; i++)
        {
            double expected = Expected(c.Values[i], c.Shape);
            double bound = Bound(expected);
            Assert.InRange(Math.ScaleB(transcript.Values[0][i], -ScaleBits), expected - bound, expected + bound);
            Assert.InRange(Math.ScaleB(transcript.Clear[0][i], -ScaleBits), expected - bound, expected + bound);
            double unit = Math.ScaleB(1, c.Low - ScaleBits);
            Assert.InRange(transcript.Values[1][i] * unit, expected - bound - unit, expected + bound + unit);
            Assert.Equal(transcript.Clear[0][i] >> c.Low, transcript.Clear[1][i]);
        }

        AssertCost(transcript, c.Values.Length, c.Shape, ring, c.Low);
    }, iter: 250);

    /// <summary>The compiler's choice for every interval and precision keeps the bound, and no other shape is cheaper.</summary>
    [Fact]
    public void TheCheapestShapeStaysWithinTheBound() => (
        from fraction in Gen.Int[4, 14]
        from offset in Gen.Int[0, 2 << fraction]
        from reach in Gen.Int[1, 500]
        from kept in Gen.Int[8, 20]
        from seed in Gen.ULong
        select (fraction, offset, span: ((long)reach << fraction) + offset, kept, seed)).Sample(c =>
        {
            ExponentialShape shape = Assert.NotNull(ExponentialShape.Cheapest(c.fraction, c.span, c.offset, 12, c.kept));
            Assert.InRange(c.span, 0, (((1L << shape.HighBits) - 1) << shape.LowBits) - 1);
            Random random = new((int)c.seed);
            ulong[] values =
            [
                .. Enumerable.Range(0, 40).Select(i => (ulong)((random.NextInt64(c.span + 1) >> (i % 12)) - c.offset) & RingWord.Mask(shape.Ring)),
            ];
            int ring = shape.ScaleBits + 12;
            Transcript transcript = Executions.Run(new Exp(shape, ring, 0, 0), Inputs.Of(values, shape.Ring), c.seed);
            for (int i = 0; i < values.Length; i++)
            {
                double expected = Expected(values[i], shape);
                Assert.InRange(Math.ScaleB(transcript.Values[0][i], -shape.ScaleBits) - expected, -Bound(expected), Bound(expected));
            }
        }, iter: 60);

    /// <summary>The unit vector follows the interval; where the result's ring leaves no room, the low digit is narrower.</summary>
    [Fact]
    public void TheShapeFollowsIntervalAndRing()
    {
        static ExponentialShape Shape(long units, int headroom) =>
            Assert.NotNull(ExponentialShape.Cheapest(12, units << 12, 0, headroom, 14));
        Assert.Equal((14, 3), (Shape(14, 8).LowBits, Shape(14, 8).HighBits));
        Assert.Equal((14, 7), (Shape(500, 32).LowBits, Shape(500, 32).HighBits));
        Assert.Equal((13, 8), (Shape(500, 35).LowBits, Shape(500, 35).HighBits));
        Assert.Null(ExponentialShape.Cheapest(12, 2000L << 12, 0, 8, 14));
    }

    /// <summary>A long run at the shape that softmax uses: the bound is not reached by luck.</summary>
    [Fact]
    public void ManyExponentsStayWithinTheBound()
    {
        ExponentialShape shape = new(12, 14, 4, 1 << 12, 19, 13);
        Random random = new(5);
        int[] exponents = [.. Enumerable.Range(0, 20_000).Select(_ => (random.Next(58 << 12) >> random.Next(16)) - random.Next(1 << 12))];
        ulong[] values = [.. exponents.Select(t => (ulong)t & RingWord.Mask(shape.Ring))];
        Transcript transcript = Executions.Run(new Exp(shape, Ring(shape), 7, 0), Inputs.Of(values, shape.Ring));
        for (int i = 0; i < values.Length; i++)
        {
            double expected = Expected(values[i], shape);
            Assert.InRange(Math.ScaleB(transcript.Values[0][i], -ScaleBits) - expected, -Bound(expected), Bound(expected));
        }
    }

    /// <summary>A mask that the dealer alone knows is enough.</summary>
    [Fact]
    public void TruncationBeforeItIsFree()
    {
        ExponentialShape shape = new(8, 10, 4, 64, 19, 13);
        ulong[] values = [.. Enumerable.Range(0, 300).Select(i => (ulong)(i << 11))];
        Transcript transcript = Executions.Run(new Exp(shape, Ring(shape), 0, 6), Inputs.Of(values, shape.Ring + 6));
        for (int i = 0; i < values.Length; i++)
        {
            double expected = Math.Exp(-Math.ScaleB(values[i], -14));
            double bound = Bound(expected) + Math.ScaleB(1, -8);
            Assert.InRange(Math.ScaleB(transcript.Values[0][i], -ScaleBits), expected - bound, expected + bound);
        }

        AssertCost(transcript, values.Length, shape, Ring(shape));
    }

    [Fact]
    public void ViewsAreUniform()
    {
        // 16 elements of 2^5 − 1 bits are whole bytes, and all rings are.
        ExponentialShape shape = new(8, 10, 5, 16, 21, 13);
        Uniformity.Assert(
            new Exp(shape, 40, 8, 0), Inputs.Of(Samples.Constant(0, 16), shape.Ring), Inputs.Of(Samples.Constant(9000, 16), shape.Ring));
    }

    [Fact]
    public void ALowDigitOfMoreThanFourUnitsIsRefused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => Executions.Run(new Exp(new ExponentialShape(8, 11, 3, 0, 19, 13), 40, 0, 0), Inputs.Of([1], 14)));

    private static void AssertCost(Transcript transcript, int count, ExponentialShape shape, int ring, int low = 0) => transcript.AssertCost(
        2, Open.OnlineBytes(count, shape.LookupRing) + Open.OnlineBytes(count, ring, low),
        Exponential.LookupTapeBytes(count, shape.HighBits) + Exponential.ScaleTapeBytes(count, shape.LookupRing, ring));

    private static double Bound(double value) => Math.Pow(2, -13.5) * Math.Max(1, value);

    private static double Expected(ulong raw, ExponentialShape shape)
    {
        // Exponents reach from −offset over the ring's whole turn.
        long t = (long)((raw + (ulong)shape.Offset) & ((1UL << shape.Ring) - 1)) - shape.Offset;
        return Math.Exp(-Math.ScaleB(t, -shape.FractionBits));
    }

    /// <summary>The smallest ring that holds exp(offset) and a sign.</summary>
    private static int Ring(ExponentialShape shape) =>
        ScaleBits + 2 + (int)Math.Ceiling(Math.Log2(Math.Exp(Math.ScaleB(shape.Offset, -shape.FractionBits))));

    private sealed class Exp(ExponentialShape shape, int ring, int low, int cut) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue t = stage.Masked(0);
            if (cut > 0)
            {
                t = Truncate.Unshared<TRole>(stage.Run, t, shape.Ring + cut, cut);
            }

            RingValue lookup = Exponential.Lookup<TRole>(stage.Run, stage.Next(), t, shape);
            RingValue opened = await stage.OpenAsync<TRole>(lookup, shape.LookupRing);
            RingValue scaled = Exponential.Scale<TRole>(stage.Run, stage.Next(), lookup, opened, t, shape, ring);
            stage.PutAdditive(scaled, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(scaled, ring, low), ring - low);
        }
    }
}
