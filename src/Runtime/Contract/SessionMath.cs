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

    /// <summary>2^a.</summary>
    public static long Pow2(long a) => a is >= 0 and < 62 ? 1L << (int)a : throw new ArithmeticException($"pow2({a}) is outside of 0..61");

    /// <summary>A count of elements as an array length.</summary>
    /// <exception cref="OverflowException">More elements than one buffer holds.</exception>
    public static int Count(long elements) => checked((int)elements);
}
