using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MPCache.Ring;

/// <content>
/// Products by panels of columns, two vectors wide: c[i, j..] += a[i, k]·b[k, j..]. With many rows, each panel is copied first: contiguous,
/// widened to words, padded with zeros to whole vectors, and small enough to stay in the first-level cache while the rows pass by.
/// </content>
public static partial class RingMatMul
{
    private const int RowsWorthPacking = 8;
    private const int PackedDepth = 256;
    private const int PackedRows = 256;
    private const int PanelVectors = 2;
    private const int TileRows = 4;
    private const int WideVectors = 8;

    /// <summary>Multiplies one product of the shape panel by packed panel.</summary>
    [SkipLocalsInit]
    private static void PackedPanels<TVector, TElement, TElements, TStore>(ref ulong a, ref TElement b, ref ulong c, in MatMulShape shape)
        where TVector : struct, IWordVector<TVector>
        where TElement : unmanaged
        where TElements : struct, IElements<TElement>
        where TStore : struct, IStore
    {
        int width = PanelVectors * TVector.Count;
        Span<ulong> panel = stackalloc ulong[Math.Min(PackedDepth, shape.Inner) * width];
        for (int row = 0; row < shape.Rows; row += PackedRows)
        {
            // The rows' part of a stays in the second-level cache while all panels pass by.
            int rows = Math.Min(PackedRows, shape.Rows - row);
            int k = 0;
            do
            {
                int depth = Math.Min(PackedDepth, shape.Inner - k);
                ref ulong left = ref Unsafe.Add(ref a, ((nint)row * shape.Inner) + k);
                for (int column = 0; column < shape.Columns; column += width)
                {
                    int used = Math.Min(width, shape.Columns - column);
                    Pack<TElement, TElements>(ref b, panel, shape, column, used, width, k, depth);
                    ref ulong result = ref Unsafe.Add(ref c, ((nint)row * shape.Columns) + column);
                    if (k > 0 && typeof(TStore) == typeof(Assign))
                    {
                        PackedPanel<TVector, Accumulate>(ref left, panel, ref result, shape, rows, used, depth);
                    }
                    else
                    {
                        PackedPanel<TVector, TStore>(ref left, panel, ref result, shape, rows, used, depth);
                    }
                }

                k += depth;
            }
            while (k < shape.Inner);
        }
    }

    /// <summary>
    /// Multiplies one product of few rows where b lies, from wide vectors down to single columns, over the first
    /// <paramref name="inner"/> elements of the sums.
    /// </summary>
    private static void DirectPanels<TVector, TStore>(ref ulong a, ref ulong b, ref ulong c, in MatMulShape shape, int inner)
        where TVector : struct, IWordVector<TVector>
        where TStore : struct, IStore
    {
        int column = DirectColumns<TVector, TStore>(ref a, ref b, ref c, shape, (nuint)inner, 0);
        if (TVector.Count > WordVector256.Count)
        {
            column = DirectColumns<WordVector256, TStore>(ref a, ref b, ref c, shape, (nuint)inner, column);
        }

        DirectColumns<WordVector64, TStore>(ref a, ref b, ref c, shape, (nuint)inner, column);
    }

    /// <summary>Multiplies as many columns as fill vectors, beginning at <paramref name="from"/>; returns the first that is left.</summary>
    private static int DirectColumns<TVector, TStore>(
        ref ulong a, ref ulong b, ref ulong c, in MatMulShape shape, nuint inner, int from)
        where TVector : struct, IWordVector<TVector>
        where TStore : struct, IStore
    {
        nuint left = (nuint)shape.Inner;
        nuint right = (nuint)shape.RowStride;
        nuint result = (nuint)shape.Columns;
        int narrow = PanelVectors * TVector.Count;
        int wide = WideVectors * TVector.Count;
        int pairs = shape.Columns - ((shape.Columns - from) % narrow);
        int whole = shape.Columns - ((shape.Columns - from) % TVector.Count);
        int row = 0;
        for (; row + TileRows <= shape.Rows; row += TileRows)
        {
            ref ulong x = ref Unsafe.Add(ref a, (nint)row * shape.Inner);
            ref ulong z = ref Unsafe.Add(ref c, (nint)row * shape.Columns);
            for (int column = from; column < pairs; column += narrow)
            {
                Tile4x2<TVector, TStore>(
                    ref x, left, ref Unsafe.Add(ref b, column), right, inner, ref Unsafe.Add(ref z, column), result);
            }

            if (pairs < whole)
            {
                for (nint r = 0; r < TileRows; r++)
                {
                    ref ulong sums = ref Unsafe.Add(ref z, (r * shape.Columns) + pairs);
                    Tile1x1<TVector, TStore>(ref Unsafe.Add(ref x, r * shape.Inner), ref Unsafe.Add(ref b, pairs), right, inner, ref sums);
                }
            }
        }

        for (; row < shape.Rows; row++)
        {
            ref ulong x = ref Unsafe.Add(ref a, (nint)row * shape.Inner);
            ref ulong z = ref Unsafe.Add(ref c, (nint)row * shape.Columns);
            int column = from;
            for (; column + wide <= whole; column += wide)
            {
                Tile1x8<TVector, TStore>(ref x, ref Unsafe.Add(ref b, column), right, inner, ref Unsafe.Add(ref z, column));
            }

            for (; column < pairs; column += narrow)
            {
                Tile1x2<TVector, TStore>(ref x, ref Unsafe.Add(ref b, column), right, inner, ref Unsafe.Add(ref z, column));
            }

            if (column < whole)
            {
                Tile1x1<TVector, TStore>(ref x, ref Unsafe.Add(ref b, column), right, inner, ref Unsafe.Add(ref z, column));
            }
        }

        return whole;
    }

