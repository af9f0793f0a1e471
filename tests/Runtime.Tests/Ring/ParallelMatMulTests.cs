using System;
using System.Linq;
using MPCache.Ring;
using Xunit;

namespace MPCache.Runtime.Tests.Ring;

public class ParallelMatMulTests
{
    private delegate void Product(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> c, in MatMulShape shape);

    private delegate void SharedProduct(ReadOnlyMemory<ulong> a, ReadOnlyMemory<ulong> b, Memory<ulong> c, in MatMulShape shape);

    [Theory]
    [InlineData(1, 1, 1000, 58)]
    [InlineData(0, 7, 9, 58)]
    [InlineData(1, 0, 9, 58)]
    [InlineData(2, 7, 0, 58)]
    [InlineData(1, 401, 997, 1)]
    [InlineData(1, 1030, 770, 1)]
    [InlineData(3, 300, 700, 40)]
    [InlineData(16, 300, 700, 40)]
    public void LinearMapsAreThoseOfOneCore(int n, int outputs, int inputs, int ring)
    {
        ulong[] x = Words.Fixed(n * inputs, 1);
        ulong[] wide = Words.Fixed(outputs * inputs, 2);
        short[] narrow = [.. wide.Select(word => (short)word)];
        ulong[] expected = new ulong[n * outputs];
        ulong[] actual = new ulong[n * outputs];

        RingMatMul.Linear(wide, x, expected, outputs, inputs, n);
        ParallelMatMul.Linear(wide, x, actual, outputs, inputs, n);
        Assert.Equal(expected, actual);

        RingMatMul.LinearInt16(narrow, x, expected, outputs, inputs, n, ring);
        ParallelMatMul.LinearInt16(narrow, x, actual, outputs, inputs, n, ring);
        Assert.Equal(expected.Select(word => word & RingWord.Mask(ring)), actual.Select(word => word & RingWord.Mask(ring)));
    }

    [Theory]
    [InlineData(1, 1, 3, 5, true, false)]
    [InlineData(0, 4, 3, 5, false, false)]
    [InlineData(1, 0, 3, 5, false, false)]
    [InlineData(2, 4, 0, 5, true, false)]
    [InlineData(2, 4, 3, 0, false, false)]
    [InlineData(12, 1, 64, 513, true, true)]
    [InlineData(12, 1, 513, 64, false, true)]
    [InlineData(7, 4, 300, 130, false, false)]
    [InlineData(7, 9, 300, 130, true, true)]
    [InlineData(1, 70, 300, 500, false, false)]
    [InlineData(1, 70, 300, 500, true, false)]
    public void ProductsAreThoseOfOneCore(int batch, int rows, int inner, int columns, bool transpose, bool alternates)
    {
        MatMulShape shape = new(batch, rows, inner, columns, transpose);
        int stored = transpose ? inner : columns;
        shape = alternates ? shape with { RowStride = batch * stored, BatchStride = stored } : shape;
        ulong[] a = Words.Fixed(batch * rows * inner, 3);
        ulong[] b = Words.Fixed(batch * inner * columns, 4);
        Check(RingMatMul.Multiply, ParallelMatMul.Multiply);
        Check(RingMatMul.MultiplyAdd, ParallelMatMul.MultiplyAdd);
        Check(RingMatMul.MultiplySubtract, ParallelMatMul.MultiplySubtract);

        void Check(Product product, SharedProduct shared)
        {
            ulong[] expected = Words.Fixed(batch * rows * columns, 5);
            ulong[] actual = [.. expected];
            product(a, b, expected, shape);
            shared(a, b, actual, shape);
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void WrongSizesAreRefused()
    {
        ulong[] words = new ulong[24];
        Assert.Throws<ArgumentException>(() => ParallelMatMul.Linear(words, words, words, 5, 6, 4));
        Assert.Throws<ArgumentException>(() => ParallelMatMul.LinearInt16(new short[23], words, words, 4, 6, 4, 64));
        Assert.Throws<ArgumentException>(() => ParallelMatMul.Multiply(words, words, words, new MatMulShape(2, 2, 6, 3, false)));
    }
}
