using System;
using System.Numerics;

namespace MPCache.FixedPoint;

/// <summary>
/// Elementary functions that give the same bits on every platform, for whatever reaches the ring: tables, session constants, rotary
/// angles. Computed on integers with 32 guard bits and rounded once. Unless a function says more, the error is below
/// 2^−95·max(1, |result|).
/// </summary>
public static partial class FixedMath
{
    /// <summary>The largest argument of <see cref="Exp"/>.</summary>
    public const int LargestExponent = 1024;

    private const int GuardBits = 32;
    private const int WorkingBits = Fixed.FractionBits + GuardBits;
    private const int Halvings = 8;

    private static readonly BigInteger WorkingOne = BigInteger.One << WorkingBits;

    private static readonly BigInteger TwoOverRootPi = FixedConstants.TwoOverRootPi >> (FixedConstants.Bits - WorkingBits);

    /// <summary>e^x.</summary>
    /// <param name="x">At most 1024.</param>
    /// <exception cref="ArgumentOutOfRangeException">The argument is too large.</exception>
    public static Fixed Exp(Fixed x)
    {
        // e^−70 is less than half of the last bit.
        if (x < -70)
        {
            return Fixed.Zero;
        }

        BigInteger mantissa = Exponential(x.Raw << GuardBits, out int exponent);
        return Fixed.FromRaw(mantissa, WorkingBits - exponent);
    }

    /// <summary>The natural logarithm.</summary>
    /// <param name="x">A positive number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The argument is not positive.</exception>
    public static Fixed Log(Fixed x)
    {
        if (x.Sign <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, "The logarithm needs a positive argument.");
        }

        // x = m·2^k with m between √½ and √2, and ln m = 2·artanh((m − 1)/(m + 1)).
        int exponent = Rounding.BitLength(x.Raw) - Fixed.FractionBits;
        BigInteger mantissa = Rounding.Shift(x.Raw, exponent - GuardBits);
        if (mantissa * mantissa << 1 < WorkingOne * WorkingOne)
        {
            mantissa <<= 1;
            exponent--;
        }

        BigInteger ratio = ((mantissa - WorkingOne) << WorkingBits) / (mantissa + WorkingOne);
        BigInteger square = Product(ratio, ratio);
        BigInteger power = ratio;
        BigInteger sum = ratio;
        for (int i = 3; !power.IsZero; i += 2)
        {
            power = Product(power, square);
            sum += power / i;
        }

