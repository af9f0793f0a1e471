using System;
using MPCache.Execution;

namespace MPCache.Gates;

public static partial class Order
{
    /// <summary>
    /// What the first phase decides. A pivot with fewer than <paramref name="keep"/> larger rows is kept, and all rows larger than it; any
    /// other pivot is dropped, and all rows smaller than it. Once as many are kept, or dropped, as there are to be, so are the rest the
    /// other.
    /// </summary>
    /// <param name="revealed">The revealed comparisons of the pivots.</param>
    /// <param name="groups">Groups.</param>
    /// <param name="rows">Rows a group.</param>
    /// <param name="pivots">Pivots a group.</param>
    /// <param name="keep">How many rows of each group are kept.</param>
    /// <exception cref="ArgumentException">There are more or fewer comparisons than pairs.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More rows are to be kept, or compared with all others, than there are.</exception>
    public static Ranking Rank<TRole>(in BitValue revealed, int groups, int rows, int pivots, int keep)
        where TRole : IRole
    {
        CheckRows(groups, rows, pivots);
        CheckPairs(revealed, groups, rows, pivots);
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keep, rows);
        Ranking ranking = new(null, groups, rows, keep);
        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            return ranking;
        }

        Standing[] standing = new Standing[checked(groups * rows)];
        int pairs = CountPairs(rows, pivots);
        int[] sequence = Sequence(rows, pivots);
        for (int group = 0; group < groups; group++)
        {
            Comparisons comparisons = new(revealed.First(0), group * pairs, rows);
            Span<Standing> stands = standing.AsSpan(group * rows, rows);
            for (int pivot = 0; pivot < pivots; pivot++)
            {
                bool kept = comparisons.CountLarger(pivot, rows) < keep;
                for (int row = 0; row < rows; row++)
                {
                    if (row == pivot || comparisons.IsLarger(row, pivot) == kept)
                    {
                        stands[sequence[row]] = kept ? Standing.Kept : Standing.Dropped;
                    }
                }
            }

            if (stands.Count(Standing.Kept) == keep)
            {
                stands.Replace(Standing.Undecided, Standing.Dropped);
            }
            else if (stands.Count(Standing.Dropped) == rows - keep)
            {
                stands.Replace(Standing.Undecided, Standing.Kept);
            }
        }

        return ranking with { Standing = standing };
    }

    /// <summary>
    /// The undecided rows of each group in the order in which they stand, as many as there are slots; unused slots are −1.
    /// </summary>
    /// <param name="ranking">What the first phase decided.</param>
    /// <param name="capacity">Slots a group.</param>
    public static Positions Undecided<TRole>(in Ranking ranking, int capacity)
        where TRole : IRole
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        Positions slots = new(null, ranking.Groups, capacity);
        return TRole.IsDealer || TRole.IsRehearsal
            ? slots
            : slots with { Rows = Find(ranking, Standing.Undecided, capacity) };
    }

    /// <summary>How many undecided rows of all groups find no slot: they will not be compared. 0 where that is unknown.</summary>
    /// <param name="ranking">What the first phase decided.</param>
    /// <param name="capacity">Slots a group.</param>
    public static int CountUncompared(in Ranking ranking, int capacity)
    {
        int uncompared = 0;
        for (int group = 0; ranking.Standing is not null && group < ranking.Groups; group++)
        {
            int undecided = ranking.Standing.AsSpan(group * ranking.Rows, ranking.Rows).Count(Standing.Undecided);
            uncompared += Math.Max(0, undecided - capacity);
        }

        return uncompared;
    }

    /// <summary>
    /// Decides the undecided rows: of those in slots the largest are kept, as many as are wanting. Rows that found no slot are kept in the
    /// order in which they stand, where those in slots are too few, else dropped: this is the only place where a smaller row may be kept in
    /// the place of a larger one, and how often it happens depends on no value.
    /// </summary>
    /// <param name="ranking">What the first phase decided.</param>
    /// <param name="undecided">The slots that were compared.</param>
    /// <param name="revealed">The revealed comparisons of all pairs of slots.</param>
    /// <exception cref="ArgumentException">The slots are of other groups, or their comparisons more or fewer than their pairs.</exception>
    public static Ranking Refine<TRole>(in Ranking ranking, in Positions undecided, in BitValue revealed)
        where TRole : IRole
    {
        if (undecided.Groups != ranking.Groups)
        {
            throw new ArgumentException($"Slots of {undecided.Groups} groups do not decide {ranking.Groups} groups.", nameof(undecided));
        }

        int slots = undecided.Count;
        int pairs = CountPairs(slots, slots);
        CheckPairs(revealed, ranking.Groups, slots, slots);
        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            return ranking;
        }

        Standing[] standing = [.. ranking.Standing!];
        for (int group = 0; group < ranking.Groups; group++)
        {
            ReadOnlySpan<int> positions = undecided.Rows.AsSpan(group * slots, slots);
            Comparisons comparisons = new(revealed.First(0), group * pairs, slots);
            Span<Standing> stands = standing.AsSpan(group * ranking.Rows, ranking.Rows);
            int used = slots - positions.Count(-1);
            int wanting = ranking.Keep - stands.Count(Standing.Kept);

            // Unused slots come last, so the used ones are compared among themselves only.
            for (int slot = 0; slot < used; slot++)
            {
                stands[positions[slot]] = comparisons.CountLarger(slot, used) < wanting ? Standing.Kept : Standing.Dropped;
            }

            wanting -= used;
            foreach (ref Standing stand in stands)
            {
                if (stand == Standing.Undecided)
                {
                    stand = wanting-- > 0 ? Standing.Kept : Standing.Dropped;
                }
            }
        }

        return ranking with { Standing = standing };
    }

    /// <summary>The kept rows of each group in the order in which they stand.</summary>
    /// <param name="ranking">A ranking in which every row is decided.</param>
    /// <exception cref="MPCacheException">More or fewer rows are kept than were asked for.</exception>
    public static Positions Kept<TRole>(in Ranking ranking)
        where TRole : IRole
    {
        Positions kept = new(null, ranking.Groups, ranking.Keep);
        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            return kept;
        }

        for (int group = 0; group < ranking.Groups; group++)
        {
            int count = ranking.Standing.AsSpan(group * ranking.Rows, ranking.Rows).Count(Standing.Kept);
            if (count != ranking.Keep)
            {
                throw new MPCacheException(
                    $"revealed comparisons keep {count} of {ranking.Rows} rows where {ranking.Keep} are to be kept",
                    "Check that both parties run the same program and version, then start a new session");
            }
        }

        return kept with { Rows = Find(ranking, Standing.Kept, ranking.Keep) };
    }

    /// <summary>The first rows of each group that stand somewhere, −1 where there are no more.</summary>
    private static int[] Find(in Ranking ranking, Standing where, int count)
    {
        int[] found = new int[checked(ranking.Groups * count)];
        Array.Fill(found, -1);
        for (int group = 0; group < ranking.Groups; group++)
        {
            ReadOnlySpan<Standing> stands = ranking.Standing.AsSpan(group * ranking.Rows, ranking.Rows);
            Span<int> slots = found.AsSpan(group * count, count);
            int next = 0;
            for (int row = 0; row < stands.Length && next < count; row++)
            {
                if (stands[row] == where)
                {
                    slots[next++] = row;
                }
            }
        }

        return found;
    }

    /// <summary>The revealed comparisons of one group; rows are numbered as in their sequence.</summary>
    private readonly ref struct Comparisons(ReadOnlySpan<ulong> bits, int start, int rows)
    {
        private readonly ReadOnlySpan<ulong> bits = bits;

        /// <summary>Whether a row is larger than another; one of the two is a pivot.</summary>
        public bool IsLarger(int row, int than) => row < than ? !Bit(row, than) : Bit(than, row);

        /// <summary>Rows among the first ones that are larger than a pivot.</summary>
        public int CountLarger(int pivot, int among)
        {
            int larger = 0;
            for (int row = 0; row < among; row++)
            {
                larger += row != pivot && IsLarger(row, pivot) ? 1 : 0;
            }

            return larger;
        }

        /// <summary>The comparison of pivot i with a row j behind it: 1 where i is the smaller.</summary>
        private bool Bit(int i, int j)
        {
            int at = start + CountPairs(rows, i) + (j - i - 1);
            return (bits[at >> 6] >> (at & 63) & 1) != 0;
        }
    }
}
