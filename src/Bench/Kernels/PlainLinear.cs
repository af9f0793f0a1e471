using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
        nuint lanes = (nuint)Vector256<float>.Count;
        nuint length = (nuint)x.Length;
        if (weights.Length != x.Length * y.Length || length % (4 * lanes) != 0)
        {
            throw new ArgumentException($"{weights.Length} weights are not {y.Length} rows of {x.Length}, a multiple of 32.", nameof(weights));
        }

        ref short row = ref MemoryMarshal.GetReference(weights);
        ref float column = ref MemoryMarshal.GetReference(x);
        for (int i = 0; i < y.Length; i++)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (nuint k = 0; k < length; k += 4 * lanes)
            {
                s0 = Vector256.FusedMultiplyAdd(Load(ref row, k), Vector256.LoadUnsafe(ref column, k), s0);
                s1 = Vector256.FusedMultiplyAdd(Load(ref row, k + lanes), Vector256.LoadUnsafe(ref column, k + lanes), s1);
                s2 = Vector256.FusedMultiplyAdd(Load(ref row, k + (2 * lanes)), Vector256.LoadUnsafe(ref column, k + (2 * lanes)), s2);
                s3 = Vector256.FusedMultiplyAdd(Load(ref row, k + (3 * lanes)), Vector256.LoadUnsafe(ref column, k + (3 * lanes)), s3);
            }

            y[i] = Vector256.Sum(s0 + s1 + (s2 + s3));
            row = ref Unsafe.Add(ref row, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load(ref short origin, nuint offset)
    {
        Vector128<short> narrow = Vector128.LoadUnsafe(ref origin, offset);
        return Vector256.ConvertToSingle(Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(narrow)
            : Vector256.Create(Vector128.WidenLower(narrow), Vector128.WidenUpper(narrow)));
    }
}
