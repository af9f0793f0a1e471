using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MPCache.Ring;

/// <content>Linear combinations in one pass over memory.</content>
public static partial class RingKernels
{
    /// <summary>z = a·x + c modulo 2^ring.</summary>
    /// <param name="x">Ring words.</param>
    /// <param name="a">Their factor.</param>
    /// <param name="c">What is added.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <param name="z">The result, as many words.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Combine(ReadOnlySpan<ulong> x, ulong a, ulong c, int ring, Span<ulong> z)
    {
        CheckLength(x.Length, z.Length);
        switch (a)
        {
            case 1:
                One<Plain>(x, a, c, RingWord.Mask(ring), z);
                break;
            case ulong.MaxValue:
                One<Negated>(x, a, c, RingWord.Mask(ring), z);
                break;
            default:
                One<Scaled>(x, a, c, RingWord.Mask(ring), z);
                break;
        }
    }

    /// <summary>z = a·x + b·y + c modulo 2^ring.</summary>
    /// <param name="x">Ring words.</param>
    /// <param name="a">Their factor.</param>
    /// <param name="y">Ring words.</param>
    /// <param name="b">Their factor.</param>
    /// <param name="c">What is added.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <param name="z">The result, as many words.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Combine(ReadOnlySpan<ulong> x, ulong a, ReadOnlySpan<ulong> y, ulong b, ulong c, int ring, Span<ulong> z)
    {
        CheckLength(x.Length, z.Length);
        CheckLength(y.Length, z.Length);
        switch (a, b)
        {
            case (1, 1):
                Two<Plain, Plain>(x, a, y, b, c, RingWord.Mask(ring), z);
                break;
            case (1, ulong.MaxValue):
                Two<Plain, Negated>(x, a, y, b, c, RingWord.Mask(ring), z);
                break;
            case (ulong.MaxValue, 1):
                Two<Plain, Negated>(y, b, x, a, c, RingWord.Mask(ring), z);
                break;
            default:
                Two<Scaled, Scaled>(x, a, y, b, c, RingWord.Mask(ring), z);
                break;
        }
    }

    private static void One<TFactor>(ReadOnlySpan<ulong> x, ulong a, ulong c, ulong mask, Span<ulong> z)
        where TFactor : struct, IFactor
    {
        ref ulong left = ref MemoryMarshal.GetReference(x);
        ref ulong result = ref MemoryMarshal.GetReference(z);
        (Vector512<ulong> factor, Vector512<ulong> constant, Vector512<ulong> low) =
            (Vector512.Create(a), Vector512.Create(c), Vector512.Create(mask));
        nuint length = (nuint)z.Length;
        nuint i = 0;
        for (; i + (nuint)Vector512<ulong>.Count <= length; i += (nuint)Vector512<ulong>.Count)
        {
            (TFactor.Add(constant, Vector512.LoadUnsafe(ref left, i), factor) & low).StoreUnsafe(ref result, i);
        }

        for (int j = (int)i; j < z.Length; j++)
        {
            z[j] = (c + (a * x[j])) & mask;
        }
    }

    private static void Two<TLeft, TRight>(
        ReadOnlySpan<ulong> x, ulong a, ReadOnlySpan<ulong> y, ulong b, ulong c, ulong mask, Span<ulong> z)
        where TLeft : struct, IFactor
        where TRight : struct, IFactor
    {
        ref ulong left = ref MemoryMarshal.GetReference(x);
        ref ulong right = ref MemoryMarshal.GetReference(y);
        ref ulong result = ref MemoryMarshal.GetReference(z);
        (Vector512<ulong> first, Vector512<ulong> second) = (Vector512.Create(a), Vector512.Create(b));
        (Vector512<ulong> constant, Vector512<ulong> low) = (Vector512.Create(c), Vector512.Create(mask));
        nuint length = (nuint)z.Length;
        nuint i = 0;
        for (; i + (nuint)Vector512<ulong>.Count <= length; i += (nuint)Vector512<ulong>.Count)
        {
            Vector512<ulong> sum = TLeft.Add(constant, Vector512.LoadUnsafe(ref left, i), first);
            (TRight.Add(sum, Vector512.LoadUnsafe(ref right, i), second) & low).StoreUnsafe(ref result, i);
        }

        for (int j = (int)i; j < z.Length; j++)
        {
            z[j] = (c + (a * x[j]) + (b * y[j])) & mask;
        }
    }

    /// <summary>How a summand counts: most do once, and multiplying costs.</summary>
    private interface IFactor
    {
        static abstract Vector512<ulong> Add(Vector512<ulong> sum, Vector512<ulong> x, Vector512<ulong> factor);
    }

    private readonly struct Plain : IFactor
    {
        public static Vector512<ulong> Add(Vector512<ulong> sum, Vector512<ulong> x, Vector512<ulong> factor) => sum + x;
    }

    private readonly struct Negated : IFactor
    {
        public static Vector512<ulong> Add(Vector512<ulong> sum, Vector512<ulong> x, Vector512<ulong> factor) => sum - x;
    }

    private readonly struct Scaled : IFactor
    {
        public static Vector512<ulong> Add(Vector512<ulong> sum, Vector512<ulong> x, Vector512<ulong> factor) => sum + (x * factor);
    }
}