        BigInteger logarithm = (sum << (FixedConstants.Bits - WorkingBits + 1)) + (exponent * FixedConstants.LogTwo);
        return Fixed.FromRaw(logarithm, FixedConstants.Bits);
    }

    /// <summary>The square root, correctly rounded.</summary>
    /// <param name="x">Not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The argument is negative.</exception>
    public static Fixed Sqrt(Fixed x)
    {
        if (x.Sign < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, "The square root needs an argument that is not negative.");
        }

        // One bit more decides the rounding: the root of an integer never lies halfway between two integers.
        BigInteger root = Rounding.SquareRoot(x.Raw << (Fixed.FractionBits + 2));
        return Fixed.FromRaw((root + BigInteger.One) >> 1);
    }

    /// <summary>1/√x.</summary>
    /// <param name="x">A positive number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The argument is not positive.</exception>
    public static Fixed InverseSqrt(Fixed x)
    {
        if (x.Sign <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, "The inverse square root needs a positive argument.");
        }

        BigInteger square = (BigInteger.One << ((3 * Fixed.FractionBits) + (2 * GuardBits))) / x.Raw;
        return Fixed.FromRaw(Rounding.SquareRoot(square), WorkingBits);
    }

    /// <summary>1/x, correctly rounded.</summary>
    /// <exception cref="DivideByZeroException">x is 0.</exception>
    public static Fixed Reciprocal(Fixed x) => Fixed.One / x;

    /// <summary>The hyperbolic tangent.</summary>
    public static Fixed Tanh(Fixed x)
    {
        BigInteger decay = Decay(BigInteger.Abs(x.Raw) << 1);
        BigInteger magnitude = ((WorkingOne - decay) << WorkingBits) / (WorkingOne + decay);
        return Fixed.FromRaw(x.Sign < 0 ? -magnitude : magnitude, WorkingBits);
    }

    /// <summary>The logistic function 1/(1 + e^−x).</summary>
    public static Fixed Sigmoid(Fixed x)
    {
        BigInteger decay = Decay(BigInteger.Abs(x.Raw));
        BigInteger numerator = x.Sign < 0 ? decay : WorkingOne;
        return Fixed.FromRaw((numerator << WorkingBits) / (WorkingOne + decay), WorkingBits);
    }

    /// <summary>round(2^scale/√n), the constant that scales attention scores; exact, halves up.</summary>
    /// <param name="n">A positive integer.</param>
    /// <param name="scale">Fraction bits of the result, 0 to 62.</param>
    /// <exception cref="ArgumentOutOfRangeException">n is not positive, or the scale is out of range.</exception>
    public static long InverseSqrt(long n, int scale)
    {
        CheckConstant(n, scale);
        BigInteger twice = Rounding.SquareRoot((BigInteger.One << ((2 * scale) + 2)) / n);
        return (long)((twice + BigInteger.One) >> 1);
    }

    /// <summary>round(2^scale/n), the constant that makes a sum a mean; exact, halves up.</summary>
    /// <param name="n">A positive integer.</param>
    /// <param name="scale">Fraction bits of the result, 0 to 62.</param>
    /// <exception cref="ArgumentOutOfRangeException">n is not positive, or the scale is out of range.</exception>
    public static long Reciprocal(long n, int scale)
    {
        CheckConstant(n, scale);
        BigInteger twice = (BigInteger.One << (scale + 1)) / n;
        return (long)((twice + BigInteger.One) >> 1);
    }

    /// <summary>e^−y in working precision for a y ≥ 0 with 96 fraction bits.</summary>
    private static BigInteger Decay(BigInteger y)
    {
        if (y >> Fixed.FractionBits > WorkingBits)
        {
            return BigInteger.Zero;
        }

        BigInteger mantissa = Exponential(-y << GuardBits, out int exponent);
        return exponent > 0 ? mantissa << exponent : mantissa >> -exponent;
    }

    /// <summary>
    /// e^x as mantissa·2^exponent, the mantissa between ½ and 2 in working precision; relative error below 2^−114.
    /// </summary>
    /// <param name="x">The argument in working precision.</param>
    /// <param name="exponent">The power of two.</param>
    private static BigInteger Exponential(BigInteger x, out int exponent)
    {
        if (x > (BigInteger)LargestExponent << WorkingBits)
        {
            throw new ArgumentOutOfRangeException(nameof(x), $"The exponential is limited to arguments of at most {LargestExponent}.");
        }

        // x = k·ln 2 + r, e^r = (e^(r/2^8))^(2^8); every squaring doubles the error, which the guard bits absorb.
        BigInteger wide = x << (FixedConstants.Bits - WorkingBits);
        BigInteger turns = Rounding.Divide(wide, FixedConstants.LogTwo);
        exponent = (int)turns;
        BigInteger rest = Rounding.Truncate(wide - (turns * FixedConstants.LogTwo), FixedConstants.Bits - WorkingBits + Halvings);
        BigInteger term = rest;
        BigInteger sum = WorkingOne + rest;
        for (int i = 2; !term.IsZero; i++)
        {
            term = Product(term, rest) / i;
            sum += term;
        }

        for (int i = 0; i < Halvings; i++)
        {
            sum = Product(sum, sum);
        }

        return sum;
    }

    private static BigInteger Product(BigInteger x, BigInteger y) => Rounding.Truncate(x * y, WorkingBits);

    private static void CheckConstant(long n, int scale)
    {
        if (n <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(n), n, "The constant needs a positive number.");
        }

        if (scale is < 0 or > 62)
        {
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "The scale lies between 0 and 62 fraction bits.");
        }
    }
}
