using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// exp(−t) of a masked t ≥ −offset. The masked exponent and its mask are split at the low digit; with x̂ = t + offset + r,
/// exp(−t) = E[(x̂_h − r_h) mod 2^w] · exp(offset − x̂_l) · exp(r_l): a lookup of the high digit, a public factor, and a factor that only
/// the dealer knows. The function is multiplicative, so no borrow between the digits matters.
/// <para>First the parties look u = s·E·exp(offset − x̂_l) up, right up to a sign s that the dealer knows, and open û = u + R in a small
/// ring Z_2^l, |u| &lt; 2^(l−2). With v = û + 2^(l−2) mod 2^l, u is the integer v − R + 2^l·μ·(1 − msb v) − 2^(l−2), μ the top bit of R, so
/// z = u·s·c in the result's ring is (v − 2^(l−2))·[σ] − [σ·R] + 2^l·(1 − msb v)·[σ·μ] with σ = s·c, c = exp(r_l).</para>
/// <para>Rings: t in LowBits + HighBits bits, result in Z_2^m with T + F fraction bits, m &gt; l. Precondition:
/// t + offset &lt; 2^LowBits·(2^w − 1). Error: below 2^−13.5·max(1, exp(−t)) for the shapes that, where no finer one is asked for,
/// <see cref="ExponentialShape.Cheapest"/> gives, besides the input's own. Flights: 1 for û, 1 for the opening that follows. Online: ⌈l/8⌉
/// bytes an element, then those of the opening, each way. Tape: 2^w − 1 bits and 2·⌈m/8⌉ + ⌈(m−l)/8⌉ bytes.
/// Leakage: û and ẑ are uniform; unit vectors and corrections are uniform to the client.
/// Source: the one-time truth tables of Ishai et al. (TCC 2013) for the digit; the wrap of a masked value as in Gupta et al., SIGMA
/// (PETS 2024); the factoring of the function is this project's.</para>
/// </summary>
public static partial class Exponential
{
    /// <summary>Looks the high digit up: an additive share of s·exp(−t)/exp(r_l) in the lookup's ring, to be opened
    /// without truncation.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the unit vectors.</param>
    /// <param name="x">The masked exponent t in the shape's ring.</param>
    /// <param name="shape">Digits and scales.</param>
    public static RingValue Lookup<TRole>(Run run, in Address at, in RingValue x, in ExponentialShape shape)
        where TRole : IRole
    {
        int count = x.Count;
        if (TRole.IsDealer)
        {
            ulong[] digits = run.Rent(count);
            RingValue signs = new(null, run.Rent(count), count);
            UnitVectors.MaskDigits(x, shape.Ring, shape.LowBits, shape.HighBits, digits.AsSpan(0, count));
            ulong[] clientShares = UnitVectors.Shares<TRole>(run, at, digits.AsSpan(0, count), count, shape.HighBits)!;
            UnitVectors.Signs(clientShares, digits.AsSpan(0, count), signs.Second);
            run.Return(clientShares);
            run.Return(digits);
            return signs;
        }

        RingValue share = new(run.Rent(count), null, count);
        ulong[]? vectors = UnitVectors.Shares<TRole>(run, at, default, count, shape.HighBits);
        if (vectors is null)
        {
            return share;
        }

        ExponentialTables tables = ExponentialTables.For(shape);
        ReadOnlySpan<ulong> table = tables.HighDigit;
        int excess = tables.Excess;
        ulong half = 1UL << (excess - 1);
        ulong modulus = RingWord.Mask(shape.Ring);
        ulong lowMask = RingWord.Mask(shape.LowBits);
        ulong result = RingWord.Mask(shape.LookupRing);
        int last = (1 << shape.HighBits) - 1;
        ReadOnlySpan<ulong> masked = x.First;
        Span<ulong> target = share.First;
        for (int i = 0; i < count; i++)
        {
            ulong value = (masked[i] + (ulong)shape.Offset) & modulus;
            ulong factor = tables.Down(value & lowMask);
            int high = (int)(value >> shape.LowBits);
            ulong sum = 0;
            for (int d = 0; d < table.Length; d++)
            {
                // Neither time nor memory access may depend on the vector: every entry is computed, and kept or not.
                int j = (high - d) & last;
                ulong bit = vectors[((j >> 6) * count) + i] >> (j & 63) & 1;
                sum += (((table[d] * factor) + half) >> excess) & (0 - bit);
            }

            target[i] = (TRole.IsClient ? 0 - sum : sum) & result;
        }

        run.Return(vectors);
        return share;
    }

    /// <summary>Multiplies with the dealer's factor: an additive share of exp(−t) with T + F fraction bits.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the corrections.</param>
    /// <param name="lookup">What <see cref="Lookup"/> gave; at the dealer it holds the signs.</param>
    /// <param name="opened">The opened lookup.</param>
    /// <param name="x">The masked exponent.</param>
    /// <param name="shape">Digits and scales.</param>
    /// <param name="ring">The result's ring m.</param>
    public static RingValue Scale<TRole>(
        Run run, in Address at, in RingValue lookup, in RingValue opened, in RingValue x, in ExponentialShape shape, int ring)
        where TRole : IRole
    {
        int count = x.Count;
        int lookupRing = shape.LookupRing;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ring, lookupRing);
        Address second = at with { Inner = 1 };
        Address third = at with { Inner = 2 };
        ulong top = 1UL << (lookupRing - 1);
        ulong modulus = RingWord.Mask(lookupRing);
        ulong[] factor = run.Rent(count);
        ulong[] wrapped = run.Rent(count);
        if (TRole.IsDealer)
        {
            ExponentialTables tables = ExponentialTables.For(shape);
            ulong[] correction = run.Rent(count);
            UnitVectors.MaskDigits(x, shape.Ring, 0, shape.LowBits, factor.AsSpan(0, count));
            ReadOnlySpan<ulong> first = opened.First;
            ReadOnlySpan<ulong> other = opened.Second;
            ReadOnlySpan<ulong> signs = lookup.Second;
            for (int i = 0; i < count; i++)
            {
                ulong mask = (first[i] + other[i]) & modulus;
                factor[i] = tables.Up(factor[i]) * signs[i];
                correction[i] = 0 - (factor[i] * mask);
                wrapped[i] = factor[i] & (0 - (mask >> (lookupRing - 1)));
            }

            run.Deal(at, factor.AsSpan(0, count), ring);
            run.Deal(second, correction.AsSpan(0, count), ring);
            run.Deal(third, wrapped.AsSpan(0, count), ring - lookupRing);
            run.Return(factor);
            run.Return(wrapped);
            run.Return(correction);
            return new RingValue(null, null, count);
        }

        RingValue share = new(run.Rent(count), null, count);
        run.Correlation<TRole>(at, factor.AsSpan(0, count), ring);
        run.Correlation<TRole>(second, share.First, ring);
        run.Correlation<TRole>(third, wrapped.AsSpan(0, count), ring - lookupRing);
        if (!TRole.IsRehearsal)
        {
            ulong half = top >> 1;
            ReadOnlySpan<ulong> masked = opened.First;
            Span<ulong> z = share.First;
            for (int i = 0; i < count; i++)
            {
                ulong shifted = (masked[i] + half) & modulus;
                ulong wraps = (shifted >> (lookupRing - 1)) - 1;
                z[i] += ((shifted - half) * factor[i]) + ((wrapped[i] & wraps) << lookupRing);
            }

            RingKernels.Reduce(share.First, ring);
        }

        run.Return(factor);
        run.Return(wrapped);
        return share;
    }
}
