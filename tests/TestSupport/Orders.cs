using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.TestSupport;

/// <summary>
/// Revealed comparisons of all pairs of a few rows, (0, 1), (0, 2), …, 1 where the first row is the smaller: which order it is.
/// </summary>
public static class Orders
{
    /// <summary>How many orders there are.</summary>
    public static int Count(int rows) => Enumerable.Range(1, rows).Aggregate(1, (product, i) => product * i);

    /// <summary>How many smaller rows each row has; null where the comparisons contain a cycle and are no order.</summary>
    public static int[]? Ranks(IReadOnlyList<bool> smaller, int rows)
    {
        int[] ranks = new int[rows];
        int next = 0;
        for (int i = 0; i < rows; i++)
        {
            for (int j = i + 1; j < rows; j++)
            {
                ranks[smaller[next++] ? j : i]++;
            }
        }

        return ranks.Distinct().Count() == rows ? ranks : null;
    }

    /// <summary>The number of an order among all: Lehmer's code.</summary>
    public static int Number(IReadOnlyList<int> ranks)
    {
        int number = 0;
        for (int i = 0; i < ranks.Count; i++)
        {
            number = (number * (ranks.Count - i)) + ranks.Skip(i + 1).Count(r => r < ranks[i]);
        }

        return number;
    }

    /// <summary>How often each order was seen; the last cell counts what is none.</summary>
    public static long[] Histogram(IEnumerable<int[]?> seen, int rows)
    {
        long[] counts = new long[Count(rows) + 1];
        foreach (int[]? ranks in seen)
        {
            counts[ranks is null ? ^1 : Number(ranks)]++;
        }

        return counts;
    }

    /// <summary>
    /// Whether orders are uniform, none is a cycle, and orders seen together have nothing to do with each other: a common permutation would
    /// make one tell about the other.
    /// </summary>
    /// <param name="alarm">Where it is told.</param>
    /// <param name="what">What orders these are.</param>
    /// <param name="seen">All orders seen in each run, the same number in every one.</param>
    /// <param name="rows">Rows of each.</param>
    public static void Check(Alarm alarm, string what, IReadOnlyList<int[]?[]> seen, int rows)
    {
        ArgumentNullException.ThrowIfNull(alarm);
        int together = seen[0].Length;
        long[] all = Histogram(seen.SelectMany(s => s), rows);
        alarm.Uniform($"{what}, orders of {rows} rows", all[..^1]);

        // One is too many.
        alarm.Rare($"{what}, cycles of {rows} rows", all[^1], 1e-14);
        for (int i = 0; i < together; i++)
        {
            for (int j = i + 1; j < together; j++)
            {
                // Where the first row of one stands, against where the first row of the other stands.
                long[] pairs = new long[rows * rows];
                foreach (int[]?[] run in seen)
                {
                    if (run[i] is int[] first && run[j] is int[] second)
                    {
                        pairs[(first[0] * rows) + second[0]]++;
                    }
                }

                alarm.Uniform($"{what}, order {i} against order {j}", pairs);
            }
        }
    }
}
