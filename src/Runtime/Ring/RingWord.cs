using System;

namespace MPCache.Ring;

/// <summary>
/// A value of the ring Z_2^m, 1 ≤ m ≤ 64, held in the low m bits of a 64-bit word. Arithmetic may leave anything above them; a word is
/// reduced where it is compared, shifted right, decoded or sent.
/// </summary>
public static class RingWord
{
    /// <summary>The widest ring, in bits.</summary>
    public const int MaximumRing = 64;

    /// <summary>The word whose low <paramref name="ring"/> bits are one.</summary>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is not between 1 and 64.</exception>
    public static ulong Mask(int ring)
    {
        CheckRing(ring);
        return ulong.MaxValue >> (MaximumRing - ring);
    }

    /// <summary>The representative of a ring value in [−2^(m−1), 2^(m−1)); bits above the ring are ignored.</summary>
    /// <param name="value">A ring value, reduced or not.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is not between 1 and 64.</exception>
    public static long SignExtend(ulong value, int ring)
    {
        CheckRing(ring);
        int unused = MaximumRing - ring;
        return (long)(value << unused) >> unused;
    }

    /// <summary>Bytes one value takes on the wire: ⌈m/8⌉.</summary>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is not between 1 and 64.</exception>
    public static int Bytes(int ring)
    {
        CheckRing(ring);
        return (ring + 7) >> 3;
    }

    private static void CheckRing(int ring)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ring, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ring, MaximumRing);
    }
}
