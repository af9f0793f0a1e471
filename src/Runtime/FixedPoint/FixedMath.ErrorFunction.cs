using System.Numerics;

namespace MPCache.FixedPoint;

/// <content>The error function.</content>
public static partial class FixedMath
{
    // 1 − erf(9) is below 2^−120.
    private const int ErfIsOne = 9;
    private const int SeriesLimit = 3;

    /// <summary>erf(x) = 2/√π·∫_0^x e^(−t²) dt.</summary>
    /// <remarks>
    /// Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, formulas 7.1.6 (series) and 7.1.14 (continued fraction).
    /// </remarks>
    public static Fixed Erf(Fixed x)
    {
        BigInteger magnitude = BigInteger.Abs(x.Raw) << GuardBits;
        if (magnitude >= (BigInteger)ErfIsOne << WorkingBits)
        {
            return x.Sign;
        }

        BigInteger value = magnitude < (BigInteger)SeriesLimit << WorkingBits ? ErfSeries(magnitude) : WorkingOne - ErfcFraction(magnitude);
        return Fixed.FromRaw(x.Sign < 0 ? -value : value, WorkingBits);
    }

    /// <summary>2/√π·e^(−x²)·Σ 2^n·x^(2n+1)/(1·3·…·(2n+1)) for 0 ≤ x ≤ 3; all terms are positive.</summary>
    private static BigInteger ErfSeries(BigInteger x)
    {
        BigInteger square = Product(x, x);
        BigInteger twice = square << 1;
        BigInteger term = x;
        BigInteger sum = x;
        for (int n = 3; !term.IsZero; n += 2)
        {
            term = Product(term, twice) / n;
            sum += term;
        }

        return Product(sum, Product(Decay(square >> GuardBits), TwoOverRootPi));
    }

    /// <summary>
    /// erfc(x) = e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + 2/(x + …))))) for 3 ≤ x ≤ 9, from the innermost level outwards. n levels leave
    /// a relative error of about e^(−2x√(2n)), and e^(−x²) is small itself.
    /// </summary>
    private static BigInteger ErfcFraction(BigInteger x)
    {
        BigInteger square = Product(x, x);
        int levels = 4 + (int)((520 * WorkingOne) / square);
        BigInteger denominator = x;
        for (int level = levels; level >= 1; level--)
        {
            denominator = x + (((BigInteger)level << ((2 * WorkingBits) - 1)) / denominator);
        }

        return (Product(Decay(square >> GuardBits), TwoOverRootPi) << (WorkingBits - 1)) / denominator;
    }
}
