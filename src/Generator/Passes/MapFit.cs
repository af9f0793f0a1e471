using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using MPCache.FixedPoint;

namespace MPCache.Generator.Passes;

/// <summary>
/// The pieces that a function of one number is computed by: of the layouts whose error is at most twice what rounding the argument costs
/// anyway, the one that takes the fewest bytes; where none is so good, of those that are nearly the best.
/// </summary>
/// <param name="Function">The formula, made to go on behind the bounds where it is not defined there.</param>
/// <param name="Table">The fitted pieces.</param>
/// <param name="Slope">The largest slope found.</param>
/// <param name="Least">Not larger than any value.</param>
/// <param name="Most">Not smaller than any value.</param>
internal sealed record MapFit(string Function, PiecewiseTable Table, double Slope, double Least, double Most)
{
    /// <summary>Fraction bits of the argument.</summary>
    public const int InputBits = 12;

    /// <summary>Fraction bits of a result beyond those that the powers of an argument take: as many as fill its last byte.</summary>
    private const int FewestGuardBits = 12;

    private const int MostGuardBits = 14;

    /// <summary>A bit for the sign, and one that the ring has to spare.</summary>
    private const int SignBits = 2;

    /// <summary>By how much a result may leave the range of the function.</summary>
    private const double Margin = 1.0 / 256;

    private const int Samples = 1024;
    private const int FewestPieces = 4;
    private const int LargestDegree = 3;
    private const int MostLowBits = 17;
    private const int MostBits = 56;

    /// <summary>By how much a fit may be worse than the best, where that costs less.</summary>
    private const double Nearly = 1.25;

    private static readonly ConcurrentDictionary<(string, BigInteger, BigInteger, int, string), MapFit?> Chosen = new();

    /// <summary>Whether the function jumps, or bends more sharply than pieces follow: its error is a good part of what it ranges over.</summary>
    public bool IsPoor => Table.MaximumError > 0.01 && Table.MaximumError > (Most - Least) / 32;

    /// <summary>Fits a formula.</summary>
    /// <param name="function">The formula's text, defined between the bounds.</param>
    /// <param name="low">Smallest raw argument.</param>
    /// <param name="high">Largest raw argument.</param>
    /// <param name="scale">Fraction bits of the argument.</param>
    /// <param name="bounds">Decimals between which the formula is defined, or null where it is defined everywhere.</param>
    /// <returns>The fit, or null where the range is too wide or a value too large for any.</returns>
    public static MapFit? Choose(string function, BigInteger low, BigInteger high, int scale, (string Low, string High)? bounds) =>
        Chosen.GetOrAdd(
            (function, low, high, scale, bounds is { } b ? $"{b.Low}, {b.High}" : ""), _ => Compute(function, low, high, scale, bounds));

    /// <summary>A positive number's first two digits, rounded up: the same text on every machine.</summary>
    public static string RoundedUp(double value)
    {
        int exponent = 0;
        for (; value >= 100; exponent++)
        {
            value /= 10;
        }

        for (; value < 10 && value > 0; exponent--)
        {
            value *= 10;
        }

        int digits = (int)Math.Ceiling(value);
        (digits, exponent) = digits == 100 ? (10, exponent + 1) : (digits, exponent);
        return string.Format(CultureInfo.InvariantCulture, "{0}.{1}e{2}", digits / 10, digits % 10, exponent + 1);
    }

