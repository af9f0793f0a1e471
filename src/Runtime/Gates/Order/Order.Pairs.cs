using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

public static partial class Order
{
    private const int SmallestRing = 5;

    /// <summary>
    /// The rows in the order in which they are compared, pivots first: as they stand where all are pivots, else pivots drawn from them by a
    /// fixed public rule. Of rows in a secret order any serve alike. In the clear rows stand as the program left them, and often rise or
    /// fall along the way: the first ones would all lie at one end.
    /// </summary>
    /// <param name="rows">Rows a group.</param>
    /// <param name="pivots">How many of them are compared with all behind them.</param>
    public static int[] Sequence(int rows, int pivots)
    {
        CheckRows(0, rows, pivots);
        int[] sequence = new int[rows];
        for (int i = 0; i < rows; i++)
        {
            sequence[i] = i;
        }

        ulong state = 0;
        for (int i = 0; i < pivots && pivots < rows; i++)
        {
            // SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) from zero: every machine and version draws the same.
            state += 0x9E37_79B9_7F4A_7C15;
            ulong word = (state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9;
            word = (word ^ (word >> 27)) * 0x94D0_49BB_1331_11EB;
            word ^= word >> 31;
            int j = i + (int)Math.BigMul(word, (ulong)(rows - i), out _);
            (sequence[i], sequence[j]) = (sequence[j], sequence[i]);
        }

        return sequence;
    }

    /// <summary>
    /// The differences x_i − x_j − [τ_i &gt; τ_j] of every pivot i and every row j behind it in the <see cref="Sequence"/>, pivots
    /// outermost, under masks that the dealer alone knows: negative where x_i &lt; x_j, or where they are equal and τ, a secret order for
    /// each group, says so. With zero randomness τ is the identity and the earlier of equal rows counts as the larger. The parties' mask
    /// shares are zeros that mean nothing.
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

        int count = checked(groups * CountPairs(rows, pivots));
        RingValue differences = new(run.Rent(count), run.RentCleared(count), count);
        if (TRole.IsRehearsal)
        {
            return differences;
        }

        int[] sequence = Sequence(rows, pivots);
        if (TRole.IsDealer)
        {
            ulong[] mask = run.Rent(x.Count);
            RingKernels.Add(x.First, x.Second, mask.AsSpan(0, x.Count));
            Subtract(mask.AsSpan(0, x.Count), groups, sequence, pivots, differences.First);
            run.Return(mask);
            int length = SecretOrder.Words(groups, rows);
            ulong[] words = run.Rent(length);
            run.ExpandSecret(at, words.AsSpan(0, length), 64);
            BreakTies(SecretOrder.Shuffled(words.AsSpan(0, length), groups, rows), groups, sequence, pivots, differences.First);
            run.Return(words);
        }
        else
        {
            Subtract(x.First, groups, sequence, pivots, differences.First);
        }

        RingKernels.Reduce(differences.First, ring);
        return differences;
    }

    private static void Subtract(ReadOnlySpan<ulong> x, int groups, ReadOnlySpan<int> sequence, int pivots, Span<ulong> differences)
    {
        int next = 0;
        int rows = sequence.Length;
        for (int group = 0; group < groups; group++)
        {
            ReadOnlySpan<ulong> values = x.Slice(group * rows, rows);
            for (int i = 0; i < pivots; i++)
            {
                ulong pivot = values[sequence[i]];
                foreach (int row in sequence[(i + 1)..])
                {
                    differences[next++] = pivot - values[row];
                }
            }
        }
    }

    /// <summary>Adds [τ_i &gt; τ_j] to the masks of the differences.</summary>
    private static void BreakTies(
        ReadOnlySpan<int> ties, int groups, ReadOnlySpan<int> sequence, int pivots, Span<ulong> masks)
    {
        int next = 0;
        int rows = sequence.Length;
        for (int group = 0; group < groups; group++)
        {
            ReadOnlySpan<int> tau = ties.Slice(group * rows, rows);
            for (int i = 0; i < pivots; i++)
            {
                int pivot = tau[sequence[i]];
                foreach (int row in sequence[(i + 1)..])
                {
                    masks[next++] += pivot > tau[row] ? 1UL : 0;
                }
            }
        }
    }
}
