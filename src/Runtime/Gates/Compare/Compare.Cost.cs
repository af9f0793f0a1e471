using System;
using System.Linq;
using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Compare
{
    /// <summary>Largest ring whose signs are compared.</summary>
    public const int LargestRing = 40;

    private const int LargestWidth = 5;
    private const int LargestDigits = 8;

    /// <summary>
    /// The widths of the digits of a ring, low digit first: those that take the fewest bits, tape and both directions together.
    /// </summary>
    public static int[] Digits(int ring)
    {
        if (ring < 2 || ring > LargestRing)
        {
            throw new ArgumentOutOfRangeException(nameof(ring), ring, $"signs are compared in rings of 2 to {LargestRing} bits");
        }

        return Enumerable.Range(1, LargestDigits)
            .Where(d => d <= ring && (ring + d - 1) / d <= LargestWidth)
            .Select(d => Enumerable.Range(0, d).Select(i => (ring / d) + (i < ring % d ? 1 : 0)).ToArray())
            .OrderBy(widths => widths.Sum(w => (1 << w) - 1) + Coefficients(widths.Length) + (4 * widths.Length)).First();
    }

    /// <summary>Bits an element opens in the first flight.</summary>
    public static int Planes(int ring) => (2 * Digits(ring).Length) - 1;

    /// <summary>Tape bytes of the digits' unit vectors, which serve all thresholds of a value.</summary>
    public static Expr DigitsTapeBytes(Expr count, int ring) =>
        Digits(ring).Aggregate(Expr.Zero, (sum, width) => sum + UnitVectors.TapeBytes(count, width));

    /// <summary>Tape bytes of the coefficients of the sign in the opened bits; none where one digit gives the sign at once.</summary>
    public static Expr CombineTapeBytes(Expr count, int ring) => Wire.Planes(count, Coefficients(Digits(ring).Length));

    /// <summary>Dealt coefficients: 2^D − D − 1.</summary>
    private static int Coefficients(int digits) => (1 << digits) - digits - 1;
}
