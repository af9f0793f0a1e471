using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Numerics;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Reciprocals of a wide range: the function is looked up in every octave of powers of four while the argument is compared with those
/// powers, and the comparisons choose. Three flights, and the bytes of as many look-ups as there are octaves, once a row.
/// </summary>
internal sealed partial class Numbers
{
    /// <summary>Fraction bits of the argument, normalised in an octave.</summary>
    private const int OctavePoint = 13;

    private int Reciprocal(int x)
    {
        x = AtMost(x, fraction);
        // Quadratic pieces of 1/32: 2^−17, of which truncation to the program's fraction bits leaves the most.
        Octave octaves = new("Reciprocal", 8, 7, 2, 30, 2, 0.24, fraction);
        (int result, int top) = Octaves(x, octaves);
        Number number = numbers[x];
        return Reach(result, numbers[result].Scale + (2 * top) - number.Scale, 1 / Real(number.High, number.Scale),
            1 / Real(number.Low, number.Scale));
    }

    private int ReciprocalSqrt(int x)
    {
        // Relative precision of small arguments: more fraction bits, and an even number of them.
        int scale = Math.Min(numbers[x].Scale, fraction + 8) / 2 * 2;
        x = Align(x, scale);
        // Linear pieces of 1/64: 2^−14, with so few fraction bits that a normalised row needs no extension before it is weighed.
        Octave octaves = new("ReciprocalSqrt", 7, 8, 1, 22, 1, 0.49, 22);
        (int result, int top) = Octaves(x, octaves);
        Number number = numbers[x];
        return Reach(result, numbers[result].Scale + top - (number.Scale / 2), 1 / Math.Sqrt(Real(number.High, number.Scale)),
            1 / Math.Sqrt(Real(number.Low, number.Scale)));
    }

    /// <summary>How a function of y in [1, 4) is looked up in an octave.</summary>
    /// <param name="Function">Its name.</param>
    /// <param name="LowBits">Bits inside a piece.</param>
    /// <param name="HighBits">Bits that select the piece.</param>
    /// <param name="Degree">Degree of the pieces.</param>
    /// <param name="Bits">Fraction bits of the pieces.</param>
    /// <param name="Power">By which power of two an octave's result is smaller than that of the one before.</param>
    /// <param name="Least">A lower bound of the function.</param>
    /// <param name="Kept">Fraction bits that are kept of an octave's result.</param>
    private sealed record Octave(
        string Function, int LowBits, int HighBits, int Degree, int Bits, int Power, double Least, int Kept);

    /// <summary>
    /// f(y)·2^(power·(top − j)) of a positive x = y·4^j, 1 ≤ y &lt; 4, in raw integers.
    /// </summary>
    /// <returns>The value and the highest octave, top.</returns>
    private (int Result, int Top) Octaves(int x, Octave octave)
    {
        Number number = numbers[x];
        if (number.Low.Sign <= 0)
        {
            throw new CompileError("MPC3004",
                FormattableString.Invariant(
                    $"the argument lies in [{Real(number.Low, number.Scale):G4}, {Real(number.High, number.Scale):G4}]; ")
                    + "it must be positive: add a positive constant, or declare .Within(low, high)",
                site);
        }

        int bottom = Log4(number.Low);
        int top = Log4(number.High);
        int count = top - bottom + 1;
        ImmutableArray<Expr> shape = Shape(x);
        Number range = RawRange(octave.Least, 1.01, octave.Bits);
        int pieces = AtMost(
            Emit("piecewise.octaves", [x],
                Attributes.Of(("function", octave.Function), ("start", 1L << OctavePoint), ("inputScale", (long)OctavePoint),
                    ("lowBits", (long)octave.LowBits), ("highBits", (long)octave.HighBits), ("degree", (long)octave.Degree),
                    ("bits", (long)octave.Bits), ("first", (long)bottom), ("octaves", (long)count)),
                shape.Insert(0, Expr.Constant(count)), octave.Bits, range.Low, range.High),
            octave.Kept);
        if (count == 1)
        {
            return (Layout("reshape", pieces, Attributes.None, shape), top);
        }

        IEnumerable<int> exponents = Enumerable.Range(bottom + 1, count - 1);
        int bits = Sign(x, exponents.Select(e => BigInteger.One << (2 * e)).ToImmutableArray(), shape.Insert(0, Expr.Constant(count - 1)));
        return (Emit("octaves.choose", [bits, pieces], Attributes.Of(("power", (long)octave.Power)), shape, numbers[pieces].Scale,
            numbers[pieces].Low, numbers[pieces].High << (octave.Power * (count - 1))), top);
    }

    /// <summary>The value under another scale, with the range that its definition implies.</summary>
    private int Reach(int x, int scale, double low, double high)
    {
        Number range = RawRange(low * 0.99, high * 1.01, scale);
        int result = Emit("relabel", [x], Attributes.None, Shape(x), scale, range.Low, range.High);
        numbers[x] = numbers[x] with { Low = range.Low, High = range.High };
        return result;
    }

    private static int Log4(BigInteger raw)
    {
        int exponent = 0;
        while (BigInteger.One << ((2 * exponent) + 2) <= raw)
        {
            exponent++;
        }

        return exponent;
    }
}
