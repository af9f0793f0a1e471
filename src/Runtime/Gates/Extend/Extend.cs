using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Extends a masked value's sign into a larger ring.
/// <para>With ŷ = x̂ + 2^(m−2) mod 2^m, x = ŷ − r_0 − r_1 + 2^m·(κ + msb(r)·(1 − msb ŷ)) − 2^(m−2) over the integers: κ is the carry of
/// r_0 + r_1, and the second term tells that ŷ wrapped. The dealer shares κ and msb(r) modulo 2^(M−m); the mask's shares serve as they
/// are.</para>
/// <para>Rings: Z_2^m, m ≥ 2, to Z_2^M, m &lt; M ≤ 64, as an additive share. Precondition: −2^(m−2) ≤ x &lt; 2^(m−2). Error: none. Flights:
/// none here; the opening that follows is 1. Tape: 2·⌈(M−m)/8⌉ bytes an element. Leakage: nothing is sent; the corrections are uniform to
/// the client. Source: the wrap of a masked value as in Gupta et al., SIGMA (PETS 2024), signed extension, on masks in shares.</para>
/// </summary>
public static partial class Extend
{
    /// <summary>The value in Z_2^M as an additive share.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the correlation.</param>
    /// <param name="x">Masked value in Z_2^m.</param>
    /// <param name="from">The ring's bits m.</param>
    /// <param name="to">The larger ring's bits M.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rings are not 2 ≤ m &lt; M ≤ 64.</exception>
    public static RingValue Start<TRole>(Run run, in Address at, in RingValue x, int from, int to)
        where TRole : IRole
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 2);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(to, from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to, RingWord.MaximumRing);
        int count = x.Count;

        // The carries come first, then the top bits: one correlation of twice the length.
        ulong[] pair = run.Rent(2 * count);
        Span<ulong> both = pair.AsSpan(0, 2 * count);
        Span<ulong> carry = both[..count];
        Span<ulong> top = both[count..];
        if (TRole.IsDealer)
        {
            ReadOnlySpan<ulong> server = x.First;
            ReadOnlySpan<ulong> client = x.Second;
            for (int i = 0; i < count; i++)
            {
                ulong sum = server[i] + client[i];
                carry[i] = sum >> from & 1;
                top[i] = sum >> (from - 1) & 1;
            }

            run.Deal(at, both, to - from);
            run.Return(pair);
            return new RingValue(null, null, count);
        }

        RingValue share = new(run.Rent(count), null, count);
        run.Correlation<TRole>(at, both, to - from);
        if (!TRole.IsRehearsal)
        {
            ulong half = 1UL << (from - 2);
            ulong mask = RingWord.Mask(from);
            ReadOnlySpan<ulong> masked = x.First;
            ReadOnlySpan<ulong> own = x.Second;
            Span<ulong> z = share.First;
            for (int i = 0; i < count; i++)
            {
                ulong shifted = (masked[i] + half) & mask;
                ulong low = shifted >> (from - 1);
                z[i] = ((carry[i] + ((1 - low) * top[i])) << from) - own[i];
                if (TRole.IsClient)
                {
                    z[i] += shifted - half;
                }
            }

            RingKernels.Reduce(share.First, to);
        }

        run.Return(pair);
        return share;
    }
}
