using System.Numerics;

namespace MPCache.Runtime.Tests.FixedPoint;

/// <summary>
/// The elementary functions straight from their Maclaurin series, with so many bits that neither cancellation nor truncation matters:
/// the reference for FixedMath. Arguments and results have <see cref="Bits"/> fraction bits.
/// </summary>
internal static class Series
{
    public const int Bits = 700;

    public static readonly BigInteger One = BigInteger.One << Bits;

    /// <summary>Størmer's formula, 1896.</summary>
    public static readonly BigInteger Pi = (24 * Arctan(8)) + (8 * Arctan(57)) + (4 * Arctan(239));

    public static BigInteger Exp(BigInteger x)
    {
        BigInteger term = One;
        BigInteger sum = One;
        for (int i = 1; !term.IsZero; i++)
        {
            term = term * x / One / i;
            sum += term;
        }

        return sum;
    }

    public static BigInteger Sin(BigInteger x) => Alternating(x, x, 1);

    public static BigInteger Cos(BigInteger x) => Alternating(One, x, 0);

    /// <summary>2/√π·Σ (−1)^n·x^(2n+1)/(n!·(2n+1)), another series than the one under test.</summary>
    public static BigInteger Erf(BigInteger x)
    {
        BigInteger square = x * x / One;
        BigInteger term = x;
        BigInteger sum = x;
        for (int n = 1; !term.IsZero; n++)
        {
            term = -term * square / One / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 * sum * One / Root(Pi * One);
    }

    public static BigInteger Root(BigInteger value)
    {
        BigInteger low = 0;
        BigInteger high = BigInteger.One << (int)((value.GetBitLength() / 2) + 1);
        while (high - low > 1)
        {
            BigInteger middle = (low + high) / 2;
            (low, high) = middle * middle <= value ? (middle, high) : (low, middle);
        }

        return low;
    }

    private static BigInteger Alternating(BigInteger first, BigInteger x, int order)
    {
        BigInteger square = x * x / One;
        BigInteger term = first;
        BigInteger sum = first;
        for (int i = order + 1; !term.IsZero; i += 2)
        {
            term = -term * square / One / (i * (i + 1));
            sum += term;
        }

        return sum;
    }

    private static BigInteger Arctan(int n)
    {
        BigInteger power = One / n;
        BigInteger sum = 0;
        for (int i = 0; !power.IsZero; i++)
        {
            sum += (i % 2 == 0 ? power : -power) / ((2 * i) + 1);
            power /= n * n;
        }

        return sum;
    }
}
