using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// A public combination of masked bits as a ring element: constant + Σ_j c_j·b_j for each element.
/// <para>b = b̂ + (1 − 2b̂)·ρ, and the dealer shares ρ in the ring.</para>
/// <para>Ring: any that holds the result. Error: none. Flights: none here; the opening that follows is 1. Tape: ⌈m/8⌉ bytes a bit.
/// Leakage: nothing is sent; corrections are uniform to the client. Source: daBits turned offline, Rotaru and Wood (INDOCRYPT 2019).</para>
/// </summary>
public static partial class BitToRing
{
    /// <summary>How many of each element's bits are set, plus a constant, as additive shares.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the corrections.</param>
    /// <param name="bits">Masked bits, ordered [group, element].</param>
    /// <param name="groups">Bits an element, at most 256.</param>
    /// <param name="constant">Public summand.</param>
    /// <param name="ring">The ring's bits m.</param>
    public static RingValue Count<TRole>(Run run, in Address at, in BitValue bits, int groups, long constant, int ring)
        where TRole : IRole
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groups, 256);
        Span<long> ones = stackalloc long[groups];
        ones.Fill(1);
        return Combine<TRole>(run, at, bits, groups, ones, constant, ring);
    }

    /// <summary>The combinations as additive shares.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the corrections.</param>
    /// <param name="bits">Masked bits, ordered [group, element].</param>
    /// <param name="groups">Bits an element.</param>
    /// <param name="coefficients">c_j of each group.</param>
    /// <param name="constant">Public summand.</param>
    /// <param name="ring">The ring's bits m.</param>
    public static RingValue Combine<TRole>(
        Run run, in Address at, in BitValue bits, int groups, ReadOnlySpan<long> coefficients, long constant, int ring)
        where TRole : IRole
    {
        int count = bits.Count / groups;
        ulong[] buffer = run.Rent(bits.Count);
        Span<ulong> rho = buffer.AsSpan(0, bits.Count);
        if (TRole.IsDealer)
        {
            Select.Unpack(bits.First(0), bits.Second(0), rho);
            run.Deal(at, rho, ring);
            run.Return(buffer);
            return new RingValue(null, null, count);
        }

        RingValue sum = new(run.Rent(count), null, count);
        run.Correlation<TRole>(at, rho, ring);
        if (!TRole.IsRehearsal)
        {
            ReadOnlySpan<ulong> opened = bits.First(0);
            Span<ulong> total = sum.First;
            total.Fill(TRole.IsClient ? (ulong)constant : 0);
            for (int group = 0; group < groups; group++)
            {
                ulong coefficient = (ulong)coefficients[group];
                for (int i = 0; i < count; i++)
                {
                    int position = (group * count) + i;
                    bool set = ((opened[position >> 6] >> (position & 63)) & 1) != 0;
                    ulong share = set ? (TRole.IsClient ? 1UL : 0) - rho[position] : rho[position];
                    total[i] += coefficient * share;
                }
            }

            RingKernels.Reduce(total, ring);
        }

        run.Return(buffer);
        return sum;
    }
}
