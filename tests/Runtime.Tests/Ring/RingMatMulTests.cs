using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.Intrinsics.X86;
using CsCheck;
using MPCache.Ring;
using Xunit;

namespace MPCache.Runtime.Tests.Ring;

public class RingMatMulTests
{
    private delegate void Product(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> c, in MatMulShape shape);

    private delegate void Int16Product(ReadOnlySpan<short> weights, ReadOnlySpan<ulong> x, Span<ulong> y, int outputs, int inputs, int n);

    private delegate void WordProduct(ReadOnlySpan<ulong> weights, ReadOnlySpan<ulong> x, Span<ulong> y, int outputs, int inputs, int n);

    public static IEnumerable<object[]> Shapes() =>
        from rows in new[] { 1, 2, 5, 8, 17 }
        from inner in new[] { 0, 1, 7, 8, 12, 33, 300 }
        from columns in new[] { 1, 3, 4, 16, 70, 130 }
        from transpose in new[] { false, true }
        select new object[] { new MatMulShape(rows == 5 ? 3 : 1, rows, inner, columns, transpose) };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EveryWidthAgreesWithTheDefinition(MatMulShape shape) => Check(shape, seed: 1);

    [Fact]
    public void RandomSmallShapes() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 12], Gen.Int[0, 20], Gen.Int[0, 40], Gen.Bool)
            .Select((batch, rows, inner, columns, transpose) => new MatMulShape(batch, rows, inner, columns, transpose))
            .Sample(shape => Check(shape, seed: 7), iter: 300);

    [Theory]
    [InlineData(8, 1, 8, 512, true)]
    [InlineData(2, 64, 8, 512, true)]
    [InlineData(2, 1, 512, 64, false)]
    [InlineData(1, 9, 257, 33, false)]
    [InlineData(1, 1, 70_000, 5, true)]
    public void AttentionShapes(int batch, int rows, int inner, int columns, bool transpose) =>
        Check(new MatMulShape(batch, rows, inner, columns, transpose), seed: 3);

    [Fact]
    public void RandomOperandsThatStandInATensorOfAnotherOrder() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 12], Gen.Int[1, 20], Gen.Int[1, 40], Gen.Bool)
            .Select((batch, rows, inner, columns, transpose) => Interleaved(batch, rows, inner, columns, transpose))
            .Sample(shape => Check(shape, seed: 17), iter: 300);

    [Theory]
    [InlineData(4, 1, 64, 700, true)]
    [InlineData(4, 2, 700, 64, false)]
    [InlineData(3, 1, 700, 1, false)]
    [InlineData(2, 9, 700, 70, false)]
    [InlineData(2, 9, 70, 700, true)]
    public void CachesWhoseHeadsAlternate(int batch, int rows, int inner, int columns, bool transpose) =>
        Check(Interleaved(batch, rows, inner, columns, transpose), seed: 19);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 3, 1)]
    [InlineData(64, 172, 1)]
    [InlineData(33, 20, 2)]
    [InlineData(4, 9, 5)]
    [InlineData(7, 8, 130)]
    [InlineData(3, 2100, 66)]
    [InlineData(0, 8, 2)]
    [InlineData(8, 0, 2)]
    [InlineData(8, 8, 0)]
    public void LinearAgreesWithTheDefinitionAtEveryWidth(int outputs, int inputs, int n)
    {
        ulong[] wide = Words.Fixed(outputs * inputs, 11);
        short[] narrow = wide.Select(word => (short)word).ToArray();
        for (int i = 0; i < Math.Min(2, narrow.Length); i++)
        {
            narrow[i] = i == 0 ? short.MinValue : short.MaxValue;
        }

        ulong[] x = Words.Fixed(n * inputs, 12);
        ulong[] fromWide = Definition(wide, x, outputs, inputs, n);
        ulong[] fromNarrow = Definition(narrow.Select(word => (ulong)(long)word).ToArray(), x, outputs, inputs, n);

        WordProduct[] wideProducts =
        [
            RingMatMul.Linear,
            RingMatMul.Linear<WordVector512, ulong, RingMatMul.WordElements>,
            RingMatMul.Linear<WordVector256, ulong, RingMatMul.WordElements>,
            RingMatMul.Linear<WordVector64, ulong, RingMatMul.WordElements>,
        ];
        foreach (WordProduct product in wideProducts)
        {
            ulong[] y = Words.Fixed(n * outputs, 13);
            product(wide, x, y, outputs, inputs, n);
            Assert.Equal(fromWide, y);
        }

        Int16Product[] narrowProducts =
        [
            (weights, left, y, rows, columns, count) => RingMatMul.LinearInt16(weights, left, y, rows, columns, count),
            RingMatMul.Linear<WordVector512, short, RingMatMul.Int16Elements>,
            RingMatMul.Linear<WordVector256, short, RingMatMul.Int16Elements>,
            RingMatMul.Linear<WordVector64, short, RingMatMul.Int16Elements>,
        ];
        foreach (Int16Product product in narrowProducts)
        {
            ulong[] y = Words.Fixed(n * outputs, 14);
            product(narrow, x, y, outputs, inputs, n);
            Assert.Equal(fromNarrow, y);
        }
    }

    public static IEnumerable<object[]> Linears() =>
        from inputs in new[] { 16, 17, 31, 32, 33, 100, 768, 2000 }
        from n in new[] { 1, 3, 7 }
        select new object[] { inputs == 100 ? 4 : 3, inputs, n };

    [Theory]
    [MemberData(nameof(Linears))]
    public void WeightsTimesLimbsAreRightInEveryRing(int outputs, int inputs, int n)
    {
        // The largest limbs and weights of either sign in some rows, so that no sum of 32 bits may wrap; words at random in others.
        ulong[] x = Words.Fixed(n * inputs, 21);
        ulong extreme = Enumerable.Range(0, 5).Aggregate(0UL, (word, limb) => word - (1UL << ((12 * limb) + 11)));
        x.AsSpan(0, inputs).Fill(extreme);
        short[] weights = Words.Fixed(outputs * inputs, 22).Select(word => (short)word).ToArray();
        weights.AsSpan(0, inputs).Fill(short.MinValue);
        weights.AsSpan(inputs, inputs).Fill(short.MaxValue);
        ulong[] expected = Definition(weights.Select(word => (ulong)(long)word).ToArray(), x, outputs, inputs, n);
        foreach (int ring in new[] { 1, 36, 37, 48, 49, 60, 61, 64 })
        {
            ulong mask = RingWord.Mask(ring);
            ulong[] y = Words.Fixed(n * outputs, 23);
            RingMatMul.LinearInt16(weights, x, y, outputs, inputs, n, ring);
            Assert.Equal(expected.Select(word => word & mask), y.Select(word => word & mask));
            if (ShortVector256.IsSupported)
            {
                RingMatMul.LinearInLimbs<ShortVector256>(weights, x, y, outputs, inputs, n, ring);
                Assert.Equal(expected.Select(word => word & mask), y.Select(word => word & mask));
            }

            // The instructions are there where the runtime does not prefer them, too.
            if (Avx512BW.IsSupported)
            {
                RingMatMul.LinearInLimbs<ShortVector512>(weights, x, y, outputs, inputs, n, ring);
                Assert.Equal(expected.Select(word => word & mask), y.Select(word => word & mask));
            }
        }
    }

    [Fact]
    public void LengthsThatDoNotMatchAreRejected()
    {
        MatMulShape shape = new(2, 3, 4, 5, false);
        ulong[] a = new ulong[24];
        ulong[] b = new ulong[40];
        ulong[] c = new ulong[30];
        Assert.Throws<ArgumentException>(() => RingMatMul.Multiply(a[1..], b, c, shape));
        Assert.Throws<ArgumentException>(() => RingMatMul.MultiplyAdd(a, b[1..], c, shape));
        Assert.Throws<ArgumentException>(() => RingMatMul.MultiplySubtract(a, b, c[1..], shape));
        Assert.Throws<ArgumentOutOfRangeException>(() => RingMatMul.Multiply(a, b, c, shape with { Batch = -2, Rows = -3 }));
        Assert.Throws<ArgumentException>(() => RingMatMul.Multiply(a, b, c, shape with { BatchStride = 5, RowStride = 12 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => RingMatMul.Multiply(a, b, c, shape with { BatchStride = -5, RowStride = 10 }));
        Assert.Throws<ArgumentException>(() => RingMatMul.Linear(a, b, c, 6, 4, 9));
        Assert.Throws<ArgumentException>(() => RingMatMul.LinearInt16(new short[23], b, c, 6, 4, 10));
        Assert.Throws<ArgumentException>(() => RingMatMul.LinearInt16(new short[24], b, c, 6, 4, 10));
    }

    /// <summary>The products' right operands side by side in each row: [rows, batch, columns] as stored.</summary>
    private static MatMulShape Interleaved(int batch, int rows, int inner, int columns, bool transpose)
    {
        int stored = transpose ? inner : columns;
        return new MatMulShape(batch, rows, inner, columns, transpose) { BatchStride = stored, RowStride = batch * stored };
    }

    private static void Check(MatMulShape shape, ulong seed)
    {
        ulong[] a = Words.Fixed((int)shape.LeftLength, seed);
        ulong[] b = Words.Fixed((int)shape.RightLength, seed + 1);
        ulong[] before = Words.Fixed((int)shape.ResultLength, seed + 2);
        ulong[] product = Definition(a, b, shape);
        Expect(shape, a, b, before, product, RingMatMul.Multiply);
        Expect(shape, a, b, before, product, RingMatMul.Multiply<WordVector512, RingMatMul.Assign>);
        Expect(shape, a, b, before, product, RingMatMul.Multiply<WordVector256, RingMatMul.Assign>);
        Expect(shape, a, b, before, product, RingMatMul.Multiply<WordVector64, RingMatMul.Assign>);

        ulong[] sum = before.Zip(product, (x, y) => x + y).ToArray();
        Expect(shape, a, b, before, sum, RingMatMul.MultiplyAdd);
        Expect(shape, a, b, before, sum, RingMatMul.Multiply<WordVector512, RingMatMul.Accumulate>);
        Expect(shape, a, b, before, sum, RingMatMul.Multiply<WordVector256, RingMatMul.Accumulate>);
        Expect(shape, a, b, before, sum, RingMatMul.Multiply<WordVector64, RingMatMul.Accumulate>);

        ulong[] difference = before.Zip(product, (x, y) => x - y).ToArray();
        Expect(shape, a, b, before, difference, RingMatMul.MultiplySubtract);
        Expect(shape, a, b, before, difference, RingMatMul.Multiply<WordVector512, RingMatMul.Deduct>);
        Expect(shape, a, b, before, difference, RingMatMul.Multiply<WordVector256, RingMatMul.Deduct>);
        Expect(shape, a, b, before, difference, RingMatMul.Multiply<WordVector64, RingMatMul.Deduct>);
    }

    private static void Expect(MatMulShape shape, ulong[] a, ulong[] b, ulong[] before, ulong[] expected, Product product)
    {
        ulong[] c = before.ToArray();
        product(a, b, c, shape);
        Assert.Equal(expected, c);
    }

    private static ulong[] Definition(ulong[] a, ulong[] b, MatMulShape shape)
    {
        ulong[] c = new ulong[shape.ResultLength];
        for (int n = 0; n < shape.Batch; n++)
        {
            for (int i = 0; i < shape.Rows; i++)
            {
                for (int j = 0; j < shape.Columns; j++)
                {
                    ulong sum = 0;
                    for (int k = 0; k < shape.Inner; k++)
                    {
                        int row = shape.TransposeB ? j : k;
                        int column = shape.TransposeB ? k : j;
                        int right = shape.RowStride != 0
                            ? (n * shape.BatchStride) + (row * shape.RowStride) + column
                            : (n * shape.Inner * shape.Columns) + (row * (shape.TransposeB ? shape.Inner : shape.Columns)) + column;
                        sum += a[(((n * shape.Rows) + i) * shape.Inner) + k] * b[right];
                    }

                    c[(((n * shape.Rows) + i) * shape.Columns) + j] = sum;
                }
            }
        }

        return c;
    }

    private static ulong[] Definition(ulong[] weights, ulong[] x, int outputs, int inputs, int n)
    {
        ulong[] y = new ulong[n * outputs];
        for (int i = 0; i < y.Length; i++)
        {
            for (int k = 0; k < inputs; k++)
            {
                y[i] += x[((i / outputs) * inputs) + k] * weights[((i % outputs) * inputs) + k];
            }
        }

        return y;
    }
}
