using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MPCache.Ring;

/// <summary>
/// Element-wise arithmetic on spans of ring words, modulo 2^64. Since 2^m divides 2^64, the low m bits of every result are right for any
/// ring Z_2^m, and only <see cref="Reduce"/> clears the bits above. The destination may be one of the operands, but may not overlap
/// it otherwise. Nothing here depends on the values in time or memory access.
/// </summary>
public static partial class RingKernels
{
    /// <summary>z = x + y.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Add(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) => Map<AddWords>(x, y, z);

    /// <summary>z = x − y.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Subtract(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) => Map<SubtractWords>(x, y, z);

    /// <summary>z = −x.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Negate(ReadOnlySpan<ulong> x, Span<ulong> z) => MapConstant<SubtractFromConstant>(x, 0, z);

    /// <summary>z = z + x.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddInPlace(Span<ulong> z, ReadOnlySpan<ulong> x) => Map<AddWords>(z, x, z);

    /// <summary>z = z − x.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void SubtractInPlace(Span<ulong> z, ReadOnlySpan<ulong> x) => Map<SubtractWords>(z, x, z);

    /// <summary>z = x·y, element by element.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Multiply(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) => Map<MultiplyWords>(x, y, z);

    /// <summary>z = z + x·y, element by element.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void MultiplyAdd(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z)
    {
        CheckLength(x.Length, z.Length);
        CheckLength(y.Length, z.Length);
        ref ulong left = ref MemoryMarshal.GetReference(x);
        ref ulong right = ref MemoryMarshal.GetReference(y);
        ref ulong sum = ref MemoryMarshal.GetReference(z);
        nuint length = (nuint)z.Length;
        nuint i = 0;
        for (; i + (nuint)Vector512<ulong>.Count <= length; i += (nuint)Vector512<ulong>.Count)
        {
            Vector512<ulong> product = Vector512.LoadUnsafe(ref left, i) * Vector512.LoadUnsafe(ref right, i);
            (Vector512.LoadUnsafe(ref sum, i) + product).StoreUnsafe(ref sum, i);
        }

        for (; i < length; i++)
        {
            Unsafe.Add(ref sum, i) += Unsafe.Add(ref left, i) * Unsafe.Add(ref right, i);
        }
    }

    /// <summary>z = c·x.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void MultiplyConstant(ReadOnlySpan<ulong> x, ulong c, Span<ulong> z) => MapConstant<MultiplyByConstant>(x, c, z);

    /// <summary>z = z + c·x.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void MultiplyConstantAdd(ReadOnlySpan<ulong> x, ulong c, Span<ulong> z)
    {
        CheckLength(x.Length, z.Length);
        ref ulong left = ref MemoryMarshal.GetReference(x);
        ref ulong sum = ref MemoryMarshal.GetReference(z);
        nuint length = (nuint)z.Length;
        Vector512<ulong> factor = Vector512.Create(c);
        nuint i = 0;
        for (; i + (nuint)Vector512<ulong>.Count <= length; i += (nuint)Vector512<ulong>.Count)
        {
            (Vector512.LoadUnsafe(ref sum, i) + (Vector512.LoadUnsafe(ref left, i) * factor)).StoreUnsafe(ref sum, i);
        }

        for (; i < length; i++)
        {
            Unsafe.Add(ref sum, i) += Unsafe.Add(ref left, i) * c;
        }
    }

    /// <summary>z = x + c.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddConstant(ReadOnlySpan<ulong> x, ulong c, Span<ulong> z) => MapConstant<AddConstantWord>(x, c, z);

    /// <summary>z = x shifted right by <paramref name="bits"/>, zeros shifted in: the words must be reduced to their ring before.</summary>
    /// <param name="x">Reduced words.</param>
    /// <param name="bits">0 to 63.</param>
    /// <param name="z">The result, as long as <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the shift is out of range.</exception>
    public static void ShiftRightLogical(ReadOnlySpan<ulong> x, int bits, Span<ulong> z)
    {
        CheckShift(bits);
        MapConstant<ShiftRight>(x, (ulong)bits, z);
    }

    /// <summary>z = x·2^<paramref name="bits"/>.</summary>
    /// <param name="x">Ring words.</param>
    /// <param name="bits">0 to 63.</param>
    /// <param name="z">The result, as long as <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the shift is out of range.</exception>
    public static void ShiftLeft(ReadOnlySpan<ulong> x, int bits, Span<ulong> z)
    {
        CheckShift(bits);
        MapConstant<ShiftLeftWord>(x, (ulong)bits, z);
    }

