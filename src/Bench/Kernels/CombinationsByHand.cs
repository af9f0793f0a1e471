using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MPCache.Ring;

namespace MPCache.Bench.Kernels;

/// <summary>
/// The loops of <see cref="CombinationKernels"/> as one writes them for a single shape: addresses and factors are known, rows are whole
/// vectors long. One plane of the operands and the result each.
/// </summary>
internal static class CombinationsByHand
{
    /// <summary>Width of the ring in bits.</summary>
    public const int Ring = 23;

    /// <summary>Words of a square that is transposed while it is in the first-level cache: so many a side.</summary>
    private const int Side = 16;

    private static readonly ulong Mask = RingWord.Mask(Ring);

    /// <summary>A loop over a plane.</summary>
    /// <param name="x">The first operand.</param>
    /// <param name="y">The second, where there is one.</param>
    /// <param name="z">The result, row by row.</param>
    /// <param name="rows">Its rows.</param>
    public delegate void Plane(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int rows);

    private static nuint Lanes => (nuint)Vector512<ulong>.Count;

    /// <summary>The second half of every row, negated.</summary>
    public static void Slices(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int rows)
    {
        (nuint length, Vector512<ulong> mask) = Row(z, rows);
        for (int row = 0; row < rows; row++)
        {
            ref ulong from = ref At(x, row, 2 * length);
            ref ulong to = ref At(z, row, length);
            for (nuint i = 0; i < length; i += Lanes)
            {
                (-Vector512.LoadUnsafe(ref from, i + length) & mask).StoreUnsafe(ref to, i);
            }
        }
    }

    /// <summary>The first half of every row less the second: a step of a tournament.</summary>
    public static void Differences(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int rows)
    {
        (nuint length, Vector512<ulong> mask) = Row(z, rows);
        for (int row = 0; row < rows; row++)
        {
            ref ulong from = ref At(x, row, 2 * length);
            ref ulong to = ref At(z, row, length);
            for (nuint i = 0; i < length; i += Lanes)
            {
                ((Vector512.LoadUnsafe(ref from, i) - Vector512.LoadUnsafe(ref from, i + length)) & mask).StoreUnsafe(ref to, i);
            }
        }
    }

    /// <summary>a − b + 3·c of the thirds of every row.</summary>
    public static void ThreeParts(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int rows)
    {
        (nuint length, Vector512<ulong> mask) = Row(z, rows);
        Vector512<ulong> factor = Vector512.Create(3ul);
        for (int row = 0; row < rows; row++)
        {
            ref ulong a = ref At(x, row, 3 * length);
            ref ulong b = ref Unsafe.Add(ref a, length);
            ref ulong c = ref Unsafe.Add(ref b, length);
            ref ulong to = ref At(z, row, length);
            for (nuint i = 0; i < length; i += Lanes)
            {
                Vector512<ulong> sum = Vector512.LoadUnsafe(ref a, i) - Vector512.LoadUnsafe(ref b, i);
                ((sum + (Vector512.LoadUnsafe(ref c, i) * factor)) & mask).StoreUnsafe(ref to, i);
            }
        }
    }

    /// <summary>a − b + c − d of the quarters of every row.</summary>
    public static void FourParts(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int rows)
    {
        (nuint length, Vector512<ulong> mask) = Row(z, rows);
        for (int row = 0; row < rows; row++)
        {
            ref ulong a = ref At(x, row, 4 * length);
            ref ulong b = ref Unsafe.Add(ref a, length);
            ref ulong c = ref Unsafe.Add(ref b, length);
            ref ulong d = ref Unsafe.Add(ref c, length);
            ref ulong to = ref At(z, row, length);
            for (nuint i = 0; i < length; i += Lanes)
            {
                Vector512<ulong> sum = Vector512.LoadUnsafe(ref a, i) - Vector512.LoadUnsafe(ref b, i);
                ((sum + Vector512.LoadUnsafe(ref c, i) - Vector512.LoadUnsafe(ref d, i)) & mask).StoreUnsafe(ref to, i);
            }
        }
    }

    /// <summary>Rows in four groups, dealt out one of each group at a time, and added to others.</summary>
    public static void PermutedRows(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int rows)
    {
        (nuint length, Vector512<ulong> mask) = Row(z, rows);
        int groups = 4;
        int each = rows / groups;
        for (int member = 0; member < each; member++)
        {
            for (int group = 0; group < groups; group++)
            {
                ref ulong left = ref At(x, (group * each) + member, length);
                ref ulong right = ref At(y, (member * groups) + group, length);
                ref ulong to = ref At(z, (member * groups) + group, length);
                for (nuint i = 0; i < length; i += Lanes)
                {
                    ((Vector512.LoadUnsafe(ref left, i) + Vector512.LoadUnsafe(ref right, i)) & mask).StoreUnsafe(ref to, i);
                }
            }
        }
    }

    /// <summary>Every row and the same other one.</summary>
    public static void RepeatedRow(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int rows)
    {
        (nuint length, Vector512<ulong> mask) = Row(z, rows);
        ref ulong right = ref MemoryMarshal.GetReference(y);
        for (int row = 0; row < rows; row++)
        {
            ref ulong left = ref At(x, row, length);
            ref ulong to = ref At(z, row, length);
            for (nuint i = 0; i < length; i += Lanes)
            {
                ((Vector512.LoadUnsafe(ref left, i) + Vector512.LoadUnsafe(ref right, i)) & mask).StoreUnsafe(ref to, i);
            }
        }
    }

    /// <summary>Every row less a number of its own.</summary>
    public static void NumberARow(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int rows)
    {
        (nuint length, Vector512<ulong> mask) = Row(z, rows);
        for (int row = 0; row < rows; row++)
        {
            ref ulong left = ref At(x, row, length);
            ref ulong to = ref At(z, row, length);
            Vector512<ulong> number = Vector512.Create(y[row]);
            for (nuint i = 0; i < length; i += Lanes)
            {
                ((Vector512.LoadUnsafe(ref left, i) - number) & mask).StoreUnsafe(ref to, i);
            }
        }
    }

    /// <summary>Every word with an even index less the next.</summary>
    public static void Neighbours(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int rows)
    {
        ref ulong from = ref MemoryMarshal.GetReference(x);
        ref ulong to = ref MemoryMarshal.GetReference(z);
        ulong mask = Mask;
        for (nuint i = 0; i < (nuint)z.Length; i++)
        {
            Unsafe.Add(ref to, i) = (Unsafe.Add(ref from, 2 * i) - Unsafe.Add(ref from, (2 * i) + 1)) & mask;
        }
    }

    /// <summary>Rows of what is stored column by column, square by square.</summary>
    public static void Transposed(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z, int rows)
    {
        int length = z.Length / rows;
        ulong mask = Mask;
        for (int left = 0; left < length; left += Side)
        {
            for (int row = 0; row < rows; row++)
            {
                ref ulong from = ref Unsafe.Add(ref MemoryMarshal.GetReference(x), (left * rows) + row);
                ref ulong to = ref Unsafe.Add(ref MemoryMarshal.GetReference(z), (row * length) + left);
                for (int i = 0; i < Side; i++)
                {
                    Unsafe.Add(ref to, i) = Unsafe.Add(ref from, i * rows) & mask;
                }
            }
        }
    }

    private static (nuint Length, Vector512<ulong> Mask) Row(Span<ulong> z, int rows) =>
        ((nuint)(z.Length / rows), Vector512.Create(Mask));

    private static ref ulong At(ReadOnlySpan<ulong> words, int row, nuint length) =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(words), (nuint)row * length);
}
