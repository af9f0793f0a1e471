using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;

namespace MPCache.Bench.Kernels;

/// <summary>
/// Chains of local operations on masked values that the compiler makes one pass, in rows from a few words to more than the caches hold, each
/// beside the loop that one would write for exactly that shape by hand. Results are rented and given back in both.
/// </summary>
internal static class CombinationKernels
{
    private const int Ring = CombinationsByHand.Ring;

    /// <summary>Heads of a layer of attention.</summary>
    private const int Heads = 12;

    /// <summary>Rows and their words: calls with few words, results that stay in the cache, and one that does not.</summary>
    private static readonly (int Rows, int Length)[] Sizes =
        [(Heads, 16), (256, 16), (64, 64), (Heads, 256), (4, 4096), (Heads, 1 << 16)];

    /// <summary>All of them.</summary>
    public static IEnumerable<Kernel> All() => Sizes.SelectMany(s => Pairs(s.Rows, s.Length)).Select(p => p.Kernel());

    /// <summary>All of them on rows of a length.</summary>
    /// <param name="rows">How many rows, a multiple of four.</param>
    /// <param name="length">Words a row, a multiple of 16.</param>
    internal static IEnumerable<CombinationPair> Pairs(int rows, int length)
    {
        RingValue x = Value(4 * rows * length);
        RingValue y = Value(rows * length);
        RingValue numbers = Value(rows);
        yield return new CombinationPair("slices, negated", rows, length, CombinationsByHand.Slices, x, default, run => Local.Combine<ServerRole>(
            run, Ring, [rows, length], [new Summand(x, -1, length, [2 * length, 1])]));
        yield return new CombinationPair("differences", rows, length, CombinationsByHand.Differences, x, default, run => Local.Combine<ServerRole>(
            run, Ring, [rows, length], [new Summand(x, 1, 0, [2 * length, 1]), new Summand(x, -1, length, [2 * length, 1])]));
        yield return new CombinationPair("three parts", rows, length, CombinationsByHand.ThreeParts, x, default, run => Local.Combine<ServerRole>(
            run, Ring, [rows, length],
            [
                new Summand(x, 1, 0, [3 * length, 1]), new Summand(x, -1, length, [3 * length, 1]),
                new Summand(x, 3, 2 * length, [3 * length, 1]),
            ]));
        yield return new CombinationPair("four parts", rows, length, CombinationsByHand.FourParts, x, default, run => Local.Combine<ServerRole>(
            run, Ring, [rows, length],
            [
                new Summand(x, 1, 0, [4 * length, 1]), new Summand(x, -1, length, [4 * length, 1]),
                new Summand(x, 1, 2 * length, [4 * length, 1]), new Summand(x, -1, 3 * length, [4 * length, 1]),
            ]));
        yield return new CombinationPair("permuted rows", rows, length, CombinationsByHand.PermutedRows, x, y, run => Local.Combine<ServerRole>(
            run, Ring, [rows / 4, 4, length],
            [new Summand(x, 1, 0, [length, rows / 4 * length, 1]), new Summand(y, 1, 0, [4 * length, length, 1])]));
        yield return new CombinationPair("a row, repeated", rows, length, CombinationsByHand.RepeatedRow, x, y, run => Local.Combine<ServerRole>(
            run, Ring, [rows, length], [new Summand(x, 1, 0, [length, 1]), new Summand(y, 1, 0, [0, 1])]));
        yield return new CombinationPair("less a number a row", rows, length, CombinationsByHand.NumberARow, x, numbers, run => Local.Combine<ServerRole>(
            run, Ring, [rows, length], [new Summand(x, 1, 0, [length, 1]), new Summand(numbers, -1, 0, [1, 0])]));
        yield return new CombinationPair("neighbours", rows, length, CombinationsByHand.Neighbours, x, default, run => Local.Combine<ServerRole>(
            run, Ring, [rows, length], [new Summand(x, 1, 0, [2 * length, 2]), new Summand(x, -1, 1, [2 * length, 2])]));
        yield return new CombinationPair("transposed", rows, length, CombinationsByHand.Transposed, x, default, run => Local.Combine<ServerRole>(
            run, Ring, [rows, length], [new Summand(x, 1, 0, [1, rows])]));
    }

    private static RingValue Value(int count) => new(Operands.Words(count), Operands.Words(count), count);
}
