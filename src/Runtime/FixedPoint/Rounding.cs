using System;
using System.Numerics;

namespace MPCache.FixedPoint;

/// <summary>Exact integer operations that end in one rounding to nearest, ties to even.</summary>
internal static class Rounding
{
    /// <summary>value·2^−bits, to nearest; a negative number of bits shifts left.</summary>
    public static BigInteger Shift(BigInteger value, int bits)
    {
        if (bits <= 0)
        {
            return value << -bits;
        }

        BigInteger magnitude = BigInteger.Abs(value);
        BigInteger half = magnitude >> (bits - 1);
        BigInteger quotient = half >> 1;
        if (!half.IsEven && (!quotient.IsEven || half << (bits - 1) != magnitude))
        {
            quotient += BigInteger.One;
        }

        return value.Sign < 0 ? -quotient : quotient;
    }

    /// <summary>value·2^−bits, towards zero: for intermediate results whose last bit does not matter.</summary>
    public static BigInteger Truncate(BigInteger value, int bits) => value.Sign < 0 ? -(-value >> bits) : value >> bits;

    /// <summary>numerator/denominator, to nearest.</summary>
    /// <exception cref="DivideByZeroException">The denominator is 0.</exception>
    public static BigInteger Divide(BigInteger numerator, BigInteger denominator)
    {
        BigInteger quotient = BigInteger.DivRem(BigInteger.Abs(numerator), BigInteger.Abs(denominator), out BigInteger rest);
        int half = (rest << 1).CompareTo(BigInteger.Abs(denominator));
        if (half > 0 || (half == 0 && !quotient.IsEven))
        {
            quotient += BigInteger.One;
        }

        return numerator.Sign * denominator.Sign < 0 ? -quotient : quotient;
    }

    /// <summary>⌊√value⌋ by Newton's iteration from above.</summary>
    public static BigInteger SquareRoot(BigInteger value)
    {
        if (value.IsZero)
        {
            return value;
        }

        BigInteger root = BigInteger.One << ((BitLength(value) + 1) / 2);
        while (true)
        {
            BigInteger next = (root + (value / root)) >> 1;
            if (next >= root)
            {
                return root;
            }

            root = next;
        }
    }

    /// <summary>The number of bits of a value that is not negative, without leading zeros; 0 for 0.</summary>
    public static int BitLength(BigInteger value)
    {
        byte[] bytes = value.ToByteArray();
        int top = bytes.Length - 1;
        while (top >= 0 && bytes[top] == 0)
        {
            top--;
        }

        int length = 8 * (top + 1);
        for (int bit = 0x80; top >= 0 && (bytes[top] & bit) == 0; bit >>= 1)
        {
            length--;
        }

        return length;
    }
}
