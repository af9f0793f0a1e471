using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Numerics;

namespace MPCache.FixedPoint;

/// <summary>
/// Fits scalar functions by the polynomials of a <see cref="PiecewiseTable"/>: interpolation at Chebyshev nodes, in integer arithmetic, so
/// that every party that fits the same function gets the same table. What the rounding of a coefficient leaves is passed on to the lower
/// ones, which are finer. Tables are kept and shared.
/// </summary>
public static class PiecewiseFit
{
    /// <summary>The highest degree.</summary>
    public const int LargestDegree = 8;

    /// <summary>The most bits that select a piece.</summary>
    public const int LargestHighBits = 14;

    private const int LargestFractionBits = 62;
    private const int GridPerPiece = 8;

    private static readonly ConcurrentDictionary<Key, PiecewiseTable> Tables = new();

    private static readonly ConcurrentDictionary<(int Degree, Side Side), Fixed[][]> Interpolations = new();

    private enum Side
    {
        Both,
        Right,
        Left,
    }

    /// <summary>Fits a function of the language.</summary>
    /// <param name="function">Which one.</param>
    /// <param name="low">
    /// Smallest raw input; positive for <see cref="ScalarFunction.Reciprocal"/> and <see cref="ScalarFunction.ReciprocalSqrt"/>.
    /// </param>
    /// <param name="inputScale">Fraction bits of the input, 0 to 62.</param>
    /// <param name="lowBits">l, the bits inside a piece, 0 to 40.</param>
    /// <param name="highBits">w, the bits that select the piece, 1 to 14.</param>
    /// <param name="degree">Degree of the polynomials, 0 to 8.</param>
    /// <param name="fractionBits">Fraction bits of the result, 0 to 62.</param>
    /// <exception cref="ArgumentException">A parameter is out of range, or a coefficient does not fit 64 bits.</exception>
    public static PiecewiseTable Fit(
        ScalarFunction function, long low, int inputScale, int lowBits, int highBits, int degree, int fractionBits)
    {
        if (function is ScalarFunction.Reciprocal or ScalarFunction.ReciprocalSqrt && low <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(low), low, $"{function} is defined for positive inputs only.");
        }

