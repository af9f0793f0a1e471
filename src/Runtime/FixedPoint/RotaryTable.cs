using System;
using System.Collections.Concurrent;
using System.Numerics;

namespace MPCache.FixedPoint;

/// <summary>
/// Cosines and sines of rotary position embeddings (Su et al., "RoFormer", 2021, section 3.2.2): pair i of a head of size d turns by
/// p·theta^(−2i/d) at position p. The entries of a position do not depend on which other positions are asked for with it, and are the
/// same on every platform.
/// </summary>
public static class RotaryTable
{
    /// <summary>The most fraction bits the table offers.</summary>
    public const int LargestScale = 48;

    // An angle is 64 bits of a turn: the first nine select an entry of the table of whole steps, the others are a small rest.
    private const int StepBits = 9;
    private const int RestBits = 64 - StepBits;
    private const int TurnBits = 128;

    // Fraction bits of the table and of the arithmetic on the rest: values up to 1 leave the sign and one bit.
    private const int ValueBits = 62;

    private static readonly ConcurrentDictionary<(int HeadSize, double Theta), UInt128[]> Frequencies = new();

    private static readonly Lazy<(long Cosine, long Sine)[]> Steps = new(StepTable);

    private static readonly long Pi = (long)FixedMath.Pi.ToRaw(ValueBits - 2);

    /// <summary>Fills the table for positions first, first + 1, …, first + count − 1.</summary>
    /// <param name="headSize">Size d of a head, even and positive.</param>
    /// <param name="theta">Base of the frequencies, at least 1; its exact value is used.</param>
    /// <param name="first">The first position, 0 to 2^32.</param>
    /// <param name="count">How many positions.</param>
    /// <param name="scale">Fraction bits of the entries, 1 to 48.</param>
    /// <param name="cosines">[count, d/2] raw integers, error below 0.501 units of the last place.</param>
    /// <param name="sines">[count, d/2] raw integers, error below 0.501 units of the last place.</param>
    /// <exception cref="ArgumentException">A size is out of range, or a span has another length than count·d/2.</exception>
    public static void Fill(int headSize, double theta, long first, int count, int scale, Span<long> cosines, Span<long> sines)
    {
        if (headSize <= 0 || headSize % 2 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(headSize), headSize, "A head has a positive, even size.");
        }

        if (!(theta >= 1) || double.IsInfinity(theta))
        {
            throw new ArgumentOutOfRangeException(nameof(theta), theta, "The base of the frequencies is at least 1.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, 1L << 32);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, LargestScale);
        int pairs = headSize / 2;
        if (cosines.Length != (long)count * pairs || sines.Length != (long)count * pairs)
        {
            throw new ArgumentException($"{count} positions of {pairs} pairs do not fit {cosines.Length} and {sines.Length} entries.");
        }

        UInt128[] frequencies = Frequencies.GetOrAdd((headSize, theta), static key => TurnsPerPosition(key.HeadSize, key.Theta));
        (long Cosine, long Sine)[] steps = Steps.Value;
        int entry = 0;
        for (int row = 0; row < count; row++)
        {
            UInt128 position = (UInt128)(first + row);
            for (int i = 0; i < pairs; i++, entry++)
            {
                // Whole turns overflow, which is just what the circle wants.
                UInt128 turns = position * frequencies[i];
                (long cosine, long sine) = CosineAndSine((ulong)(turns >> 64), steps);
                cosines[entry] = Round(cosine, scale);
                sines[entry] = Round(sine, scale);
            }
        }
    }

    /// <summary>theta^(−2i/d)/2π for every pair, as fractions of 2^128.</summary>
    private static UInt128[] TurnsPerPosition(int headSize, double theta)
    {
        Fixed logarithm = FixedMath.Log(Fixed.FromDouble(theta));
        BigInteger radians = FixedMath.Pi.Raw << 1;
        UInt128[] turns = new UInt128[headSize / 2];
        for (int i = 0; i < turns.Length; i++)
        {
            Fixed frequency = FixedMath.Exp(-(logarithm * (2 * i) / headSize));
            turns[i] = (UInt128)Rounding.Divide(frequency.Raw << TurnBits, radians);
        }

        return turns;
    }

    private static (long Cosine, long Sine)[] StepTable()
    {
        (long Cosine, long Sine)[] steps = new (long Cosine, long Sine)[1 << StepBits];
        for (int i = 0; i < steps.Length; i++)
        {
            Fixed angle = FixedMath.Pi * i / (steps.Length / 2);
            steps[i] = ((long)FixedMath.Cos(angle).ToRaw(ValueBits), (long)FixedMath.Sin(angle).ToRaw(ValueBits));
        }

        return steps;
    }

    /// <summary>Cosine and sine of an angle in 2^−64 turns, by the addition theorem from the nearest step; error below 2^−58.</summary>
    private static (long Cosine, long Sine) CosineAndSine(ulong angle, (long Cosine, long Sine)[] steps)
    {
        ulong nearest = angle + (1UL << (RestBits - 1));
        (long stepCosine, long stepSine) = steps[nearest >> RestBits];

        // At most half a step, 2π/1024: the sine needs its terms up to the fifth power, 1 − cosine up to the sixth.
        long turns = (long)(angle - (nearest >> RestBits << RestBits));
        long rest = Math.BigMul(turns << (StepBits - 1), Pi, out _) >> (StepBits - 4);
        long square = Product(rest, rest);
        long sine = rest - Product(rest, Product(square, (1L << ValueBits) - (square / 20)) / 6);
        long versine = Product(square, (1L << (ValueBits - 1)) - Product(square, ((1L << ValueBits) - (square / 30)) / 24));
        return (
            stepCosine - Product(stepCosine, versine) - Product(stepSine, sine),
            stepSine - Product(stepSine, versine) + Product(stepCosine, sine));
    }

    private static long Product(long x, long y)
    {
        long high = Math.BigMul(x, y, out long low);
        return (high << (64 - ValueBits)) | (long)((ulong)low >> ValueBits);
    }

    private static long Round(long value, int scale) => (value + (1L << (ValueBits - scale - 1))) >> (ValueBits - scale);
}