    private static MapFit? Compute(string function, BigInteger low, BigInteger high, int scale, (string Low, string High)? bounds)
    {
        try
        {
            return bounds is not { } declared || GoesOn(ScalarExpression.Parse(function), low, high, scale)
                ? Compute(function, low, high, scale)
                : Compute($"within({declared.Low}, {declared.High}, {function})", low, high, scale);
        }
        catch (Exception error) when (error is ArithmeticException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether a formula is defined as far as the last piece may reach: pieces are as many as a power of two.</summary>
    private static bool GoesOn(ScalarExpression function, BigInteger low, BigInteger high, int scale)
    {
        BigInteger width = (2 * (high - low)) + (1 << FewestPieces);
        Fixed unit = Fixed.FromRaw(BigInteger.One, scale);
        try
        {
            for (int i = 0; i < Samples; i++)
            {
                function.Range(
                    Fixed.FromRaw(low + (width * i / Samples), scale), Fixed.FromRaw(low + (width * (i + 1) / Samples), scale), unit);
            }

            return true;
        }
        catch (DomainException)
        {
            return false;
        }
    }

    private static MapFit? Compute(string function, BigInteger low, BigInteger high, int scale)
    {
        ScalarExpression expression = ScalarExpression.Parse(function);
        (double slope, double least, double most) = Sample(expression, low, high, scale);
        double goal = Math.Max(Power(-InputBits - 1), slope * Power(1 - scale));
        int whole = Math.Max(Numbers.CeilLog2(Math.Max(Math.Abs(least), Math.Abs(most)) + Margin), 0) + SignBits;
        List<(PiecewiseTable Table, double Cost)> fits = [];
        for (int degree = 0; degree <= LargestDegree; degree++)
        {
            PiecewiseTable? table = Fit(expression, low, high, scale, degree, whole, goal);
            if (table is not null && table.FractionBits + whole <= 64)
            {
                // Opened both ways: the coefficients and the value. Dealt: a vector of bits, and a correction a coefficient and one more.
                int bytes = Bytes(table.FractionBits + whole);
                fits.Add((table, (2 * bytes * (degree + 2)) + (bytes * (degree + 2)) + ((1 << table.HighBits) / 8.0)));
            }
        }

        if (fits.Count == 0)
        {
            return null;
        }

        double enough = Math.Max(goal, fits.Min(f => f.Table.MaximumError) * Nearly);
        return new MapFit(function, fits.Where(f => f.Table.MaximumError <= enough).OrderBy(f => f.Cost).First().Table, slope, least, most);
    }

    /// <summary>The fewest pieces of a degree that reach the goal, or as many as come nearest to it; null where none fit.</summary>
    private static PiecewiseTable? Fit(
        ScalarExpression expression, BigInteger low, BigInteger high, int scale, int degree, int whole, double goal)
    {
        PiecewiseTable? best = null;
        int largest = degree == 3 ? 8 : 10;
        for (int pieces = FewestPieces; pieces <= largest;)
        {
            int lowBits = 1;
            while (((BigInteger.One << pieces) - 1) << lowBits <= high - low)
            {
                lowBits++;
            }

            int least = (degree * lowBits) + FewestGuardBits;
            int bits = Math.Min((8 * Bytes(least + whole)) - whole, least + MostGuardBits - FewestGuardBits);
            if (lowBits <= MostLowBits && bits <= MostBits)
            {
                try
                {
                    PiecewiseTable table = PiecewiseFit.Fit(expression.Function, (long)low, scale, lowBits, pieces, degree, bits);
                    best = best is null || table.MaximumError < best.MaximumError ? table : best;
                }
                catch (ArgumentException) when (pieces < largest)
                {
                    // A coefficient is too large; those of smaller pieces are smaller.
                }
            }

            if (best?.MaximumError <= goal || lowBits == 1)
            {
                break;
            }

            // Twice as many pieces of degree d are better by 2^(d+1).
            int steps = best is null ? 1 : Math.Max(1, Numbers.CeilLog2(best.MaximumError / goal) / (degree + 1));
            pieces = pieces < largest ? Math.Min(pieces + steps, largest) : largest + 1;
        }

        return best;
    }

    private static (double Slope, double Least, double Most) Sample(ScalarExpression expression, BigInteger low, BigInteger high, int scale)
    {
        int count = (int)BigInteger.Min(Samples, BigInteger.Max(high - low, 1));
        Fixed? previous = null;
        BigInteger before = low;
        (Fixed least, Fixed most, Fixed step) = (Fixed.Zero, Fixed.Zero, Fixed.Zero);
        double slope = 0;
        for (int i = 0; i <= count; i++)
        {
            BigInteger at = low + ((high - low) * i / count);
            Fixed value = expression.Function(Fixed.FromRaw(at, scale));
            if (previous is Fixed last)
            {
                Fixed change = value < last ? last - value : value - last;
                step = step < change ? change : step;
                slope = Math.Max(slope, at == before ? 0 : change.ToDouble() * Power(scale) / (double)(at - before));
            }

            (least, most) = i == 0 ? (value, value) : (value < least ? value : least, most < value ? value : most);
            (previous, before) = (value, at);
        }

        return (slope, (least - step).ToDouble(), (most + step).ToDouble());
    }

    private static int Bytes(int bits) => (bits + 7) / 8;

    private static double Power(int exponent) => Math.Pow(2, exponent);
}
