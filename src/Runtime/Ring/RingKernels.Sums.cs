using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MPCache.Ring;

/// <content>Sums over one axis.</content>
public static partial class RingKernels
{
    /// <summary>
    /// z[o, i] = Σ_a x[o, a, i], all row-major. With <paramref name="inner"/> = 1 this sums the last axis. An empty axis gives zeros.
    /// </summary>
    /// <param name="x">outer·axis·inner words.</param>
    /// <param name="z">outer·inner words; may not overlap <paramref name="x"/>.</param>
    /// <param name="outer">Product of the sizes before the summed axis.</param>
    /// <param name="axis">Size of the summed axis.</param>
    /// <param name="inner">Product of the sizes after the summed axis.</param>
    /// <exception cref="ArgumentException">A length does not match the sizes.</exception>
    public static void SumRows(ReadOnlySpan<ulong> x, Span<ulong> z, int outer, int axis, int inner)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(outer);
        ArgumentOutOfRangeException.ThrowIfNegative(axis);
        ArgumentOutOfRangeException.ThrowIfNegative(inner);
        if ((Int128)outer * axis * inner != x.Length || (long)outer * inner != z.Length)
        {
            throw new ArgumentException(
                $"{x.Length} and {z.Length} words do not match {outer} × {axis} × {inner} summed over its middle axis.");
        }

        int group = axis * inner;
        for (int o = 0; o < outer; o++)
        {
            ReadOnlySpan<ulong> rows = x.Slice(o * group, group);
            if (inner == 1)
            {
                z[o] = Sum(rows);
            }
            else
            {
                SumColumns(rows, z.Slice(o * inner, inner), axis, inner);
            }
        }
    }

    private static ulong Sum(ReadOnlySpan<ulong> row)
    {
        ref ulong word = ref MemoryMarshal.GetReference(row);
        nuint length = (nuint)row.Length;
        nuint count = (nuint)Vector512<ulong>.Count;
        Vector512<ulong> even = Vector512<ulong>.Zero;
        Vector512<ulong> odd = Vector512<ulong>.Zero;
        nuint i = 0;
        for (; i + (2 * count) <= length; i += 2 * count)
        {
            even += Vector512.LoadUnsafe(ref word, i);
            odd += Vector512.LoadUnsafe(ref word, i + count);
        }

        for (; i + count <= length; i += count)
        {
            even += Vector512.LoadUnsafe(ref word, i);
        }

        ulong sum = Vector512.Sum(even + odd);
        for (; i < length; i++)
        {
            sum += Unsafe.Add(ref word, i);
        }

        return sum;
    }

    private static void SumColumns(ReadOnlySpan<ulong> rows, Span<ulong> sums, int axis, int inner)
    {
        ref ulong word = ref MemoryMarshal.GetReference(rows);
        ref ulong result = ref MemoryMarshal.GetReference(sums);
        nuint stride = (nuint)inner;
        nuint end = (nuint)axis * stride;
        nuint i = 0;
        for (; i + (nuint)Vector512<ulong>.Count <= stride; i += (nuint)Vector512<ulong>.Count)
        {
            Vector512<ulong> sum = Vector512<ulong>.Zero;
            for (nuint row = 0; row < end; row += stride)
            {
                sum += Vector512.LoadUnsafe(ref word, row + i);
            }

            sum.StoreUnsafe(ref result, i);
        }

        for (; i < stride; i++)
        {
            ulong sum = 0;
            for (nuint row = 0; row < end; row += stride)
            {
                sum += Unsafe.Add(ref word, row + i);
            }

            Unsafe.Add(ref result, i) = sum;
        }
    }
}
