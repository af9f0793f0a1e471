using System;
using System.Globalization;
using System.Numerics;
using MPCache.Ring;

namespace MPCache.FixedPoint;

/// <summary>
/// Numbers to raw fixed-point integers and back. A raw integer at scale f stands for raw·2^−f. Encoding works on the number's exact value
/// and rounds once, to nearest, ties to even: the same bits on every platform.
/// </summary>
public static class Encode
{
    private const int DoubleFraction = 52;
    private const int DoubleBias = 1023;

    /// <summary>round(value·2^scale), exactly.</summary>
    /// <param name="value">A finite number.</param>
    /// <param name="scale">Fraction bits, −64 to 64.</param>
    /// <exception cref="OverflowException">The value is not finite, or the result does not fit 64 bits.</exception>
    public static long ToRaw(double value, int scale) => TryToRaw(value, scale, out long raw)
        ? raw
        : throw new OverflowException(FormattableString.Invariant($"{value:R} at {scale} fraction bits does not fit a 64-bit integer."));

    /// <summary>round(value·2^scale), exactly.</summary>
    /// <param name="value">A decimal number.</param>
    /// <param name="scale">Fraction bits, −64 to 64.</param>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static long ToRaw(decimal value, int scale)
    {
        CheckScale(scale);
        int[] parts = decimal.GetBits(value);
        BigInteger mantissa = ((BigInteger)(uint)parts[2] << 64) | ((BigInteger)(uint)parts[1] << 32) | (uint)parts[0];
        BigInteger denominator = BigInteger.Pow(10, (parts[3] >> 16) & 0xff);
        BigInteger raw = scale >= 0 ? Rounding.Divide(mantissa << scale, denominator) : Rounding.Divide(mantissa, denominator << -scale);
        return (long)(value < 0 ? -raw : raw);
    }

    /// <summary>round(value·2^scale) as a reduced ring word.</summary>
    /// <param name="value">What the user gave.</param>
    /// <param name="scale">Fraction bits, −64 to 64.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <param name="name">What the value is, for the error message.</param>
    /// <exception cref="MPCacheException">The value is not finite, or leaves the ring's signed range.</exception>
    public static ulong ToRaw(double value, int scale, int ring, string name)
    {
        ulong mask = RingWord.Mask(ring);
        if (TryToRaw(value, scale, out long raw) && RingWord.SignExtend((ulong)raw, ring) == raw)
        {
            return (ulong)raw & mask;
        }

        double limit = ToDouble(1UL << (ring - 1), ring, scale);
        throw new MPCacheException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name} is {value:R}, but {ring} bits with {scale} of fraction hold only {limit:R} to just below {-limit:R}"),
            "Give values inside the declared range, or declare a wider range");
    }

    /// <summary>Encodes a row of numbers as reduced ring words.</summary>
    /// <param name="values">What the user gave.</param>
    /// <param name="scale">Fraction bits, −64 to 64.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <param name="name">What the values are, for the error message; it names the element.</param>
    /// <param name="raw">As many words as values.</param>
    /// <exception cref="MPCacheException">A value is not finite, or leaves the ring's signed range.</exception>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void ToRaw(ReadOnlySpan<float> values, int scale, int ring, string name, Span<ulong> raw)
    {
        CheckLength(values.Length, raw.Length);
        for (int i = 0; i < values.Length; i++)
        {
            raw[i] = TryToRaw(values[i], scale, out long word) && RingWord.SignExtend((ulong)word, ring) == word
                ? (ulong)word & RingWord.Mask(ring)
                : ToRaw(values[i], scale, ring, string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"));
        }
    }

    /// <summary>The value of a ring word, rounded to the nearest double.</summary>
    /// <param name="raw">A ring word, reduced or not.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <param name="scale">Fraction bits, −64 to 64.</param>
    public static double ToDouble(ulong raw, int ring, int scale)
    {
        CheckScale(scale);
        return RingWord.SignExtend(raw, ring) * PowerOfTwo(-scale);
    }

    /// <summary>The values of ring words, rounded to the nearest single-precision numbers.</summary>
    /// <param name="raw">Ring words, reduced or not.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <param name="scale">Fraction bits, −64 to 64.</param>
    /// <param name="values">As many numbers as words.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void ToSingle(ReadOnlySpan<ulong> raw, int ring, int scale, Span<float> values)
    {
        CheckLength(raw.Length, values.Length);
        for (int i = 0; i < raw.Length; i++)
        {
            // Not by way of a double, which would round twice: scaling by a power of two is exact.
            values[i] = (float)RingWord.SignExtend(raw[i], ring) * (float)PowerOfTwo(-scale);
        }
    }

    private static bool TryToRaw(double value, int scale, out long raw)
    {
        CheckScale(scale);
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> DoubleFraction) & 0x7ff;
        ulong mantissa = (ulong)bits & ((1UL << DoubleFraction) - 1);
        raw = 0;
        if (exponent == 0x7ff)
        {
            return false;
        }

        if (exponent != 0)
        {
            mantissa |= 1UL << DoubleFraction;
            exponent--;
        }

        // |value|·2^scale = mantissa·2^shift.
        int shift = exponent - (DoubleBias - 1 + DoubleFraction) + scale;
        ulong magnitude;
        if (shift >= 0)
        {
            if (mantissa != 0 && shift > BitOperations.LeadingZeroCount(mantissa))
            {
                return false;
            }

            magnitude = mantissa == 0 ? 0 : mantissa << shift;
        }
        else if (shift < -(DoubleFraction + 1))
        {
            // Less than one half.
            magnitude = 0;
        }
        else
        {
            magnitude = mantissa >> -shift;
            ulong rest = mantissa - (magnitude << -shift);
            ulong half = 1UL << (-shift - 1);
            if (rest > half || (rest == half && (magnitude & 1) == 1))
            {
                magnitude++;
            }
        }

        raw = bits < 0 ? -(long)magnitude : (long)magnitude;
        return magnitude <= long.MaxValue || (bits < 0 && magnitude == 1UL << 63);
    }

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + DoubleBias) << DoubleFraction);

    private static void CheckScale(int scale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, -64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, 64);
    }

    private static void CheckLength(int values, int words)
    {
        if (values != words)
        {
            throw new ArgumentException($"{values} values do not correspond to {words} words.");
        }
    }
}
