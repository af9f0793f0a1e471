using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Programs.Tests.Leakage;

/// <summary>The views of many calls with the same inputs, held against what each must be: bits of fair coins and nothing else.</summary>
internal sealed class Views(string name, WireLayout layout, IReadOnlyList<View> runs)
{
    /// <summary>How far apart bytes are combined: a mask used twice in one message, or in the next call, cancels.</summary>
    private static readonly int[] Distances = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

    public IReadOnlyList<View> Runs => runs;

    /// <summary>Everything but what the revealed bits are together, which <see cref="RevealedOrders"/> and slots are for.</summary>
    public void Check(Alarm alarm)
    {
        Check(alarm, "the client", layout.ToClient, view => view.ToClient);
        Check(alarm, "the server", layout.ToServer, view => view.ToServer);
        Coins(alarm, "the client's tape", [.. runs.Select(r => r.Tape)], _ => false, mayPad: true);
    }

    /// <summary>Byte by byte and class by class the same as in other views.</summary>
    public void Same(Alarm alarm, Views other)
    {
        Assert.Equal(runs[0].Tape.Length, other.Runs[0].Tape.Length);
        Assert.Equal(runs[0].ToClient.Select(m => m.Length), other.Runs[0].ToClient.Select(m => m.Length));
        Assert.Equal(runs[0].ToServer.Select(m => m.Length), other.Runs[0].ToServer.Select(m => m.Length));
        Dictionary<string, long[]> theirs = Histograms(other.Runs);
        foreach ((string part, long[] histogram) in Histograms(runs))
        {
            alarm.Same($"{name}: {part}", histogram, theirs[part]);
        }
    }

    /// <summary>The comparisons that were revealed: in each run, for each entry of the plan, the two shares added.</summary>
    public IReadOnlyList<IReadOnlyList<bool[]>> Revealed(string gate) =>
    [
        .. runs.Select(run =>
        {
            byte[][] atClient = [.. Parts(layout.ToClient, run.ToClient).Where(p => p.Part.Gate == gate).Select(p => p.Bytes)];
            byte[][] atServer = [.. Parts(layout.ToServer, run.ToServer).Where(p => p.Part.Gate == gate).Select(p => p.Bytes)];
            return (IReadOnlyList<bool[]>)[.. atClient.Zip(atServer, (a, b) => a.Zip(b, (x, y) => x ^ y)
                .SelectMany(x => Enumerable.Range(0, 8).Select(bit => (x >> bit & 1) != 0)).ToArray())];
        }),
    ];

    /// <summary>Numbers below 8 that were revealed by adding shares, so many an entry of the plan.</summary>
    public IReadOnlyList<int[]> RevealedNumbers(string gate, int count) =>
    [
        .. runs.Select(run => Parts(layout.ToClient, run.ToClient).Where(p => p.Part.Gate == gate)
            .Zip(Parts(layout.ToServer, run.ToServer).Where(p => p.Part.Gate == gate))
            .SelectMany(p => p.First.Bytes.Zip(p.Second.Bytes, (a, b) => (a + b) & 7)
                .Where((_, at) => at % (p.First.Bytes.Length / count) == 0)).ToArray()),
    ];

    /// <summary>The orders of some rows that were revealed, all of a run together.</summary>
    public IReadOnlyList<int[]?[]> RevealedOrders(int rows)
    {
        int pairs = rows * (rows - 1) / 2;
        return [.. Revealed("order").Select(run => run.SelectMany(bits => bits.Chunk(pairs).Where(c => c.Length == pairs))
            .Select(bits => Orders.Ranks(bits, rows)).ToArray())];
    }

    /// <summary>
    /// What is scattered is opened to the client in shuffled rows. Rows where nothing was placed are zeros before they are masked: both
    /// those and the others must be coins, each on its own.
    /// </summary>
    /// <param name="alarm">Where it is told.</param>
    /// <param name="rows">Rows a group, one element each.</param>
    /// <param name="kept">How many of them are kept.</param>
    public void Scattered(Alarm alarm, int rows, int kept)
    {
        List<byte[]> placed = [];
        List<byte[]> empty = [];
        int ring = 0;
        foreach ((View run, int[]?[] orders) in runs.Zip(RevealedOrders(rows)))
        {
            (WirePart part, byte[] bytes) = Assert.Single(Parts(layout.ToClient, run.ToClient), p => p.Part.IsScattered);
            ring = part.Ring;
            byte[][] elements = [.. bytes.Chunk((ring + 7) / 8)];
            Assert.Equal(orders.Length * rows, elements.Length);
            for (int i = 0; i < elements.Length; i++)
            {
                (orders[i / rows]![i % rows] >= rows - kept ? placed : empty).Add(elements[i]);
            }
        }

        string what = $"{name}: what the client gets of scattered rows";
        bool IsPadding(int bit) => bit >= ring;
        Coins(alarm, $"{what}, placed", [.. placed], IsPadding, mayPad: false);
        Coins(alarm, $"{what}, empty", [.. empty], IsPadding, mayPad: false);
    }

    /// <summary>
    /// What a shuffle sends and what its receiver has got or sent before: without a pad the one would show again in the other. Elements of
    /// one ring are compared.
    /// </summary>
    public void Strangers(Alarm alarm)
    {
        foreach (int ring in layout.ToClient.Concat(layout.ToServer).SelectMany(m => m).Select(p => p.Ring).Where(r => r > 16).Distinct())
        {
            List<(ulong[], ulong[])> all = [];
            foreach (View run in runs)
            {
                ulong[] toClient = Elements(Parts(layout.ToClient, run.ToClient), ring);
                ulong[] toServer = Elements(Parts(layout.ToServer, run.ToServer), ring);
                all.Add((toClient, toServer));
            }

            alarm.Strangers($"{name}: elements of {ring} bits that the parties send each other", all, ring);
        }
    }

