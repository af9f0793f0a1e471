using System.Numerics;

namespace MPCache.FixedPoint;

/// <summary>The constants of <see cref="FixedMath"/>, computed once from their series, to far more bits than the functions need.</summary>
internal static class FixedConstants
{
    /// <summary>Fraction bits of the constants; the last eight absorb the series' truncations.</summary>
    public const int Bits = 256;

    private const int Guard = 32;

    /// <summary>ln 2 = 2·artanh(1/3).</summary>
    public static readonly BigInteger LogTwo = Series(3, alternating: false) >> (Guard - 1);

    /// <summary>π = 16·arctan(1/5) − 4·arctan(1/239) (Machin, 1706).</summary>
    public static readonly BigInteger Pi = ((Series(5, alternating: true) << 4) - (Series(239, alternating: true) << 2)) >> Guard;

    /// <summary>2/√π.</summary>
    public static readonly BigInteger TwoOverRootPi = Rounding.SquareRoot((BigInteger.One << ((3 * Bits) + 2)) / Pi);

    /// <summary>Σ (±1)^i / ((2i+1)·n^(2i+1)): arctan(1/n) when alternating, otherwise artanh(1/n).</summary>
    private static BigInteger Series(int n, bool alternating)
    {
        BigInteger power = (BigInteger.One << (Bits + Guard)) / n;
        BigInteger sum = BigInteger.Zero;
        for (int i = 0; !power.IsZero; i++)
        {
            BigInteger term = power / ((2 * i) + 1);
            sum += alternating && i % 2 == 1 ? -term : term;
            power /= n * n;
        }

        return sum;
    }
}
