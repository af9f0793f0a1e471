using System;

namespace MPCache.Contract;

/// <summary>The integer functions of session expressions, as generated code calls them.</summary>
public static class SessionMath
{
    /// <summary>Up to so many rows TopK compares all pairs at once.</summary>
    private const int LargestWhole = 64;

    /// <summary>⌊a / b⌋.</summary>
    public static long FloorDiv(long a, long b) =>
        b > 0 ? (a >= 0 ? a / b : -((-a + b - 1) / b)) : throw new ArithmeticException($"floordiv({a}, {b}): the divisor must be positive");

    /// <summary>⌈a / b⌉.</summary>
    public static long CeilDiv(long a, long b) => -FloorDiv(-a, b);

    /// <summary>a − b·⌊a / b⌋.</summary>
    public static long Mod(long a, long b) => a - (b * FloorDiv(a, b));

    /// <summary>⌈log2 a⌉; 0 for a ≤ 1.</summary>
    public static long CeilLog2(long a)
    {
        long bits = 0;
        while (bits < 62 && (1L << (int)bits) < a)
        {
            bits++;
        }

        return bits;
    }

    /// <summary>⌊∛a⌋; 0 for a ≤ 0.</summary>
    public static long Cbrt(long a)
    {
        // Bit by bit in integers, so that every machine finds the same: (2^21 − 1)³ still fits.
        long root = 0;
        for (int bit = 20; bit >= 0; bit--)
        {
            long larger = root | (1L << bit);
            if (larger * larger * larger <= a)
            {
                root = larger;
            }
        }

        return root;
    }

    /// <summary>
    /// Rows of n that TopK compares with all others: all of up to 64, ⌊∛(81·n)⌋ of more, which with <see cref="Capacity"/> is where both
    /// phases together compare least.
    /// </summary>
    public static long Pivots(long n) => n > LargestWhole ? Cbrt(checked(81 * n)) : Math.Max(n, 0);

    /// <summary>Whether TopK compares in a second phase what the first left undecided of n rows: 1 beyond 64 rows, 0 else.</summary>
    public static long Refines(long n) => n > LargestWhole ? 1 : 0;

    /// <summary>
    /// Slots for rows of n that TopK's first phase leaves undecided: ⌈9·n / pivots⌉, nine times the mean distance of pivots; none where it
    /// leaves none. The undecided lie between two neighbouring pivots in the order, two exponential distances, so that more than fit with
    /// probability (1 + 9)·e^−9 = 0.12 %.
    /// </summary>
    public static long Capacity(long n) => n > LargestWhole ? CeilDiv(checked(9 * n), Pivots(n)) : 0;

    /// <summary>2^a.</summary>
    public static long Pow2(long a) => a is >= 0 and < 62 ? 1L << (int)a : throw new ArithmeticException($"pow2({a}) is outside of 0..61");

    /// <summary>A count of elements as an array length.</summary>
    /// <exception cref="OverflowException">More elements than one buffer holds.</exception>
    public static int Count(long elements) => checked((int)elements);
}
