using System;

namespace MPCache.Gates;

/// <summary>The digits of an exponent t ≥ −Offset and the scales of exp(−t).</summary>
/// <param name="FractionBits">Fraction bits of t.</param>
/// <param name="LowBits">Bits of the low digit, over which the function factors.</param>
/// <param name="HighBits">Bits w of the high digit, which is looked up; t + Offset stays below 2^LowBits · (2^w − 1).</param>
/// <param name="Offset">What is added to the raw exponent so that it is not negative.</param>
/// <param name="TableBits">Fraction bits T of the looked-up part.</param>
/// <param name="FactorBits">Fraction bits F of the factor that only the dealer knows.</param>
public readonly record struct ExponentialShape(
    int FractionBits, int LowBits, int HighBits, int Offset, int TableBits, int FactorBits)
{
    /// <summary>Most bits of a high digit.</summary>
    public const int LargestHighBits = 8;

    /// <summary>Fraction bits of a factor whose rounding stays below 2^−14 of the result.</summary>
    private const int Factor = 13;

    /// <summary>Units of the exponent that a low digit covers: 1, 2, 4; and the table bits that its factor of up to e^units takes.</summary>
    private static readonly int[] Tables = [15, 16, 19];

    /// <summary>Bits of the masked exponent.</summary>
    public int Ring => LowBits + HighBits;

    /// <summary>Fraction bits of the result.</summary>
    public int ScaleBits => TableBits + FactorBits;

    /// <summary>
    /// Bits of the ring in which the looked-up part is opened: it is at most 2^T·exp(offset), and a quarter of the ring is left free for its
    /// wrap to be told. 93/64 exceeds 1/ln 2.
    /// </summary>
    public int LookupRing => TableBits + 3 + (int)(((long)Offset * 93) >> (FractionBits + 6));

    /// <summary>
    /// The shape that takes the fewest bytes, tape and both directions together, of those whose error is below 2^−13.5·max(1, exp(−t)): a wide
    /// low digit shortens the unit vector and lengthens the table's entries.
    /// </summary>
    /// <param name="fractionBits">Fraction bits of t.</param>
    /// <param name="span">Largest raw t + offset.</param>
    /// <param name="offset">What is added to the raw exponent.</param>
    /// <param name="headroom">Bits of the result's ring beyond its fraction bits.</param>
    /// <param name="kept">Fraction bits that the opening keeps.</param>
    /// <param name="finer">Bits by which the looked-up part is finer, for results whose users weigh small ones; the factor then has one bit
    /// less, which leaves relative errors below 2^−12.5.</param>
    /// <returns>The shape; null where the exponent is too wide for one lookup.</returns>
    public static ExponentialShape? Cheapest(int fractionBits, long span, int offset, int headroom, int kept, int finer = 0)
    {
        ExponentialShape? best = null;
        long least = long.MaxValue;
        for (int units = 0; units < Tables.Length; units++)
        {
            int high = 1;
            while (((1L << high) - 1) << (fractionBits + units) <= span)
            {
                high++;
            }

            ExponentialShape shape = new(
                fractionBits, fractionBits + units, high, offset, Tables[units] + finer, finer > 0 ? Factor - 1 : Factor);
            int ring = Math.Max(shape.ScaleBits + headroom, shape.LookupRing + 1);
            if (high > LargestHighBits || ring > Widest)
            {
                continue;
            }

            long cost = Exponential.Bytes(shape, ring, Math.Max(0, shape.ScaleBits - kept));
            if (cost < least)
            {
                (best, least) = (shape, cost);
            }
        }

        return best;
    }

    private const int Widest = 64;
}
