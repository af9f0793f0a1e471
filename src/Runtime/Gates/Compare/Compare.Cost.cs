using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Compare
{
    /// <summary>Largest ring whose signs are compared.</summary>
    public const int LargestRing = 40;

    private const int LargestWidth = 5;
    private const int LargestDigits = 8;
    private const int LargestSingleDigit = 4;
    private const int WordBits = 64;

    /// <summary>The digits of every ring, computed once: programs compare often and little at a time.</summary>
    private static readonly int[][] Table = Enumerable.Range(0, LargestRing + 1).Select(Split).ToArray();

    /// <summary>
    /// The widths of the digits of a ring, low digit first: those that take the fewest bits, tape and both directions together. Up to four
    /// bits are a single digit, which saves a flight for two bits at most.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The ring is wider than is compared; truncate first.</exception>
    public static int[] Digits(int ring) => (int[])Widths(ring).Clone();

    /// <summary>Bits an element opens in the first flight.</summary>
    public static int Planes(int ring) => (2 * Widths(ring).Length) - 1;

    /// <summary>Tape bytes of the digits' unit vectors, which serve all thresholds of a value.</summary>
    /// <param name="count">Values.</param>
    /// <param name="ring">The ring's bits.</param>
    public static Expr DigitsTapeBytes(Expr count, int ring) =>
        Words(Widths(ring)).Aggregate(Expr.Zero, (sum, word) => sum + Wire.Bits(count, word.Sum(VectorBits)));

    /// <summary>Tape bytes of the coefficients of the sign in the opened bits; none where one digit gives the sign at once.</summary>
    /// <param name="count">Comparisons: values times thresholds.</param>
    /// <param name="ring">The ring's bits.</param>
    public static Expr CombineTapeBytes(Expr count, int ring) => Wire.Planes(count, Coefficients(Widths(ring).Length));

    private static int[] Widths(int ring) => ring >= 2 && ring <= LargestRing
        ? Table[ring]
        : throw new ArgumentOutOfRangeException(nameof(ring), ring, $"signs are compared in rings of 2 to {LargestRing} bits");

    private static int[] Split(int ring) =>
        Enumerable.Range(1, ring <= LargestSingleDigit ? 1 : LargestDigits)
            .Where(d => (ring + d - 1) / d <= LargestWidth)
            .Select(d => Enumerable.Range(0, d).Select(i => (ring / d) + (i < ring % d ? 1 : 0)).ToArray())
            .OrderBy(widths => widths.Sum(VectorBits) + Coefficients(widths.Length) + (4 * widths.Length)).First();

    /// <summary>Dealt coefficients: 2^D − D − 1.</summary>
    private static int Coefficients(int digits) => (1 << digits) - digits - 1;

    /// <summary>Dealt bits of a digit's unit vector: the last one follows from the parity of the others.</summary>
    private static int VectorBits(int width) => (1 << width) - 1;

    /// <summary>The widths of the digits whose unit vectors lie in one word, word by word: as many as fit.</summary>
    private static List<List<int>> Words(int[] widths)
    {
        List<List<int>> words = new() { new List<int>() };
        int used = 0;
        foreach (int width in widths)
        {
            if (used + VectorBits(width) > WordBits)
            {
                words.Add(new List<int>());
                used = 0;
            }

            words[words.Count - 1].Add(width);
            used += VectorBits(width);
        }

        return words;
    }
}
