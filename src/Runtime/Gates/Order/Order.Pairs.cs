using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

public static partial class Order
{
    private const int SmallestRing = 5;

    /// <summary>
    /// The differences x_i − x_j − [τ_i &gt; τ_j] of every pivot i and every row j behind it, pivots outermost, under masks that the dealer alone
    /// knows: negative where x_i &lt; x_j, or where they are equal and τ, a secret order for each group, says so. With zero randomness τ is
    /// the identity and the earlier of equal rows counts as the larger. The parties' mask shares are zeros that mean nothing.
    /// </summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of τ.</param>
    /// <param name="x">Masked scalars, [groups, rows].</param>
    /// <param name="groups">Groups.</param>
    /// <param name="rows">Rows a group.</param>
    /// <param name="pivots">How many of them are compared with all behind them.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">x does not have these rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The ring is wider than signs are compared in, or a single digit, whose sign would be open before it is revealed.
    /// </exception>
    public static RingValue Pairs<TRole>(Run run, in Address at, in RingValue x, int groups, int rows, int pivots, int ring)
        where TRole : IRole
    {
        CheckRows(groups, rows, pivots);
        ArgumentOutOfRangeException.ThrowIfLessThan(ring, SmallestRing);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ring, Compare.LargestRing);
        if (x.Count != checked(groups * rows))
        {
            throw new ArgumentException($"{x.Count} elements are not {groups} groups of {rows} rows.", nameof(x));
        }

        int pairs = CountPairs(rows, pivots);
        int count = checked(groups * pairs);
        RingValue differences = new(run.Rent(count), run.RentCleared(count), count);
        if (TRole.IsRehearsal)
        {
            return differences;
        }

        if (!TRole.IsDealer)
        {
            Subtract(x.First, groups, rows, pivots, differences.First);
            RingKernels.Reduce(differences.First, ring);
            return differences;
        }

        ulong[] mask = run.Rent(x.Count);
        RingKernels.Add(x.First, x.Second, mask.AsSpan(0, x.Count));
        Subtract(mask.AsSpan(0, x.Count), groups, rows, pivots, differences.First);
        run.Return(mask);
        int length = SecretOrder.Words(groups, rows);
        ulong[] words = run.Rent(length);
        run.ExpandSecret(at, words.AsSpan(0, length), 64);
        BreakTies(SecretOrder.Shuffled(words.AsSpan(0, length), groups, rows), groups, rows, pivots, differences.First);
        run.Return(words);
        RingKernels.Reduce(differences.First, ring);
        return differences;
    }

    private static void Subtract(ReadOnlySpan<ulong> x, int groups, int rows, int pivots, Span<ulong> differences)
    {
        int next = 0;
        for (int group = 0; group < groups; group++)
        {
            ReadOnlySpan<ulong> values = x.Slice(group * rows, rows);
            for (int i = 0; i < pivots; i++)
            {
                Span<ulong> row = differences.Slice(next, rows - i - 1);
                RingKernels.Negate(values[(i + 1)..], row);
                RingKernels.AddConstant(row, values[i], row);
                next += row.Length;
            }
        }
    }

    /// <summary>Adds [τ_i &gt; τ_j] to the masks of the differences.</summary>
    private static void BreakTies(ReadOnlySpan<int> ties, int groups, int rows, int pivots, Span<ulong> masks)
    {
        int next = 0;
        for (int group = 0; group < groups; group++)
        {
            ReadOnlySpan<int> tau = ties.Slice(group * rows, rows);
            for (int i = 0; i < pivots; i++)
            {
                for (int j = i + 1; j < rows; j++)
                {
                    masks[next++] += tau[i] > tau[j] ? 1UL : 0;
                }
            }
        }
    }
}
