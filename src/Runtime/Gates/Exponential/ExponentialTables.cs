using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Numerics;
using MPCache.FixedPoint;

namespace MPCache.Gates;

/// <summary>
/// Integer tables behind the exponential, the same on every machine: the high digit's exp(−d·2^(LowBits − FractionBits)), and exp of both
/// halves of a low digit, whose product is exp of the digit.
/// </summary>
internal sealed class ExponentialTables
{
    private static readonly ConcurrentDictionary<ExponentialShape, ExponentialTables> Cache = new();

    private readonly int tableBits;
    private readonly int factorBits;
    private readonly int halfBits;
    private readonly int offsetBits;
    private readonly ulong[] coarseDown;
    private readonly ulong[] fineDown;
    private readonly ulong[] coarseUp;
    private readonly ulong[] fineUp;

    private ExponentialTables(ExponentialShape shape)
    {
        // Beyond four units the factor's products leave 64 bits, and the error its bound.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shape.LowBits, shape.FractionBits + 2);
        tableBits = shape.TableBits;
        factorBits = shape.FactorBits;
        halfBits = (shape.LowBits + 1) / 2;
        int coarse = 1 << (shape.LowBits - halfBits);
        int fine = 1 << halfBits;
        // exp(offset) takes a few bits above the binary point of the downward tables.
        Fixed top = FixedMath.Exp(Fixed.FromRaw(shape.Offset, shape.FractionBits));
        while ((Fixed)(1L << offsetBits) < top)
        {
            offsetBits++;
        }

        List<ulong> entries = [];
        for (int d = 0; d < 1 << shape.HighBits; d++)
        {
            ulong entry = Raw(-((BigInteger)d << shape.LowBits), shape.FractionBits, 31);
            if ((((UInt128)entry << 31) + (1UL << (Excess - 1))) >> Excess == 0)
            {
                break;
            }

            entries.Add(entry);
        }

        HighDigit = [.. entries];
        coarseDown = new ulong[coarse];
        coarseUp = new ulong[coarse];
        for (int i = 0; i < coarse; i++)
        {
            coarseDown[i] = Raw(shape.Offset - ((BigInteger)i << halfBits), shape.FractionBits, 31 - offsetBits);
            coarseUp[i] = Raw((BigInteger)i << halfBits, shape.FractionBits, 24);
        }

        fineDown = new ulong[fine];
        fineUp = new ulong[fine];
        for (int i = 0; i < fine; i++)
        {
            fineDown[i] = Raw(-i, shape.FractionBits, 31);
            fineUp[i] = Raw(i, shape.FractionBits, 30);
        }
    }

    /// <summary>
    /// exp(−d·2^(LowBits−FractionBits)) with 31 fraction bits, up to the last d that any product with <see cref="Down"/> keeps above zero.
    /// </summary>
    public ulong[] HighDigit { get; }

    /// <summary>Bits by which a product of a <see cref="HighDigit"/> entry and <see cref="Down"/> exceeds the lookup's scale.</summary>
    public int Excess => 31 + 31 - offsetBits - tableBits;

    public static ExponentialTables For(ExponentialShape shape) => Cache.GetOrAdd(shape, static s => new ExponentialTables(s));

    /// <summary>exp(−(low − offset)) with 31 − offset bits fraction bits.</summary>
    public ulong Down(ulong low) =>
        ((coarseDown[low >> halfBits] * fineDown[low & ((1UL << halfBits) - 1)]) + (1UL << 30)) >> 31;

    /// <summary>exp(low) with the dealer's factor bits.</summary>
    public ulong Up(ulong low)
    {
        int shift = 24 + 30 - factorBits;
        return ((coarseUp[low >> halfBits] * fineUp[low & ((1UL << halfBits) - 1)]) + (1UL << (shift - 1))) >> shift;
    }

    private static ulong Raw(BigInteger exponent, int scale, int bits) => (ulong)FixedMath.Exp(Fixed.FromRaw(exponent, scale)).ToRaw(bits);
}
