using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Truncates a masked value and shrinks its ring: ŷ = x̂ &gt;&gt; k in Z_2^(m−k), with mask r &gt;&gt; k.
/// <para>y = ⌊x / 2^k⌋ + [x mod 2^k &gt; x̂ mod 2^k]: the floor, or one more with a public uniform coin, negative values included. The
/// interval of x must leave room for the +1: −2^(m−1) ≤ x &lt; 2^(m−1) − 2^k.</para>
/// <para>Rings: Z_2^m to Z_2^(m−k), 0 &lt; k &lt; m. Error: below one unit of the last place. Flights: none. Online: none. Tape: ⌈(m−k)/8⌉
/// bytes an element, none for <see cref="Unshared"/>. Leakage: nothing is sent; the coin is a bit of x̂, which is public and uniform.
/// Source: Gupta et al., SIGMA (PETS 2024), truncate-reduce.</para>
/// </summary>
public static partial class Truncate
{
    /// <summary>The truncated value with shares of its mask, for any use.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the correlation.</param>
    /// <param name="x">Masked value.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <param name="by">Low bits k to discard.</param>
    /// <returns>The masked value in Z_2^(m−k).</returns>
    /// <exception cref="ArgumentOutOfRangeException">k is not between 1 and m − 1.</exception>
    public static RingValue Reduce<TRole>(Run run, in Address at, in RingValue x, int ring, int by)
        where TRole : IRole
    {
        CheckShift(ring, by);
        RingValue reduced = new(run.Rent(x.Count), run.Rent(x.Count), x.Count);
        if (TRole.IsDealer)
        {
            // The carry of r_0 + r_1 out of the ring lies above the m − k bits that are dealt.
            RingKernels.Add(x.First, x.Second, reduced.Second);
            RingKernels.ShiftRightLogical(reduced.Second, by, reduced.Second);
            run.Deal(at, reduced.Second, ring - by, reduced.First);
            return reduced;
        }

        run.MaskCorrelation<TRole>(at, reduced.Second, ring - by);
        RingKernels.ShiftRightLogical(x.First, by, reduced.First);
        return reduced;
    }

    /// <summary>
    /// The truncated value with a mask that only the dealer knows, without tape. It serves gates that ask the dealer about the mask:
    /// comparison, exponential, piecewise polynomial, and public constants added before them. Nothing linear in the mask may follow: the
    /// parties' mask shares are zeros that mean nothing.
    /// </summary>
    /// <param name="run">The call.</param>
    /// <param name="x">Masked value.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <param name="by">Low bits k to discard.</param>
    /// <returns>The masked value in Z_2^(m−k).</returns>
    /// <exception cref="ArgumentOutOfRangeException">k is not between 1 and m − 1.</exception>
    public static RingValue Unshared<TRole>(Run run, in RingValue x, int ring, int by)
        where TRole : IRole
    {
        CheckShift(ring, by);
        RingValue reduced = new(run.Rent(x.Count), run.RentCleared(x.Count), x.Count);
        if (TRole.IsDealer)
        {
            RingKernels.Add(x.First, x.Second, reduced.First);
            RingKernels.Reduce(reduced.First, ring);
            RingKernels.ShiftRightLogical(reduced.First, by, reduced.First);
        }
        else
        {
            RingKernels.ShiftRightLogical(x.First, by, reduced.First);
        }

        return reduced;
    }

    private static void CheckShift(int ring, int by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(by, ring);
    }
}
