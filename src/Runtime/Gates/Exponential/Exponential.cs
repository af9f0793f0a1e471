using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// exp(−t) of a masked t ≥ −offset. The masked exponent and its mask are split at the low digit; with x̂ = t + offset + r,
/// exp(−t) = E[(x̂_h − r_h) mod 2^w] · exp(offset − x̂_l) · exp(r_l): a lookup of the high digit, a public factor, and a factor that only
/// the dealer knows. The function is multiplicative, so no borrow between the digits matters.
/// <para>First the parties look u = s·E·exp(offset − x̂_l) up, right up to a sign s that the dealer knows, and open û = u + r_u; then
/// z = û·[s·c] − [s·c·r_u] with c = exp(r_l).</para>
/// <para>Rings: t in LowBits + HighBits bits, result in Z_2^m with 32 fraction bits. Precondition: t + offset &lt; 2^LowBits·(2^w − 1).
/// Error: below 2^−13.5·max(1, exp(−t)), besides the input's own; the low digit covers at most four units. Flights: 1 for û, 1 for the
/// opening that follows. Online: ⌈m/8⌉ bytes an element and flight, each way. Tape: 2^w − 1 bits and 2·⌈m/8⌉ bytes.
/// Leakage: û and ẑ are uniform; unit vectors and corrections are uniform to the client.
/// Source: the one-time truth tables of Ishai et al. (TCC 2013) for the digit; the factoring of the function is this project's.</para>
/// </summary>
public static partial class Exponential
{
    /// <summary>Looks the high digit up: an additive share of s·exp(−t)/exp(r_l), to be opened without truncation.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the unit vectors.</param>
    /// <param name="x">The masked exponent t in the shape's ring.</param>
    /// <param name="shape">Digits and scales.</param>
    /// <param name="ring">The result's ring.</param>
    public static RingValue Lookup<TRole>(Run run, in Address at, in RingValue x, in ExponentialShape shape, int ring)
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
        ulong result = RingWord.Mask(ring);
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

    /// <summary>Multiplies with the dealer's factor: an additive share of exp(−t) with 32 fraction bits.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the corrections.</param>
    /// <param name="lookup">What <see cref="Lookup"/> gave; at the dealer it holds the signs.</param>
    /// <param name="opened">The opened lookup.</param>
    /// <param name="x">The masked exponent.</param>
    /// <param name="shape">Digits and scales.</param>
    /// <param name="ring">The result's ring m.</param>
    /// <param name="low">Low bits that the opening will discard.</param>
    public static RingValue Scale<TRole>(
        Run run, in Address at, in RingValue lookup, in RingValue opened, in RingValue x, in ExponentialShape shape, int ring, int low)
        where TRole : IRole
    {
        int count = x.Count;
        Address second = at with { Inner = 1 };
        if (TRole.IsDealer)
        {
            ExponentialTables tables = ExponentialTables.For(shape);
            ulong[] factor = run.Rent(count);
            ulong[] correction = run.Rent(count);
            UnitVectors.MaskDigits(x, shape.Ring, 0, shape.LowBits, factor.AsSpan(0, count));
            ReadOnlySpan<ulong> first = opened.First;
            ReadOnlySpan<ulong> other = opened.Second;
            ReadOnlySpan<ulong> signs = lookup.Second;
            for (int i = 0; i < count; i++)
            {
                factor[i] = tables.Up(factor[i]) * signs[i];
                correction[i] = 0 - (factor[i] * (first[i] + other[i]));
            }

            run.Deal(at, factor.AsSpan(0, count), ring);
            run.Return(factor);
            return LowBits.Deal(run, second, correction, count, ring, low);
        }

        RingValue share = new(run.Rent(count), null, count);
        ulong[] scale = run.Rent(count);
        run.Correlation<TRole>(at, scale.AsSpan(0, count), ring);
        run.Correlation<TRole>(second, share.First, ring);
        if (!TRole.IsRehearsal)
        {
            RingKernels.MultiplyAdd(opened.First, scale.AsSpan(0, count), share.First);
            RingKernels.Reduce(share.First, ring);
        }

        run.Return(scale);
        return share;
    }
}
