using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MPCache.Bench.Kernels;

/// <summary>
/// What an inference in the clear does with the same weights: y = W·x with 16-bit weights, four rows at a time so that x is loaded once for
/// them, in single precision. The yardstick of the server's linear layers.
/// </summary>
internal static class PlainLinear
{
    private const int RowsAtOnce = 4;

    /// <summary>y = W·x.</summary>
    /// <param name="weights">[y, x], row-major; as many rows as a multiple of 4, each of a multiple of 16 elements.</param>
    /// <param name="x">The vector.</param>
    /// <param name="y">Receives the products.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Multiply(ReadOnlySpan<short> weights, ReadOnlySpan<float> x, Span<float> y)
    {
        int lanes = Vector256<short>.Count;
        if (weights.Length != x.Length * y.Length || y.Length % RowsAtOnce != 0 || x.Length % lanes != 0)
        {
            throw new ArgumentException($"{weights.Length} weights are not {y.Length} rows of {x.Length}, in fours and sixteens.", nameof(weights));
        }

        ref short row = ref MemoryMarshal.GetReference(weights);
        ref float column = ref MemoryMarshal.GetReference(x);
        nuint length = (nuint)x.Length;
        for (int i = 0; i < y.Length; i += RowsAtOnce)
        {
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (nuint k = 0; k < length; k += (nuint)lanes)
            {
                Vector512<float> v = Vector512.LoadUnsafe(ref column, k);
                s0 = Vector512.FusedMultiplyAdd(Load(ref row, k), v, s0);
                s1 = Vector512.FusedMultiplyAdd(Load(ref row, k + length), v, s1);
                s2 = Vector512.FusedMultiplyAdd(Load(ref row, k + (2 * length)), v, s2);
                s3 = Vector512.FusedMultiplyAdd(Load(ref row, k + (3 * length)), v, s3);
            }

            y[i] = Vector512.Sum(s0);
            y[i + 1] = Vector512.Sum(s1);
            y[i + 2] = Vector512.Sum(s2);
            y[i + 3] = Vector512.Sum(s3);
            row = ref Unsafe.Add(ref row, RowsAtOnce * (nint)length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(ref short origin, nuint offset)
    {
        (Vector256<int> low, Vector256<int> high) = Vector256.Widen(Vector256.LoadUnsafe(ref origin, offset));
        return Vector512.ConvertToSingle(Vector512.Create(low, high));
    }
}
