using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Ring;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Conformance.Leakage;

/// <summary>
/// The gates of a selection in a row, as the compiler puts them together, and the same with one thing left out: what the tests of whole
/// programs look at is silent for the one and raised by each of the others.
/// </summary>
public sealed class SelectionTests
{
    private const int Ring = 6;
    private const int Wide = Ring + 2;
    private const int Rows = 4;
    private const int Groups = 64;
    private const int Runs = 40;

    /// <summary>Within the asserted range, at its ends, and beyond it, where an extension depends on the mask.</summary>
    public static TheoryData<int[]> Keys => new(
        [1, 2, 3, 4], [4, 3, 2, 1], [0, 0, 0, 0], [5, 5, -5, -5], [-16, 15, -16, 15], [-32, 31, -17, 16], [31, 31, 31, 31],
        [-32, -32, 16, 16], [20, 0, -20, 31]);

    [Theory]
    [MemberData(nameof(Keys))]
    public void OrdersAreUniformWhateverTheKeysAre(int[] keys)
    {
        Alarm alarm = Watch(keys, Fault.None);
        alarm.AssertSilent();
    }

    /// <summary>Ties that the place decides: every order of equal rows is the same one.</summary>
    [Fact]
    public void TiesThatThePlaceDecidesAreNoticed()
    {
        Watch([0, 0, 0, 0], Fault.TiesByPlace).AssertRaised();
        Watch([5, 5, -5, -5], Fault.TiesByPlace).AssertRaised();
    }

    /// <summary>Two keys compared under one permutation: each order is uniform, the two together are not.</summary>
    [Fact]
    public void OnePermutationForTwoOrdersIsNoticed()
    {
        Watch([1, 2, 3, 4], Fault.OnePermutation).AssertRaised();
        Watch([-32, 31, -17, 16], Fault.OnePermutation).AssertRaised();
    }

    /// <summary>Keys compared without an extension: beyond a quarter of the ring differences wrap into cycles.</summary>
    [Fact]
    public void AnAssertedRangeIsNoticed()
    {
        Watch([1, 2, 3, 4], Fault.NoExtension).AssertSilent();
        Watch([-32, 0, 20, 16], Fault.NoExtension).AssertRaised();
    }

    /// <summary>
    /// Without its pad a message shows again what the receiver has sent or known, in the order that the sender alone knows.
    /// </summary>
    [Fact]
    public void MissingPadsAreNoticed()
    {
        foreach ((Fault fault, bool noticed) in new[] { (Fault.None, false), (Fault.NoPad, true), (Fault.NoPadInTelling, true) })
        {
            ulong[] keys = [.. Enumerable.Range(0, 16).Select(i => (ulong)i)];
            List<(ulong[] Opened, ulong[] Shuffled)> shuffled = [];
            List<(ulong[] Shuffled, ulong[] Told)> told = [];
            for (ulong seed = 0; seed < 50; seed++)
            {
                Transcript transcript = Executions.Run(new Padded(16, fault), Inputs.Of(keys, 32), seed);
                ulong[] toClient = Elements(transcript.SeenByClient, 16);
                ulong[] toServer = Elements(transcript.SeenByServer, 16);
                shuffled.Add(([.. transcript.Values[0].Select(x => x & uint.MaxValue)], toClient));
                told.Add((toClient, toServer));
            }

            Alarm alarm = new();
            alarm.Strangers("what is shuffled, and the key", shuffled, 32);
            alarm.Strangers("what is told, and what was shuffled", told, 32);
            if (noticed)
            {
                alarm.AssertRaised();
            }
            else
            {
                alarm.AssertSilent();
            }
        }
    }

    /// <summary>
    /// With the parties' seeds unchanged and another secret of the dealer's, equal rows stand in another order: ties are its own.
    /// </summary>
    [Fact]
    public void TiesAreDrawnByTheDealerAlone()
    {
        ulong[] equal = new ulong[Groups * Rows];
        RingValue x = new(equal, equal, equal.Length);
        string[] seen = [.. Enumerable.Range(0, 20).Select(i => Dealt(new SeededSource("secret", [.. new byte[15], (byte)i])))];
        Assert.Equal(20, seen.Distinct().Count());
        Assert.Single(Enumerable.Range(0, 3).Select(_ => Dealt(new SeededSource("secret", null))).Distinct());

        string Dealt(SeededSource secret)
        {
            Run run = new(
                0, new SeededSource("server", null), new SeededSource("client", null), secret, new Tape("tape"), new Tape("prepared"),
                null, new PoisonedPool(), default);
            RingValue masks = Order.Pairs<DealerRole>(run, run.At(3), x, Groups, Rows, Rows, 16);
            Assert.Equal([run.At(3)], secret.Expanded.Keys);
            return string.Join(',', masks.First.ToArray());
        }
    }

    private static Alarm Watch(int[] keys, Fault fault)
    {
        ulong[] values = [.. Enumerable.Range(0, Groups * Rows).Select(i => (ulong)keys[i % Rows] & RingWord.Mask(Ring))];
        List<int[]?[]> seen = [];
        for (ulong seed = 0; seed < Runs; seed++)
        {
            Transcript transcript = Executions.Run(new Selected(fault), Inputs.Of(values, Ring), seed);
            int[]?[][] orders = [.. transcript.Values.Select(bits =>
                bits.Chunk(6).Select(pairs => Orders.Ranks([.. pairs.Select(bit => bit != 0)], Rows)).ToArray())];
            seen.AddRange(orders[0].Zip(orders[1], (first, second) => (int[]?[])[first, second]));
        }

        Alarm alarm = new();
        Orders.Check(alarm, $"keys {string.Join(' ', keys)}", seen, Rows);
        return alarm;
    }

