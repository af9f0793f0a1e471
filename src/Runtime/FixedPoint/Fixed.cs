using System;
using System.Globalization;
using System.Numerics;

namespace MPCache.FixedPoint;

/// <summary>
/// A real number as an integer multiple of 2^−96, of any magnitude. Sums are exact; products and quotients are rounded to nearest, ties
/// to even. All arithmetic is on integers, so a computation gives the same bits on every platform: what server, client and dealer
/// compute apart from each other agrees.
/// </summary>
public readonly struct Fixed : IEquatable<Fixed>, IComparable<Fixed>
{
    /// <summary>Bits after the binary point.</summary>
    public const int FractionBits = 96;

    private const int DoubleFraction = 52;
    private const int DoubleBias = 1023;
    private const int SmallestExponent = -1074;

    private Fixed(BigInteger raw)
    {
        Raw = raw;
    }

    /// <summary>0.</summary>
    public static Fixed Zero => default;

    /// <summary>1.</summary>
    public static Fixed One => new(BigInteger.One << FractionBits);

    /// <summary>The number times 2^96.</summary>
    public BigInteger Raw { get; }

    /// <summary>−1, 0 or 1.</summary>
    public int Sign => Raw.Sign;

    /// <summary>The integer itself, exactly.</summary>
    public static implicit operator Fixed(long value) => new((BigInteger)value << FractionBits);

    /// <summary>−x, exactly.</summary>
    public static Fixed operator -(Fixed x) => new(-x.Raw);

    /// <summary>x + y, exactly.</summary>
    public static Fixed operator +(Fixed x, Fixed y) => new(x.Raw + y.Raw);

    /// <summary>x − y, exactly.</summary>
    public static Fixed operator -(Fixed x, Fixed y) => new(x.Raw - y.Raw);

    /// <summary>x·y, to nearest.</summary>
    public static Fixed operator *(Fixed x, Fixed y) => FromRaw(x.Raw * y.Raw, 2 * FractionBits);

    /// <summary>x/y, to nearest.</summary>
    /// <exception cref="DivideByZeroException">y is 0.</exception>
    public static Fixed operator /(Fixed x, Fixed y) => FromRatio(x.Raw, y.Raw);

    /// <summary>Whether both are the same number.</summary>
    public static bool operator ==(Fixed x, Fixed y) => x.Raw == y.Raw;

    /// <summary>Whether the numbers differ.</summary>
    public static bool operator !=(Fixed x, Fixed y) => x.Raw != y.Raw;

    /// <summary>Whether x is less than y.</summary>
    public static bool operator <(Fixed x, Fixed y) => x.Raw < y.Raw;

    /// <summary>Whether x is greater than y.</summary>
    public static bool operator >(Fixed x, Fixed y) => x.Raw > y.Raw;

    /// <summary>Whether x is at most y.</summary>
    public static bool operator <=(Fixed x, Fixed y) => x.Raw <= y.Raw;

    /// <summary>Whether x is at least y.</summary>
    public static bool operator >=(Fixed x, Fixed y) => x.Raw >= y.Raw;

    /// <summary>raw·2^−96, exactly.</summary>
    public static Fixed FromRaw(BigInteger raw) => new(raw);

    /// <summary>raw·2^−scale, to nearest.</summary>
    /// <param name="raw">An integer.</param>
    /// <param name="scale">Its fraction bits; exact up to 96.</param>
    public static Fixed FromRaw(BigInteger raw, int scale) => new(Rounding.Shift(raw, scale - FractionBits));

    /// <summary>numerator/denominator, to nearest.</summary>
    /// <exception cref="DivideByZeroException">The denominator is 0.</exception>
    public static Fixed FromRatio(BigInteger numerator, BigInteger denominator) =>
        new(Rounding.Divide(numerator << FractionBits, denominator));

    /// <summary>The exact value of a double, rounded to a multiple of 2^−96.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public static Fixed FromDouble(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> DoubleFraction) & 0x7ff;
        if (exponent == 0x7ff)
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite numbers have a fixed-point value.");
        }

        long mantissa = bits & ((1L << DoubleFraction) - 1);
        if (exponent != 0)
        {
            mantissa |= 1L << DoubleFraction;
            exponent--;
        }

        return FromRaw(bits < 0 ? -mantissa : mantissa, -(exponent + SmallestExponent));
    }

    /// <summary>The number times 2^scale, rounded to nearest, ties to even.</summary>
    /// <param name="scale">Fraction bits of the result.</param>
    public BigInteger ToRaw(int scale) => Rounding.Shift(Raw, FractionBits - scale);

    /// <summary>The nearest double, ties to even; an infinity beyond the largest.</summary>
    public double ToDouble()
    {
        BigInteger magnitude = BigInteger.Abs(Raw);
        int surplus = Math.Max(0, Rounding.BitLength(magnitude) - (DoubleFraction + 1));
        long mantissa = (long)Rounding.Shift(magnitude, surplus);
        int exponent = surplus - FractionBits;
        if (mantissa >> (DoubleFraction + 1) != 0)
        {
            mantissa >>= 1;
            exponent++;
        }

        // The mantissa is exact, and so is its product with a power of two: no number here is small enough to be subnormal.
        double result = exponent + DoubleFraction > DoubleBias
            ? double.PositiveInfinity
            : mantissa * BitConverter.Int64BitsToDouble((long)(exponent + DoubleBias) << DoubleFraction);
        return Raw.Sign < 0 ? -result : result;
    }

    /// <inheritdoc/>
    public bool Equals(Fixed other) => Raw == other.Raw;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Fixed other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Raw.GetHashCode();

    /// <inheritdoc/>
    public int CompareTo(Fixed other) => Raw.CompareTo(other.Raw);

    /// <summary>The nearest double's shortest decimal text.</summary>
    public override string ToString() => ToDouble().ToString("R", CultureInfo.InvariantCulture);
}
