using System;

namespace MPCache.Contract;

/// <summary>The integer functions of session expressions, as generated code calls them.</summary>
public static class SessionMath
{
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

    /// <summary>2^a.</summary>
    public static long Pow2(long a) => a is >= 0 and < 62 ? 1L << (int)a : throw new ArithmeticException($"pow2({a}) is outside of 0..61");

    /// <summary>A count of elements as an array length.</summary>
    /// <exception cref="OverflowException">More elements than one buffer holds.</exception>
    public static int Count(long elements) => checked((int)elements);
}
