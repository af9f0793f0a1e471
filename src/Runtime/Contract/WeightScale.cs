using System;

namespace MPCache.Contract;

/// <summary>The fixed-point scale of 16-bit weights, which generator and runtime derive from the same declared range.</summary>
public static class WeightScale
{
    private const int MagnitudeBits = 15;
    private const int DoubleFraction = 52;
    private const int DoubleBias = 1023;

    /// <summary>
    /// Fraction bits g = 15 − ⌈log2 max(|low|, |high|)⌉: the largest scale at which the range fits ±2^15; 15 for the range [0, 0].
    /// </summary>
    /// <param name="low">Smallest weight.</param>
    /// <param name="high">Largest weight.</param>
    public static int FractionBits(double low, double high)
    {
        double bound = Math.Max(Math.Abs(low), Math.Abs(high));
        if (bound == 0)
        {
            return MagnitudeBits;
        }

        // From the bits, not Math.Log2, whose last digit depends on the platform. Ranges below 2^−1022 do not occur.
        long bits = BitConverter.DoubleToInt64Bits(bound);
        int floor = (int)(bits >> DoubleFraction) - DoubleBias;
        bool powerOfTwo = (bits & ((1L << DoubleFraction) - 1)) == 0;
        return MagnitudeBits - (powerOfTwo ? floor : floor + 1);
    }
}