        return Fit(function.Definition(), low, inputScale, lowBits, highBits, degree, fractionBits);
    }

    /// <summary>Fits a function of the author's own. It is evaluated between the table's smallest and largest input only.</summary>
    /// <param name="function">
    /// A pure function built from <see cref="Fixed"/> and <see cref="FixedMath"/>. Tables are kept by delegate: pass the same delegate
    /// again (a static function or a lambda without captures), not a new closure each time.
    /// </param>
    /// <param name="low">Smallest raw input.</param>
    /// <param name="inputScale">Fraction bits of the input, 0 to 62.</param>
    /// <param name="lowBits">l, the bits inside a piece, 0 to 40.</param>
    /// <param name="highBits">w, the bits that select the piece, 1 to 14.</param>
    /// <param name="degree">Degree of the polynomials, 0 to 8.</param>
    /// <param name="fractionBits">Fraction bits of the result, 0 to 62.</param>
    /// <exception cref="ArgumentException">A parameter is out of range, or a coefficient does not fit 64 bits.</exception>
    public static PiecewiseTable Fit(
        Func<Fixed, Fixed> function, long low, int inputScale, int lowBits, int highBits, int degree, int fractionBits)
    {
        if (function is null)
        {
            throw new ArgumentNullException(nameof(function));
        }

        CheckRange(inputScale, 0, 62, nameof(inputScale));
        CheckRange(lowBits, 0, 40, nameof(lowBits));
        CheckRange(highBits, 1, LargestHighBits, nameof(highBits));
        CheckRange(degree, 0, LargestDegree, nameof(degree));
        CheckRange(fractionBits, 0, LargestFractionBits, nameof(fractionBits));
        if (low > long.MaxValue - (1L << (lowBits + highBits)))
        {
            throw new ArgumentOutOfRangeException(nameof(low), low, "The largest input does not fit 64 bits.");
        }

        return Tables.GetOrAdd(new Key(function, low, inputScale, lowBits, highBits, degree, fractionBits), Compute);
    }

    private static PiecewiseTable Compute(Key key)
    {
        int pieces = 1 << key.HighBits;
        long[][] coefficients = new long[key.Degree + 1][];
        for (int k = 0; k <= key.Degree; k++)
        {
            coefficients[k] = new long[pieces];
        }

        for (int piece = 0; piece < pieces; piece++)
        {
            // Nothing below the first edge or above the last one is in the domain, and the function may not even be defined there.
            Side side = piece == 0 ? Side.Right : piece == pieces - 1 ? Side.Left : Side.Both;
            Interpolate(key, piece, side, coefficients);
        }

        double error = LargestError(key, coefficients);
        return new PiecewiseTable(
            key.Low, key.InputScale, key.LowBits, key.HighBits, key.Degree, key.FractionBits, coefficients, error);
    }

    /// <summary>
    /// Coefficients of one piece: the values at its nodes times the interpolation matrix, rounded from the highest down. Of a remainder
    /// ρ·t^k only ρ·T_k(t)/2^(k−1) is lost, the polynomial of that degree that stays smallest; the rest has a lower degree.
    /// </summary>
    private static void Interpolate(Key key, int piece, Side side, long[][] coefficients)
    {
        int count = key.Degree + 1;
        Fixed[] nodes = Nodes(count, side);
        Fixed[][] matrix = Interpolations.GetOrAdd((key.Degree, side), static at => Inverse(Nodes(at.Degree + 1, at.Side)));
        BigInteger edge = key.Low + ((BigInteger)piece << key.LowBits);
        Fixed[] values = new Fixed[count];
        for (int i = 0; i < count; i++)
        {
            // Nodes are fractions of a piece, 2^l raw units.
            BigInteger x = (edge << Fixed.FractionBits) + (nodes[i].Raw << key.LowBits);
            values[i] = key.Function(Fixed.FromRaw(x, Fixed.FractionBits + key.InputScale));
        }

        Fixed[] exact = new Fixed[count];
        for (int k = 0; k < count; k++)
        {
            exact[k] = Fixed.Zero;
            for (int i = 0; i < count; i++)
            {
                exact[k] += matrix[k][i] * values[i];
            }
        }

        for (int k = count - 1; k >= 0; k--)
        {
            int fraction = key.FractionBits - (k * key.LowBits);
            BigInteger raw = exact[k].ToRaw(fraction);
            coefficients[k][piece] = raw >= long.MinValue && raw <= long.MaxValue
                ? (long)raw
                : throw new ArgumentException(
                    $"Coefficient {k} of piece {piece} does not fit 64 bits at {key.FractionBits} fraction bits; ask for fewer.");
            Fixed left = exact[k] - Rounded(raw, fraction);
            for (int lower = k - 2; lower >= 0; lower -= 2)
            {
                exact[lower] -= left * Chebyshev(k, lower);
            }
        }
    }

    private static Fixed Rounded(BigInteger raw, int fraction) =>
        fraction >= 0 ? Fixed.FromRaw(raw, fraction) : Fixed.FromRaw(raw << -fraction, 0);

    /// <summary>
    /// The coefficient of t^<paramref name="power"/> in T_<paramref name="degree"/>(t)/2^(degree−1), whose highest is 1.
    /// </summary>
    private static Fixed Chebyshev(int degree, int power)
    {
        // T_n = n/2 · Σ_m (−1)^m (n−m−1)!/(m!·(n−2m)!) · (2t)^(n−2m).
        int m = (degree - power) / 2;
        BigInteger numerator = degree * Factorial(degree - m - 1) << power;
        BigInteger denominator = Factorial(m) * Factorial(power) << degree;
        Fixed magnitude = Fixed.FromRaw((numerator << Fixed.FractionBits) / denominator);
        return (m & 1) == 0 ? magnitude : Fixed.Zero - magnitude;
    }

    private static BigInteger Factorial(int n) => n <= 1 ? BigInteger.One : n * Factorial(n - 1);

    /// <summary>The Chebyshev nodes of the part of a piece that is used, in units of the piece.</summary>
    private static Fixed[] Nodes(int count, Side side)
    {
        Fixed[] nodes = new Fixed[count];
        for (int i = 0; i < count; i++)
        {
            Fixed node = FixedMath.Cos(FixedMath.Pi * ((2 * i) + 1) / (2 * count));
            nodes[i] = side switch
            {
                Side.Right => (node + 1) / 2,
                Side.Left => (node - 1) / 2,
                _ => node,
            };
        }

        return nodes;
    }

    /// <summary>[k][i]: the coefficient of t^k in the polynomial that is 1 at node i and 0 at the others.</summary>
    private static Fixed[][] Inverse(Fixed[] nodes)
    {
        Fixed[][] matrix = new Fixed[nodes.Length][];
        for (int k = 0; k < nodes.Length; k++)
        {
            matrix[k] = new Fixed[nodes.Length];
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            List<Fixed> polynomial = [Fixed.One];
            Fixed denominator = Fixed.One;
            for (int j = 0; j < nodes.Length; j++)
            {
                if (j == i)
                {
                    continue;
                }

                denominator *= nodes[i] - nodes[j];
                polynomial.Add(polynomial[polynomial.Count - 1]);
                for (int k = polynomial.Count - 2; k >= 0; k--)
                {
                    polynomial[k] = (k > 0 ? polynomial[k - 1] : Fixed.Zero) - (nodes[j] * polynomial[k]);
                }
            }

            for (int k = 0; k < nodes.Length; k++)
            {
                matrix[k][i] = polynomial[k] / denominator;
            }
        }

        return matrix;
    }

    private static double LargestError(Key key, long[][] coefficients)
    {
        long size = 1L << key.LowBits;

        // Evenly spaced places, and those next to the edges, where the rounding of the highest coefficients weighs most.
        SortedSet<long> places = [0, Math.Min(1, size - 1), size - 1];
        for (int i = 1; i < GridPerPiece; i++)
        {
            places.Add(size * i / GridPerPiece);
        }

        int lastPiece = (1 << key.HighBits) - 1;
        BigInteger largest = BigInteger.Zero;
        for (int piece = 0; piece <= lastPiece; piece++)
        {
            BigInteger edge = key.Low + ((BigInteger)piece << key.LowBits);
            foreach (long delta in places)
            {
                if (delta > 0 && piece == lastPiece)
                {
                    break;
                }

                BigInteger value = key.Function(Fixed.FromRaw(edge + delta, key.InputScale)).Raw;
                largest = BigInteger.Max(largest, Error(key, coefficients, piece, delta, value));
                if (delta > 0)
                {
                    largest = BigInteger.Max(largest, Error(key, coefficients, piece + 1, delta - size, value));
                }
            }
        }

        return Fixed.FromRaw(largest).ToDouble();
    }

    private static BigInteger Error(Key key, long[][] coefficients, int piece, long delta, BigInteger value)
    {
        BigInteger polynomial = BigInteger.Zero;
        for (int k = key.Degree; k >= 0; k--)
        {
            polynomial = (polynomial * delta) + coefficients[k][piece];
        }

        return BigInteger.Abs((polynomial << (Fixed.FractionBits - key.FractionBits)) - value);
    }

    private static void CheckRange(int value, int smallest, int largest, string name)
    {
        if (value < smallest || value > largest)
        {
            throw new ArgumentOutOfRangeException(name, value, $"The parameter lies between {smallest} and {largest}.");
        }
    }

    private sealed record Key(
        Func<Fixed, Fixed> Function, long Low, int InputScale, int LowBits, int HighBits, int Degree, int FractionBits);
}
