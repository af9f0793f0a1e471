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
    private const int BitsAWord = 64;

    /// <summary>The digits of every ring, computed once: programs compare often and little at a time.</summary>
    private static readonly int[][] Table = Enumerable.Range(0, LargestRing + 1).Select(Split).ToArray();

    /// <summary>Of every ring the widths of the digits whose unit vectors lie in one word, word by word.</summary>
    private static readonly int[][][] Packed = Table.Select(Pack).ToArray();

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
        Words(ring).Aggregate(Expr.Zero, (sum, word) => sum + Wire.Bits(count, WordBits(word)));

    /// <summary>Tape bytes of the coefficients of the sign in the opened bits; none where one digit gives the sign at once.</summary>
    /// <param name="count">Comparisons: values times thresholds.</param>
    /// <param name="ring">The ring's bits.</param>
    public static Expr CombineTapeBytes(Expr count, int ring) => Wire.Planes(count, Coefficients(Widths(ring).Length));

    private static int[] Widths(int ring) => Table[Checked(ring)];

    private static int[][] Words(int ring) => Packed[Checked(ring)];

    private static int Checked(int ring) => ring >= 2 && ring <= LargestRing
        ? ring
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

    /// <summary>Dealt bits of the unit vectors in one word.</summary>
    private static int WordBits(int[] word)
    {
        int bits = 0;
        foreach (int width in word)
        {
            bits += VectorBits(width);
        }

        return bits;
    }

    /// <summary>Fills words: as many digits into each as fit.</summary>
    private static int[][] Pack(int[] widths)
    {
        List<int[]> words = new();
        for (int first = 0, next = 0; first < widths.Length; first = next)
        {
            for (int used = 0; next < widths.Length && used + VectorBits(widths[next]) <= BitsAWord; next++)
            {
                used += VectorBits(widths[next]);
            }

            words.Add(widths.Skip(first).Take(next - first).ToArray());
        }

        return words.ToArray();
    }
}