    private static void Pack<TElement, TElements>(
        ref TElement b, Span<ulong> panel, in MatMulShape shape, int column, int used, int width, int k, int depth)
        where TElement : unmanaged
        where TElements : struct, IElements<TElement>
    {
        if (used < width)
        {
            panel.Clear();
        }

        if (shape.TransposeB)
        {
            for (int j = 0; j < used; j++)
            {
                ref TElement row = ref Unsafe.Add(ref b, ((nint)(column + j) * shape.RowStride) + k);
                for (int i = 0; i < depth; i++)
                {
                    panel[(i * width) + j] = TElements.Word(Unsafe.Add(ref row, i));
                }
            }
        }
        else
        {
            for (int i = 0; i < depth; i++)
            {
                ref TElement row = ref Unsafe.Add(ref b, ((nint)(k + i) * shape.RowStride) + column);
                for (int j = 0; j < used; j++)
                {
                    panel[(i * width) + j] = TElements.Word(Unsafe.Add(ref row, j));
                }
            }
        }
    }

    private static void PackedPanel<TVector, TStore>(
        ref ulong a, Span<ulong> panel, ref ulong c, in MatMulShape shape, int rows, int used, int depth)
        where TVector : struct, IWordVector<TVector>
        where TStore : struct, IStore
    {
        ref ulong right = ref MemoryMarshal.GetReference(panel);
        int width = PanelVectors * TVector.Count;
        nuint inner = (nuint)shape.Inner;
        nuint columns = (nuint)shape.Columns;
        if (used < width)
        {
            NarrowPanel<TVector, TStore>(ref a, ref right, ref c, shape, rows, used, depth);
            return;
        }

        int row = 0;
        for (; row + TileRows <= rows; row += TileRows)
        {
            Tile4x2<TVector, TStore>(
                ref Unsafe.Add(ref a, (nint)row * shape.Inner),
                inner,
                ref right,
                (nuint)width,
                (nuint)depth,
                ref Unsafe.Add(ref c, (nint)row * shape.Columns),
                columns);
        }

        for (; row < rows; row++)
        {
            ref ulong left = ref Unsafe.Add(ref a, (nint)row * shape.Inner);
            ref ulong result = ref Unsafe.Add(ref c, (nint)row * shape.Columns);
            Tile1x2<TVector, TStore>(ref left, ref right, (nuint)width, (nuint)depth, ref result);
        }
    }

    /// <summary>The last columns: whole tiles go to a buffer, of which only the used columns reach the result.</summary>
    private static void NarrowPanel<TVector, TStore>(
        ref ulong a, ref ulong panel, ref ulong c, in MatMulShape shape, int rows, int used, int depth)
        where TVector : struct, IWordVector<TVector>
        where TStore : struct, IStore
    {
        int width = PanelVectors * TVector.Count;
        Span<ulong> tile = stackalloc ulong[TileRows * width];
        ref ulong sums = ref MemoryMarshal.GetReference(tile);
        for (int row = 0; row < rows; row += TileRows)
        {
            int height = Math.Min(TileRows, rows - row);
            ref ulong left = ref Unsafe.Add(ref a, (nint)row * shape.Inner);
            if (height == TileRows)
            {
                Tile4x2<TVector, Assign>(ref left, (nuint)shape.Inner, ref panel, (nuint)width, (nuint)depth, ref sums, (nuint)width);
            }
            else
            {
                for (int r = 0; r < height; r++)
                {
                    ref ulong line = ref Unsafe.Add(ref left, (nint)r * shape.Inner);
                    Tile1x2<TVector, Assign>(ref line, ref panel, (nuint)width, (nuint)depth, ref Unsafe.Add(ref sums, r * width));
                }
            }

            for (int r = 0; r < height; r++)
            {
                nuint result = (nuint)((nint)(row + r) * shape.Columns);
                for (int j = 0; j < used; j++)
                {
                    TStore.Store(new WordVector64(tile[(r * width) + j]), ref c, result + (nuint)j);
                }
            }
        }
    }