    private static ulong[] Elements(byte[] bytes, int count)
    {
        ulong[] elements = new ulong[count];
        BitPacking.UnpackRing(bytes.AsSpan(0, BitPacking.RingLength(count, 32)), 32, elements);
        return elements;
    }

    /// <summary>What is left out.</summary>
    private enum Fault
    {
        None,
        TiesByPlace,
        OnePermutation,
        NoExtension,
        NoPad,
        NoPadInTelling,
    }

    /// <summary>Extends, shuffles, compares and reveals, twice.</summary>
    private sealed class Selected(Fault fault) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            int ring = fault == Fault.NoExtension ? Ring : Wide;
            Permutation? first = null;
            for (int i = 0; i < 2; i++)
            {
                RingValue key = stage.Masked(0);
                if (fault != Fault.NoExtension)
                {
                    key = await stage.OpenAsync<TRole>(Extend.Start<TRole>(stage.Run, stage.Next(), key, Ring, Wide), Wide);
                }

                Permutation order = fault == Fault.OnePermutation && first is Permutation drawn
                    ? drawn
                    : SecretOrder.Draw<TRole>(stage.Run, stage.Next(), Groups, Rows);
                first = order;
                RingValue held = await stage.ShuffleAsync<TRole>(key, order, 1, ring);
                RingValue shuffled = await stage.TellAsync<TRole>(held, ring, Party.Client);
                BitValue revealed = fault == Fault.TiesByPlace
                    ? await ByPlaceAsync<TRole>(stage, shuffled, ring)
                    : await stage.CompareAsync<TRole>(shuffled, Groups, Rows, Rows, ring);
                stage.PutPublic(
                    revealed.A is ulong[] words
                        ? Enumerable.Range(0, revealed.Count).Select(bit => (int)(words[bit >> 6] >> (bit & 63) & 1))
                        : null,
                    revealed.Count);
            }
        }

        /// <summary>The comparisons of <see cref="Stage.CompareAsync"/> without the dealer's ties.</summary>
        private static async ValueTask<BitValue> ByPlaceAsync<TRole>(Stage stage, RingValue key, int ring)
            where TRole : IRole
        {
            (int I, int J)[] pairs = [.. from g in Enumerable.Range(0, Groups) from i in Enumerable.Range(0, Rows)
                                         from j in Enumerable.Range(i + 1, Rows - i - 1) select ((g * Rows) + i, (g * Rows) + j)];
            RingValue differences = new(
                [.. pairs.Select(p => (key.A![p.I] - key.A[p.J]) & RingWord.Mask(ring))],
                [.. pairs.Select(p => (key.B![p.I] - key.B[p.J]) & RingWord.Mask(ring))], pairs.Length);
            BitValue opened = await stage.OpenBitsAsync<TRole>(Compare.Digits<TRole>(stage.Run, stage.Next(), differences, ring, [0]));
            BitValue sign = Compare.Combine<TRole>(stage.Run, stage.Next(), opened, ring);
            BitValue revealed = Order.RevealPut<TRole>(stage.Run, stage.Next(), sign, default);
            await stage.FlightAsync<TRole>();
            Order.RevealTake<TRole>(stage.Run, revealed);
            return revealed;
        }
    }

    /// <summary>Shuffles a key and tells it; gives what both knew of the key before.</summary>
    private sealed class Padded(int rows, Fault fault) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue key = stage.Masked(0);
            stage.PutPublic(TRole.IsDealer || TRole.IsRehearsal ? null : key.A!.Take(rows).Select(x => (int)x), rows);
            Permutation order = SecretOrder.Draw<TRole>(stage.Run, stage.Next(), 1, rows);
            RingValue held = fault == Fault.NoPad
                ? await BareAsync<TRole>(stage, key, order)
                : await stage.ShuffleAsync<TRole>(key, order, 1, 32);
            if (fault != Fault.NoPadInTelling)
            {
                await stage.TellAsync<TRole>(held, 32, Party.Client);
            }
            else
            {
                if (TRole.IsClient && !TRole.IsServer && !TRole.IsRehearsal)
                {
                    BitPacking.PackRing(held.First, 32, stage.Run.Outgoing.Write(BitPacking.RingLength(rows, 32)));
                }

                await stage.FlightAsync<TRole>(false, true);
                if (TRole.IsServer && !TRole.IsClient)
                {
                    stage.Run.Incoming.Read(BitPacking.RingLength(rows, 32));
                }
            }
        }

        /// <summary>The server's message of a shuffle, in its order and without its pad; the client takes it as it comes.</summary>
        private async ValueTask<RingValue> BareAsync<TRole>(Stage stage, RingValue key, Permutation order)
            where TRole : IRole
        {
            RingValue held = new(
                TRole.IsDealer || TRole.IsClient ? stage.Run.RentCleared(rows) : null, stage.Run.RentCleared(rows), rows);
            if (TRole.IsServer && !TRole.IsClient)
            {
                ulong[] moved = [.. order.First!.Select(row => key.A![row])];
                BitPacking.PackRing(moved, 32, stage.Run.Outgoing.Write(BitPacking.RingLength(rows, 32)));
            }

            await stage.FlightAsync<TRole>(true, false);
            if (TRole.IsClient && !TRole.IsServer && !TRole.IsRehearsal)
            {
                BitPacking.UnpackRing(stage.Run.Incoming.Read(BitPacking.RingLength(rows, 32)), 32, held.First);
            }

            return held;
        }
    }
}