    /// <summary>Clears the bits above the ring, in place.</summary>
    /// <param name="z">Ring words.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    public static void Reduce(Span<ulong> z, int ring)
    {
        ulong mask = RingWord.Mask(ring);
        if (ring != RingWord.MaximumRing)
        {
            MapConstant<AndConstant>(z, mask, z);
        }
    }

    private static void CheckLength(int length, int expected)
    {
        if (length != expected)
        {
            throw new ArgumentException($"The operands have {length} and {expected} words; they must be equally long.");
        }
    }

    private static void CheckShift(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bits, RingWord.MaximumRing);
    }

    private static void Map<TOperation>(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z)
        where TOperation : struct, IWordOperation
    {
        CheckLength(x.Length, z.Length);
        CheckLength(y.Length, z.Length);
        ref ulong left = ref MemoryMarshal.GetReference(x);
        ref ulong right = ref MemoryMarshal.GetReference(y);
        ref ulong result = ref MemoryMarshal.GetReference(z);
        nuint length = (nuint)z.Length;
        nuint i = 0;
        for (; i + (nuint)Vector512<ulong>.Count <= length; i += (nuint)Vector512<ulong>.Count)
        {
            TOperation.Apply(Vector512.LoadUnsafe(ref left, i), Vector512.LoadUnsafe(ref right, i)).StoreUnsafe(ref result, i);
        }

        for (; i < length; i++)
        {
            Unsafe.Add(ref result, i) = TOperation.Apply(Unsafe.Add(ref left, i), Unsafe.Add(ref right, i));
        }
    }

    private static void MapConstant<TOperation>(ReadOnlySpan<ulong> x, ulong c, Span<ulong> z)
        where TOperation : struct, IConstantOperation
    {
        CheckLength(x.Length, z.Length);
        ref ulong operand = ref MemoryMarshal.GetReference(x);
        ref ulong result = ref MemoryMarshal.GetReference(z);
        nuint length = (nuint)z.Length;
        Vector512<ulong> constant = Vector512.Create(c);
        nuint i = 0;
        for (; i + (nuint)Vector512<ulong>.Count <= length; i += (nuint)Vector512<ulong>.Count)
        {
            TOperation.Apply(Vector512.LoadUnsafe(ref operand, i), constant, c).StoreUnsafe(ref result, i);
        }

        for (; i < length; i++)
        {
            Unsafe.Add(ref result, i) = TOperation.Apply(Unsafe.Add(ref operand, i), c);
        }
    }

    private interface IWordOperation
    {
        static abstract Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> y);

        static abstract ulong Apply(ulong x, ulong y);
    }

    private interface IConstantOperation
    {
        static abstract Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> lanes, ulong c);

        static abstract ulong Apply(ulong x, ulong c);
    }

    private readonly struct AddWords : IWordOperation
    {
        public static Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> y) => x + y;

        public static ulong Apply(ulong x, ulong y) => x + y;
    }

    private readonly struct SubtractWords : IWordOperation
    {
        public static Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> y) => x - y;

        public static ulong Apply(ulong x, ulong y) => x - y;
    }

    private readonly struct MultiplyWords : IWordOperation
    {
        public static Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> y) => x * y;

        public static ulong Apply(ulong x, ulong y) => x * y;
    }

    private readonly struct SubtractFromConstant : IConstantOperation
    {
        public static Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> lanes, ulong c) => lanes - x;

        public static ulong Apply(ulong x, ulong c) => c - x;
    }

    private readonly struct MultiplyByConstant : IConstantOperation
    {
        public static Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> lanes, ulong c) => x * lanes;

        public static ulong Apply(ulong x, ulong c) => x * c;
    }

    private readonly struct AddConstantWord : IConstantOperation
    {
        public static Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> lanes, ulong c) => x + lanes;

        public static ulong Apply(ulong x, ulong c) => x + c;
    }

    private readonly struct AndConstant : IConstantOperation
    {
        public static Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> lanes, ulong c) => x & lanes;

        public static ulong Apply(ulong x, ulong c) => x & c;
    }

    private readonly struct ShiftRight : IConstantOperation
    {
        public static Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> lanes, ulong c) => x >>> (int)c;

        public static ulong Apply(ulong x, ulong c) => x >> (int)c;
    }

    private readonly struct ShiftLeftWord : IConstantOperation
    {
        public static Vector512<ulong> Apply(Vector512<ulong> x, Vector512<ulong> lanes, ulong c) => x << (int)c;

        public static ulong Apply(ulong x, ulong c) => x << (int)c;
    }
}
