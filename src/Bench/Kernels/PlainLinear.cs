using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MPCache.Bench.Kernels;

/// <summary>
/// What an inference in the clear does with the same weights: y = W·x with 16-bit weights in single precision, row by row, so that memory is
/// read from its beginning to its end. The yardstick of the server's linear layers.
/// </summary>
internal static class PlainLinear
{
    /// <summary>y = W·x.</summary>
    /// <param name="weights">[y, x], row-major; a row has a multiple of 32 elements.</param>
    /// <param name="x">The vector.</param>
    /// <param name="y">Receives the products.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Multiply(ReadOnlySpan<short> weights, ReadOnlySpan<float> x, Span<float> y)
    {
        nuint lanes = (nuint)Vector256<short>.Count;
        nuint length = (nuint)x.Length;
        if (weights.Length != x.Length * y.Length || length % (2 * lanes) != 0)
        {
            throw new ArgumentException($"{weights.Length} weights are not {y.Length} rows of {x.Length}, a multiple of 32.", nameof(weights));
        }

        ref short row = ref MemoryMarshal.GetReference(weights);
        ref float column = ref MemoryMarshal.GetReference(x);
        for (int i = 0; i < y.Length; i++)
        {
            Vector512<float> even = default, odd = default;
            for (nuint k = 0; k < length; k += 2 * lanes)
            {
                even = Vector512.FusedMultiplyAdd(Load(ref row, k), Vector512.LoadUnsafe(ref column, k), even);
                odd = Vector512.FusedMultiplyAdd(Load(ref row, k + lanes), Vector512.LoadUnsafe(ref column, k + lanes), odd);
            }

            y[i] = Vector512.Sum(even + odd);
            row = ref Unsafe.Add(ref row, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(ref short origin, nuint offset)
    {
        (Vector256<int> low, Vector256<int> high) = Vector256.Widen(Vector256.LoadUnsafe(ref origin, offset));
        return Vector512.ConvertToSingle(Vector512.Create(low, high));
    }
}