    private static void Tile4x2<TVector, TStore>(
        ref ulong a, nuint aStride, ref ulong b, nuint bStride, nuint inner, ref ulong c, nuint cStride)
        where TVector : struct, IWordVector<TVector>
        where TStore : struct, IStore
    {
        nuint count = (nuint)TVector.Count;
        ref ulong a1 = ref Unsafe.Add(ref a, aStride);
        ref ulong a2 = ref Unsafe.Add(ref a1, aStride);
        ref ulong a3 = ref Unsafe.Add(ref a2, aStride);
        TVector s00 = TVector.Zero, s10 = TVector.Zero, s20 = TVector.Zero, s30 = TVector.Zero;
        TVector s01 = TVector.Zero, s11 = TVector.Zero, s21 = TVector.Zero, s31 = TVector.Zero;
        nuint position = 0;
        for (nuint k = 0; k < inner; k++)
        {
            TVector left = TVector.Load(ref b, position);
            TVector right = TVector.Load(ref b, position + count);
            TVector factor = TVector.Broadcast(Unsafe.Add(ref a, k));
            s00 += factor * left;
            s01 += factor * right;
            factor = TVector.Broadcast(Unsafe.Add(ref a1, k));
            s10 += factor * left;
            s11 += factor * right;
            factor = TVector.Broadcast(Unsafe.Add(ref a2, k));
            s20 += factor * left;
            s21 += factor * right;
            factor = TVector.Broadcast(Unsafe.Add(ref a3, k));
            s30 += factor * left;
            s31 += factor * right;
            position += bStride;
        }

        TStore.Store(s00, ref c, 0);
        TStore.Store(s01, ref c, count);
        TStore.Store(s10, ref c, cStride);
        TStore.Store(s11, ref c, cStride + count);
        TStore.Store(s20, ref c, 2 * cStride);
        TStore.Store(s21, ref c, (2 * cStride) + count);
        TStore.Store(s30, ref c, 3 * cStride);
        TStore.Store(s31, ref c, (3 * cStride) + count);
    }

    private static void Tile1x1<TVector, TStore>(ref ulong a, ref ulong b, nuint bStride, nuint inner, ref ulong c)
        where TVector : struct, IWordVector<TVector>
        where TStore : struct, IStore
    {
        TVector sums = TVector.Zero;
        nuint position = 0;
        for (nuint k = 0; k < inner; k++)
        {
            sums += TVector.Broadcast(Unsafe.Add(ref a, k)) * TVector.Load(ref b, position);
            position += bStride;
        }

        TStore.Store(sums, ref c, 0);
    }

    private static void Tile1x2<TVector, TStore>(ref ulong a, ref ulong b, nuint bStride, nuint inner, ref ulong c)
        where TVector : struct, IWordVector<TVector>
        where TStore : struct, IStore
    {
        nuint count = (nuint)TVector.Count;
        TVector s0 = TVector.Zero, s1 = TVector.Zero;
        nuint position = 0;
        for (nuint k = 0; k < inner; k++)
        {
            TVector factor = TVector.Broadcast(Unsafe.Add(ref a, k));
            s0 += factor * TVector.Load(ref b, position);
            s1 += factor * TVector.Load(ref b, position + count);
            position += bStride;
        }

        TStore.Store(s0, ref c, 0);
        TStore.Store(s1, ref c, count);
    }

    private static void Tile1x8<TVector, TStore>(ref ulong a, ref ulong b, nuint bStride, nuint inner, ref ulong c)
        where TVector : struct, IWordVector<TVector>
        where TStore : struct, IStore
    {
        nuint count = (nuint)TVector.Count;
        TVector s0 = TVector.Zero, s1 = TVector.Zero, s2 = TVector.Zero, s3 = TVector.Zero;
        TVector s4 = TVector.Zero, s5 = TVector.Zero, s6 = TVector.Zero, s7 = TVector.Zero;
        nuint position = 0;
        for (nuint k = 0; k < inner; k++)
        {
            TVector factor = TVector.Broadcast(Unsafe.Add(ref a, k));
            s0 += factor * TVector.Load(ref b, position);
            s1 += factor * TVector.Load(ref b, position + count);
            s2 += factor * TVector.Load(ref b, position + (2 * count));
            s3 += factor * TVector.Load(ref b, position + (3 * count));
            s4 += factor * TVector.Load(ref b, position + (4 * count));
            s5 += factor * TVector.Load(ref b, position + (5 * count));
            s6 += factor * TVector.Load(ref b, position + (6 * count));
            s7 += factor * TVector.Load(ref b, position + (7 * count));
            position += bStride;
        }

        TStore.Store(s0, ref c, 0);
        TStore.Store(s1, ref c, count);
        TStore.Store(s2, ref c, 2 * count);
        TStore.Store(s3, ref c, 3 * count);
        TStore.Store(s4, ref c, 4 * count);
        TStore.Store(s5, ref c, 5 * count);
        TStore.Store(s6, ref c, 6 * count);
        TStore.Store(s7, ref c, 7 * count);
    }
}
