using System.Collections.Generic;
using System.Linq;
using System.Threading;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Randomness;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Leakage;

/// <summary>
/// What the compiler builds on where comparisons are revealed: an extension from Z_2^m lies within [−3·2^(m−2), 3·2^(m−2)) for every
/// element and every mask, inside of the gate's precondition or not, so that differences in m + 2 bits never wrap. Small rings to the
/// last case.
/// </summary>
public sealed class ProvenRangeTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void AnExtensionLiesWithinThreeQuartersOfItsRingForEveryElementAndMask(int ring)
    {
        int size = 1 << ring;
        long quarter = size / 4;
        long[] sizes = [.. Enumerable.Range(0, size).Select(x => (long)x)];
        (ulong X, ulong Server, ulong Client)[] all =
            [.. from x in sizes from r0 in sizes from r1 in sizes select ((ulong)x, (ulong)r0, (ulong)r1)];
        foreach (int to in (int[])[ring + 1, ring + 2, ring + 3, 64])
        {
            long[] extended = Extended(all, ring, to);
            HashSet<long> reached = [];
            for (int i = 0; i < all.Length; i++)
            {
                // In m + 1 bits the bound is the ring's own for two elements of three quarters.
                Assert.True(to == ring + 1 || (extended[i] >= -3 * quarter && extended[i] < 3 * quarter), $"{all[i]} gives {extended[i]}");
                Assert.Equal((long)all[i].X, extended[i] & (size - 1));
                long signed = (long)(all[i].X << (64 - ring)) >> (64 - ring);
                if (signed >= -quarter && signed < quarter)
                {
                    Assert.Equal(signed, extended[i]);
                }

                reached.Add(extended[i]);
            }

            // The bound is no wider than it must be: nearly all of it is reached.
            Assert.True(to == ring + 1 || ring < 4 || (reached.Min() <= -3 * quarter + 1 && reached.Max() == (3 * quarter) - 1));
        }
    }

    /// <summary>
    /// The arithmetic of the argument: differences of two such elements, less the tie's one, have the sign of the order that they stand for.
    /// That gates and compiler keep to it is seen in the tests of orders, which have no cycles, and of the compiler's rules.
    /// </summary>
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void DifferencesOfWhatWasExtendedNeverWrap(int ring)
    {
        int bound = 3 << (ring - 2);
        int[] range = [.. Enumerable.Range(-bound, 2 * bound)];
        foreach ((int x, int y, int tie) in from x in range from y in range from tie in (int[])[0, 1] select (x, y, tie))
        {
            Assert.Equal(tie == 1 ? x <= y : x < y, Negative(x - y - tie, ring + 2));
        }

        // One bit less, and they do.
        Assert.Contains(range, x => Negative(bound - 1 - x, ring + 1) != (bound - 1 < x));
    }

    private static bool Negative(int difference, int ring) => (difference >> (ring - 1) & 1) != 0;

    /// <summary>The gate itself under masks of the test's choice.</summary>
    private static long[] Extended((ulong X, ulong Server, ulong Client)[] all, int from, int to)
    {
        int count = all.Length;
        ulong[] server = [.. all.Select(a => a.Server)];
        ulong[] client = [.. all.Select(a => a.Client)];
        ulong[] masked = [.. all.Select(a => (a.X + a.Server + a.Client) & RingWord.Mask(from))];
        byte[] seed = [.. Enumerable.Range(0, AesMaskSource.SeedBytes).Select(i => (byte)i)];
        using AesMaskSource source = new(seed);
        Tape tape = new("tape");
        Extend.Start<DealerRole>(New(source, tape), default, new RingValue(server, client, count), from, to);
        RingValue first = Extend.Start<ServerRole>(New(source, new Tape("tape")), default, new RingValue(masked, server, count), from, to);
        RingValue second = Extend.Start<ClientRole>(New(null, tape), default, new RingValue(masked, client, count), from, to);
        return [.. Enumerable.Range(0, count).Select(i => (long)((first.A![i] + second.A![i]) << (64 - to)) >> (64 - to))];
    }

    private static Run New(IMaskSource? server, Tape tape) => new(
        0, server, null, null, tape, new Tape("prepared"), null, System.Buffers.ArrayPool<ulong>.Create(), CancellationToken.None);
}