    private static ulong[] Elements(IEnumerable<(WirePart Part, byte[] Bytes)> parts, int ring) =>
    [
        .. parts.Where(p => p.Part.Ring == ring).SelectMany(p => p.Bytes.Chunk((ring + 7) / 8))
            .Select(bytes => bytes.Reverse().Aggregate(0UL, (x, b) => (x << 8) | b)),
    ];

    private static IEnumerable<(WirePart Part, byte[] Bytes)> Parts(IReadOnlyList<IReadOnlyList<WirePart>> layout, byte[][] messages)
    {
        Assert.Equal(layout.Select(m => m.Sum(p => p.Bytes)), messages.Select(m => m.Length));
        for (int message = 0; message < messages.Length; message++)
        {
            int start = 0;
            foreach (WirePart part in layout[message])
            {
                yield return (part, messages[message][start..(start + part.Bytes)]);
                start += part.Bytes;
            }
        }
    }

    private void Check(Alarm alarm, string party, IReadOnlyList<IReadOnlyList<WirePart>> messages, Func<View, byte[][]> of)
    {
        (WirePart Part, byte[] Bytes)[][] all = [.. runs.Select(run => Parts(messages, of(run)).ToArray())];
        List<byte[]> clean = [.. runs.Select(_ => Array.Empty<byte>())];
        for (int i = 0; i < all[0].Length; i++)
        {
            WirePart part = all[0][i].Part;
            byte[][] bytes = [.. all.Select(run => run[i].Bytes)];
            string what = $"{name}: what {party} gets for {part.Gate} «{part.Expression}»";
            if (part.IsScattered)
            {
                continue;
            }

            Coins(alarm, what, bytes, part.IsPadding, part.Gate is "input" or "reveal" or "slots");
            if (part.Ring == 0 || part.Ring >= 8)
            {
                int step = part.Ring == 0 ? 1 : (part.Ring + 7) / 8;
                if (part.Gate is not ("input" or "reveal" or "slots"))
                {
                    clean = [.. clean.Zip(bytes, (a, b) => (byte[])[.. a, .. b.Where((_, at) => at % step == 0)])];
                }
            }
        }

        // Whole bytes, and bytes combined within a call and with the next call.
        Bytes(alarm, $"{name}: bytes that {party} gets", clean, (view, at) => view[at], 0);
        foreach (int distance in Distances.Append(clean[0].Length / 3).Append(clean[0].Length / 2).Where(d => d < clean[0].Length))
        {
            string combined = $"{name}: bytes that {party} gets, {distance} apart";
            Bytes(alarm, combined, clean, (view, at) => view[at] ^ view[at + distance], distance);
        }

        List<byte[]> next = [.. clean.Zip(clean.Skip(1), (a, b) => a.Zip(b, (x, y) => (byte)(x ^ y)).ToArray())];
        Bytes(alarm, $"{name}: bytes that {party} gets in one call and the next", next, (view, at) => view[at], 0);
    }

    private static void Bytes(Alarm alarm, string what, List<byte[]> views, Func<byte[], int, int> value, int distance)
    {
        long[] counts = new long[256];
        foreach (byte[] view in views)
        {
            for (int at = 0; at + distance < view.Length; at++)
            {
                counts[value(view, at)]++;
            }
        }

        alarm.Uniform(what, counts);
    }

    /// <summary>Every bit is a fair coin; what elements leave unused is zero.</summary>
    private static void Coins(Alarm alarm, string what, byte[][] runs, Func<int, bool> isPadding, bool mayPad)
    {
        int unused = 0;
        int[] counts = new int[8 * runs[0].Length];
        foreach (byte[] run in runs)
        {
            for (int bit = 0; bit < counts.Length; bit++)
            {
                counts[bit] += run[bit >> 3] >> (bit & 7) & 1;
            }
        }

        for (int bit = 0; bit < counts.Length; bit++)
        {
            int ones = counts[bit];
            if (isPadding(bit))
            {
                Assert.Equal(0, ones);
            }
            else if (mayPad && ones == 0)
            {
                unused++;
            }
            else
            {
                alarm.Coin($"{what}, bit {bit} of {8 * runs[0].Length}", ones, runs.Length);
            }
        }

        Assert.True(4 * unused <= 3 * 8 * runs[0].Length, $"{what}: {unused} of {8 * runs[0].Length} bits are always zero");
    }

    private Dictionary<string, long[]> Histograms(IReadOnlyList<View> views)
    {
        Dictionary<string, long[]> histograms = [];
        foreach (View view in views)
        {
            Add("to the client: ", Parts(layout.ToClient, view.ToClient));
            Add("to the server: ", Parts(layout.ToServer, view.ToServer));
            foreach (byte value in view.Tape)
            {
                Count("tape", value);
            }
        }

        return histograms;

        void Add(string direction, IEnumerable<(WirePart Part, byte[] Bytes)> parts)
        {
            foreach ((WirePart part, byte[] bytes) in parts)
            {
                int step = Math.Max(1, (part.Ring + 7) / 8);
                for (int i = 0; i < bytes.Length; i++)
                {
                    Count($"{direction}{part.Gate} «{part.Expression}» {part.Ring} bits, byte {i % step}", bytes[i]);
                }
            }
        }

        void Count(string part, byte value) =>
            (histograms.TryGetValue(part, out long[]? counts) ? counts : histograms[part] = new long[256])[value]++;
    }
}
