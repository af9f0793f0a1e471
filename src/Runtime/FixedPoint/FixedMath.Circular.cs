using System;
using System.Numerics;

namespace MPCache.FixedPoint;

/// <content>Sine and cosine.</content>
public static partial class FixedMath
{
    private const int LargestAngleBits = 48;

    /// <summary>The circle constant.</summary>
    public static Fixed Pi => Fixed.FromRaw(FixedConstants.Pi, FixedConstants.Bits);

    /// <summary>The sine of an angle in radians.</summary>
    /// <param name="x">Less than 2^48 in magnitude.</param>
    /// <exception cref="ArgumentOutOfRangeException">The angle is too large.</exception>
    public static Fixed Sin(Fixed x) => QuarterTurns(x, 0);

    /// <summary>The cosine of an angle in radians.</summary>
    /// <param name="x">Less than 2^48 in magnitude.</param>
    /// <exception cref="ArgumentOutOfRangeException">The angle is too large.</exception>
    public static Fixed Cos(Fixed x) => QuarterTurns(x, 1);

    /// <summary>sin(x + shift·π/2).</summary>
    private static Fixed QuarterTurns(Fixed x, int shift)
    {
        if (BigInteger.Abs(x.Raw) >> (Fixed.FractionBits + LargestAngleBits) != BigInteger.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, $"Angles are limited to 2^{LargestAngleBits} radians.");
        }

        BigInteger wide = x.Raw << (FixedConstants.Bits - Fixed.FractionBits + 1);
        BigInteger turns = Rounding.Divide(wide, FixedConstants.Pi);
        BigInteger rest = Rounding.Truncate(wide - (turns * FixedConstants.Pi), FixedConstants.Bits - WorkingBits + 1);
        int quarter = (int)(((turns + shift) % 4) + 4) % 4;
        BigInteger value = quarter % 2 == 0 ? Taylor(rest, rest, 1) : Taylor(WorkingOne, rest, 0);
        return Fixed.FromRaw(quarter < 2 ? value : -value, WorkingBits);
    }

    /// <summary>Σ ±first·rest^(2i)/(order + 2i)!: the sine from order 1, the cosine from order 0.</summary>
    private static BigInteger Taylor(BigInteger first, BigInteger rest, int order)
    {
        BigInteger square = Product(rest, rest);
        BigInteger term = first;
        BigInteger sum = first;
        for (int i = order + 1; !term.IsZero; i += 2)
        {
            term = -Product(term, square) / (i * (i + 1));
            sum += term;
        }

        return sum;
    }
}
