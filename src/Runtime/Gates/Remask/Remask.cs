using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Rows of a masked value at positions that only became known online. The dealer, who ran ahead, does not know them and must not learn
/// them, so it cannot name the rows' masks: each party takes its masks off, the client's share is x̂ − r_1, the server's −r_0, and the
/// opening that follows puts fresh masks on, which belong to the slots of the result.
/// <para>Rings: Z_2^m throughout. Error: none. Flights: none here; the opening that follows is 1. Online: nothing here; the opening's ⌈m/8⌉
/// bytes an element each way. Tape: none. Leakage: nothing is sent; the positions are public to the parties by what was revealed before,
/// and neither sizes nor the tape depend on them.</para>
/// </summary>
public static class Remask
{
    /// <summary>The rows as an additive share.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">Masked value in rows.</param>
    /// <param name="rows">The positions; only their number counts where positions are unknown: at the dealer and in a rehearsal.</param>
    /// <param name="rowSize">Elements a row.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside of x.</exception>
    public static RingValue Gather<TRole>(Run run, in RingValue x, ReadOnlySpan<int> rows, int rowSize, int ring)
        where TRole : IRole
    {
        int count = checked(rows.Length * rowSize);
        if (TRole.IsDealer)
        {
            return new RingValue(null, null, count);
        }

        RingValue share = new(run.Rent(count), null, count);
        if (TRole.IsRehearsal)
        {
            return share;
        }

        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<ulong> mask = x.Second.Slice(rows[i] * rowSize, rowSize);
            Span<ulong> z = share.First.Slice(i * rowSize, rowSize);
            if (TRole.IsClient)
            {
                RingKernels.Subtract(x.First.Slice(rows[i] * rowSize, rowSize), mask, z);
            }
            else
            {
                RingKernels.Negate(mask, z);
            }
        }

        RingKernels.Reduce(share.First, ring);
        return share;
    }
}
