using System;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MPCache;

/// <summary>
/// Dot products of the rows of two matrices, accumulated in 64 bits. Tiles of 4 × 2 results keep their sums in registers, so that six
/// loads feed eight multiplications; a block of right rows stays in the first-level cache while all left rows pass by.
/// </summary>
internal static class WideProducts
{
    private const int TileRows = 4;
    private const int TileColumns = 2;
    private const int Block = 16;

    /// <summary>result[row, column] = Σ_t left[row, t]·right[column, t].</summary>
    /// <param name="left">[rows, inner].</param>
    /// <param name="right">[columns, inner].</param>
    /// <param name="result">[rows, columns].</param>
    /// <param name="rows">Rows of the left factor.</param>
    /// <param name="inner">The summed axis.</param>
    /// <param name="columns">Rows of the right factor.</param>
    public static void MultiplyRows(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result, int rows, int inner, int columns)
    {
        double[] wideLeft = new double[rows * inner];
        double[] wideRight = new double[Math.Min(columns, Block) * inner];
        TensorPrimitives.ConvertTruncating(left, wideLeft);
        for (int first = 0; first < columns; first += Block)
        {
            int block = Math.Min(Block, columns - first);
            TensorPrimitives.ConvertTruncating(right.Slice(first * inner, block * inner), wideRight);
            MultiplyBlock(wideLeft, wideRight, result[first..], rows, inner, block, columns);
        }
    }

    /// <summary>The same with a right factor [inner, columns], of which a block of columns at a time is widened and turned.</summary>
    public static void Multiply(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result, int rows, int inner, int columns)
    {
        double[] wideLeft = new double[rows * inner];
        double[] wideRight = new double[Math.Min(columns, Block) * inner];
        TensorPrimitives.ConvertTruncating(left, wideLeft);
        for (int first = 0; first < columns; first += Block)
        {
            int block = Math.Min(Block, columns - first);
            for (int t = 0; t < inner; t++)
            {
                ReadOnlySpan<float> source = right.Slice((t * columns) + first, block);
                for (int column = 0; column < block; column++)
                {
                    wideRight[(column * inner) + t] = source[column];
                }
            }

            MultiplyBlock(wideLeft, wideRight, result[first..], rows, inner, block, columns);
        }
    }

    /// <summary>All left rows with one block of right rows; rows of the result are <paramref name="stride"/> apart.</summary>
    private static void MultiplyBlock(
        ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<float> result, int rows, int inner, int columns, int stride)
    {
        int tiledRows = rows - (rows % TileRows);
        int tiledColumns = columns - (columns % TileColumns);
        for (int row = 0; row < tiledRows; row += TileRows)
        {
            ReadOnlySpan<double> four = left.Slice(row * inner, TileRows * inner);
            for (int column = 0; column < tiledColumns; column += TileColumns)
            {
                MultiplyTile(four, right.Slice(column * inner, TileColumns * inner), result[((row * stride) + column)..], inner, stride);
            }
        }

        for (int row = 0; row < rows; row++)
        {
            for (int column = row < tiledRows ? tiledColumns : 0; column < columns; column++)
            {
                result[(row * stride) + column] =
                    (float)TensorPrimitives.Dot(left.Slice(row * inner, inner), right.Slice(column * inner, inner));
            }
        }
    }

    private static void MultiplyTile(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<float> result, int inner, int stride)
    {
        ref double a = ref MemoryMarshal.GetReference(left);
        ref double b = ref MemoryMarshal.GetReference(right);
        Vector<double> s00 = default, s01 = default, s10 = default, s11 = default;
        Vector<double> s20 = default, s21 = default, s30 = default, s31 = default;
        nuint row = (nuint)inner;
        nuint whole = row - (row % (nuint)Vector<double>.Count);
        nuint t = 0;
        for (; t < whole; t += (nuint)Vector<double>.Count)
        {
            Vector<double> b0 = Vector.LoadUnsafe(ref b, t);
            Vector<double> b1 = Vector.LoadUnsafe(ref b, row + t);
            Vector<double> value = Vector.LoadUnsafe(ref a, t);
            s00 = Vector.FusedMultiplyAdd(value, b0, s00);
            s01 = Vector.FusedMultiplyAdd(value, b1, s01);
            value = Vector.LoadUnsafe(ref a, row + t);
            s10 = Vector.FusedMultiplyAdd(value, b0, s10);
            s11 = Vector.FusedMultiplyAdd(value, b1, s11);
            value = Vector.LoadUnsafe(ref a, (2 * row) + t);
            s20 = Vector.FusedMultiplyAdd(value, b0, s20);
            s21 = Vector.FusedMultiplyAdd(value, b1, s21);
            value = Vector.LoadUnsafe(ref a, (3 * row) + t);
            s30 = Vector.FusedMultiplyAdd(value, b0, s30);
            s31 = Vector.FusedMultiplyAdd(value, b1, s31);
        }

        int rest = (int)t;
        result[0] = (float)(Vector.Sum(s00) + Tail(left, 0, right, 0, rest, inner));
        result[1] = (float)(Vector.Sum(s01) + Tail(left, 0, right, 1, rest, inner));
        result[stride] = (float)(Vector.Sum(s10) + Tail(left, 1, right, 0, rest, inner));
        result[stride + 1] = (float)(Vector.Sum(s11) + Tail(left, 1, right, 1, rest, inner));
        result[2 * stride] = (float)(Vector.Sum(s20) + Tail(left, 2, right, 0, rest, inner));
        result[(2 * stride) + 1] = (float)(Vector.Sum(s21) + Tail(left, 2, right, 1, rest, inner));
        result[3 * stride] = (float)(Vector.Sum(s30) + Tail(left, 3, right, 0, rest, inner));
        result[(3 * stride) + 1] = (float)(Vector.Sum(s31) + Tail(left, 3, right, 1, rest, inner));
    }

    /// <summary>What is left of a row behind the last whole vector.</summary>
    private static double Tail(ReadOnlySpan<double> left, int row, ReadOnlySpan<double> right, int column, int from, int inner)
    {
        double sum = 0;
        for (int t = from; t < inner; t++)
        {
            sum += left[(row * inner) + t] * right[(column * inner) + t];
        }

        return sum;
    }
}
