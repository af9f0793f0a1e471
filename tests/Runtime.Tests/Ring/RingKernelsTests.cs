using System;
using System.Linq;
using System.Numerics;
using CsCheck;
using MPCache.Ring;
using Xunit;

namespace MPCache.Runtime.Tests.Ring;

public class RingKernelsTests
{
    private const int LongestSpan = 70;

    private delegate void Binary(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z);

    private delegate void WithConstant(ReadOnlySpan<ulong> x, ulong c, Span<ulong> z);

    private delegate void WithBits(ReadOnlySpan<ulong> x, int bits, Span<ulong> z);

    private static readonly BigInteger Modulus = BigInteger.One << 64;

    [Fact]
    public void Add() => CheckBinary(RingKernels.Add, (x, y) => x + y);

    [Fact]
    public void Subtract() => CheckBinary(RingKernels.Subtract, (x, y) => x - y);

    [Fact]
    public void Multiply() => CheckBinary(RingKernels.Multiply, (x, y) => x * y);

    [Fact]
    public void Negate() => CheckBinary((x, _, z) => RingKernels.Negate(x, z), (x, _) => -x);

    [Fact]
    public void MultiplyConstant() => CheckConstant(RingKernels.MultiplyConstant, (x, c) => x * c);

    [Fact]
    public void AddConstant() => CheckConstant(RingKernels.AddConstant, (x, c) => x + c);

    [Fact]
    public void ShiftRightLogical() => CheckShift(RingKernels.ShiftRightLogical, (x, bits) => x >> bits);

    [Fact]
    public void ShiftLeft() => CheckShift(RingKernels.ShiftLeft, (x, bits) => x << bits);

    [Fact]
    public void UpdatesInPlace() => Gen.Select(Words.Arrays(3, LongestSpan), Words.Any).Sample((spans, c) =>
    {
        (ulong[] x, ulong[] y, ulong[] z) = (spans[0], spans[1], spans[2]);
        ulong[] sum = z.ToArray();
        RingKernels.AddInPlace(sum, x);
        Assert.Equal(z.Zip(x, (a, b) => a + b), sum);
        ulong[] difference = z.ToArray();
        RingKernels.SubtractInPlace(difference, x);
        Assert.Equal(z.Zip(x, (a, b) => a - b), difference);
        ulong[] products = z.ToArray();
        RingKernels.MultiplyAdd(x, y, products);
        Assert.Equal(z.Select((word, i) => word + (x[i] * y[i])), products);
        ulong[] multiples = z.ToArray();
        RingKernels.MultiplyConstantAdd(x, c, multiples);
        Assert.Equal(z.Select((word, i) => word + (x[i] * c)), multiples);
    });

    [Fact]
    public void ReduceClearsWhatLiesAboveTheRing() => Gen.Select(Words.Arrays(1, LongestSpan), Gen.Int[1, 64]).Sample((spans, ring) =>
    {
        ulong[] reduced = spans[0].ToArray();
        RingKernels.Reduce(reduced, ring);
        Assert.Equal(spans[0].Select(word => (ulong)(word % (BigInteger.One << ring))), reduced);
    });

    [Fact]
    public void SumRows() => Gen.Select(Gen.Int[0, 4], Gen.Int[0, 40], Gen.Int[0, 20], Gen.ULong).Sample((outer, axis, inner, seed) =>
    {
        ulong[] x = Words.Fixed(outer * axis * inner, seed);
        ulong[] z = Words.Fixed(outer * inner, seed + 1);
        RingKernels.SumRows(x, z, outer, axis, inner);
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                ulong sum = 0;
                for (int a = 0; a < axis; a++)
                {
                    sum += x[(((o * axis) + a) * inner) + i];
                }

                Assert.Equal(sum, z[(o * inner) + i]);
            }
        }
    });

    [Fact]
    public void UnequalLengthsAreRejected()
    {
        ulong[] three = new ulong[3];
        ulong[] four = new ulong[4];
        Assert.Throws<ArgumentException>(() => RingKernels.Add(three, four, four));
        Assert.Throws<ArgumentException>(() => RingKernels.Add(four, three, four));
        Assert.Throws<ArgumentException>(() => RingKernels.AddInPlace(three, four));
        Assert.Throws<ArgumentException>(() => RingKernels.MultiplyAdd(four, four, three));
        Assert.Throws<ArgumentException>(() => RingKernels.MultiplyConstant(four, 1, three));
        Assert.Throws<ArgumentException>(() => RingKernels.MultiplyConstantAdd(four, 1, three));
        Assert.Throws<ArgumentException>(() => RingKernels.SumRows(four, three, 2, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RingKernels.ShiftLeft(four, 64, four));
        Assert.Throws<ArgumentOutOfRangeException>(() => RingKernels.ShiftRightLogical(four, -1, four));
    }

    private static void CheckBinary(Binary kernel, Func<BigInteger, BigInteger, BigInteger> reference) =>
        Words.Arrays(3, LongestSpan).Sample(spans =>
        {
            (ulong[] x, ulong[] y, ulong[] z) = (spans[0], spans[1], spans[2]);
            ulong[] expected = x.Zip(y, (a, b) => Reduce(reference(a, b))).ToArray();
            kernel(x, y, z);
            Assert.Equal(expected, z);

            // The destination may be an operand.
            ulong[] first = x.ToArray();
            kernel(first, y, first);
            Assert.Equal(expected, first);
            ulong[] second = y.ToArray();
            kernel(x, second, second);
            Assert.Equal(expected, second);
        });

    private static void CheckConstant(WithConstant kernel, Func<BigInteger, BigInteger, BigInteger> reference) =>
        Gen.Select(Words.Arrays(2, LongestSpan), Words.Any).Sample((spans, c) =>
        {
            kernel(spans[0], c, spans[1]);
            Assert.Equal(spans[0].Select(word => Reduce(reference(word, c))), spans[1]);
        });

    private static void CheckShift(WithBits kernel, Func<BigInteger, int, BigInteger> reference) =>
        Gen.Select(Words.Arrays(2, LongestSpan), Gen.Int[0, 63]).Sample((spans, bits) =>
        {
            kernel(spans[0], bits, spans[1]);
            Assert.Equal(spans[0].Select(word => Reduce(reference(word, bits))), spans[1]);
        });

    private static ulong Reduce(BigInteger value) => (ulong)(((value % Modulus) + Modulus) % Modulus);
}
