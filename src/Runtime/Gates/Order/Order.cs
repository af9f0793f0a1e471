using System;
using MPCache.Execution;

namespace MPCache.Gates;

/// <summary>
/// The largest rows of a shuffled key, found by revealing comparisons of its rows.
/// <para><see cref="Pairs{TRole}"/> makes the differences x_i − x_j − [τ_i &gt; τ_j] of some rows, the pivots, with all others, τ a secret
/// order; <see cref="Compare"/> finds their signs; <see cref="RevealPut{TRole}"/> and <see cref="RevealTake{TRole}"/> tell them to both
/// parties; <see cref="Rank{TRole}"/> reads off them which rows are kept and which dropped. Up to 64 rows are all pivots. Of more, those
/// between the two pivots around the boundary stay undecided; <see cref="Undecided{TRole}"/> gives them slots, a second phase compares all
/// pairs of slots and <see cref="Refine{TRole}"/> decides them.</para>
/// <para>Rings: Z_2^m, 5 ≤ m ≤ 40. Precondition: |x| &lt; 2^(m−2), derived and not asserted, so that no difference wraps: a wrapped one
/// makes cycles and shows that a bound was exceeded. Error: none, but where more rows stay undecided than there are slots, with a
/// probability that does not depend on the values (0.12 % a group): rows beyond the slots are not compared, and of equals any may be kept.
/// Flights: 2 a phase, the opening of the comparison's digits and the reveal; the rows of the second phase are re-masked between them.
/// Online: the comparison's 2D − 1 bits, then 1 bit a pair each way. Tape: the comparison's; the differences take none.</para>
/// <para>Leakage: rows stand in a secret uniform order under which comparisons of this key alone are revealed. Ties are broken by τ,
/// uniform and drawn by the dealer, so the order among equals is as uniform as among others: what is revealed is a function of a uniformly
/// random order of the rows, whatever the values. The second phase's τ is a fresh one; between its rows the first phase told nothing, so an
/// order drawn anew is distributed as the same one would be. Which rows are pivots, undecided or kept follows from what is revealed.
/// A revealed bit's two messages are XOR shares, one of which follows from the bit and the other. Pairs with an unused slot send fresh
/// random bits. Source: comparisons of shuffled rows may be revealed, Hamada et al., Practically Efficient Multi-party Sorting Protocols
/// from Comparison Sort Algorithms (ICISC 2012).</para>
/// </summary>
public static partial class Order
{
    private static int CountPairs(int rows, int pivots) => checked((int)(((long)pivots * rows) - ((long)pivots * (pivots + 1) / 2)));

    private static void CheckRows(int groups, int rows, int pivots)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(groups);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(pivots);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pivots, rows);
    }

    private static void CheckPairs(in BitValue bits, int groups, int rows, int pivots)
    {
        if (bits.Planes != 1 || bits.Count != checked(groups * CountPairs(rows, pivots)))
        {
            throw new ArgumentException(
                $"{bits.Planes} plane(s) of {bits.Count} bits do not compare {pivots} pivots in {groups} groups of {rows} rows.",
                nameof(bits));
        }
    }
}
