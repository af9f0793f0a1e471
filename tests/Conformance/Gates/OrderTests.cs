using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Gates;

/// <summary>Revealed comparisons of shuffled rows.</summary>
public sealed class OrderTests
{
    private const int Ring16 = 16;

    private static readonly int[] Lengths = [0, 1, 2, 3, 63, 64, 65, 130, 300];

    /// <summary>Rows with many ties, with few, or at the ends of what the ring may hold.</summary>
    private static readonly Gen<Case> Cases =
        from ring in Gen.Int[5, 24]
        let most = (1L << (ring - 2)) - 1
        from groups in Gen.Int[1, 3]
        from rows in Gen.OneOf(Gen.OneOf(Lengths), Gen.Int[0, 100])
        from keep in Gen.OneOf(Gen.Int[0, rows], Gen.Const(0), Gen.Const(rows), Gen.Const(Math.Min(rows, 1)))
        from spread in Gen.OneOf(0L, 1L, 3L, 40L, most)
        from values in Samples.Within(-Math.Min(spread, most), Math.Min(spread, most), ring).Array[groups * rows]
        from seed in Gen.ULong
        select new Case(ring, groups, rows, keep, values, seed);

    [Fact]
    public void TheLargestRowsAreKept() => Cases.Sample(c => AssertLargest(c), iter: 150);

    [Theory]
    [InlineData(65)]
    [InlineData(130)]
    [InlineData(300)]
    public void TheEdgesOfKeepingAreExact(int rows)
    {
        Random random = new(rows);
        foreach (int keep in (int[])[0, 1, 2, rows / 2, rows - 2, rows - 1, rows])
        {
            ulong[] values = [.. Enumerable.Range(0, rows).Select(_ => (ulong)random.Next(-50, 50) & 0xFFFF)];
            AssertLargest(new Case(Ring16, 1, rows, keep, values, (ulong)keep));
        }
    }

    /// <summary>
    /// In the clear rows are not shuffled: pivots that lay at one end of rows that rise or fall would leave too many undecided.
    /// </summary>
    [Theory]
    [InlineData(65)]
    [InlineData(130)]
    [InlineData(300)]
    [InlineData(800)]
    public void RowsThatRiseOrFallAreExactInTheClear(int rows)
    {
        Func<int, int>[] shapes = [i => i, i => -i, i => i / 7, i => Math.Abs(i - (rows / 3)), i => i % 28, _ => 0];
        foreach (Func<int, int> shape in shapes)
        {
            ulong[] values = [.. Enumerable.Range(0, rows).Select(i => (ulong)shape(i) & 0xFFFF)];
            Case c = new(Ring16, 1, rows, rows * 2 / 5, values, 5);
            Assert.Equal(0UL, AssertLargest(c).Clear[1][0]);
        }
    }

    /// <summary>Bits and bytes of both phases, to the last one.</summary>
    [Theory]
    [InlineData(2, 40)]
    [InlineData(3, 130)]
    public void BothPhasesCostWhatTheySay(int groups, int rows)
    {
        ulong[] values = Samples.Constant(5, groups * rows);
        Transcript transcript = Executions.Run(new Largest(Ring16, groups, rows, rows / 3), Inputs.Of(values, Ring16));
        Expr first = groups * Order.Pairs(rows, Order.Pivots(rows));
        Expr capacity = Order.Capacity(rows);
        Expr second = groups * Order.Pairs(capacity, capacity);
        bool refines = Order.Refines(rows).AsConstant == 1;
        Assert.Equal(rows > 64, refines);
        Expr moved = Shuffle.OnlineBytes(groups * rows, Ring16);
        Expr compared = OpenBits.OnlineBytes(first, Compare.Planes(Ring16)) + Order.RevealBytes(first);
        Expr tape = Shuffle.TapeBytes(groups * rows, Ring16)
            + Compare.DigitsTapeBytes(first, Ring16) + Compare.CombineTapeBytes(first, Ring16);
        if (refines)
        {
            compared += Open.OnlineBytes(groups * capacity, Ring16)
                + OpenBits.OnlineBytes(second, Compare.Planes(Ring16)) + Order.RevealBytes(second);
            tape += Compare.DigitsTapeBytes(second, Ring16) + Compare.CombineTapeBytes(second, Ring16);
        }

        Expr taken = Open.OnlineBytes(groups * (rows / 3), Ring16);
        transcript.AssertCost(refines ? 8 : 5, moved + compared + taken, moved + compared + taken, 0, tape);
    }

    /// <summary>
    /// The revealed order is uniform whatever is equal. Breaking ties by position would show which rows are: the same test sees it.
    /// </summary>
    [Theory]
    [InlineData(new[] { 3, 1, 4, 2 }, false)]
    [InlineData(new[] { 1, 1, 4, 2 }, true)]
    [InlineData(new[] { 1, 4, 1, 4 }, true)]
    [InlineData(new[] { 5, 5, 5, 5 }, true)]
    public void TheRevealedOrderIsUniform(int[] rows, bool hasTies)
    {
        ChiSquare.AssertUniform(Orders(rows, secretTies: true), 24);
        List<string> byPosition = Orders(rows, secretTies: false);
        if (hasTies)
        {
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => ChiSquare.AssertUniform(byPosition, 24));
        }
        else
        {
            ChiSquare.AssertUniform(byPosition, 24);
        }
    }

    /// <summary>
    /// Both phases together show a function of a uniformly random order, though the second breaks ties anew. With ties broken by position
    /// the same test fails.
    /// </summary>
    [Theory]
    [InlineData(new[] { 1, 2, 3, 4, 5 })]
    [InlineData(new[] { 1, 1, 2, 2, 3 })]
    [InlineData(new[] { 7, 7, 7, 7, 7 })]
    public void BothPhasesTogetherAreUniform(int[] rows)
    {
        const int Keep = 2;
        string[] orders = [.. Permutations(5).Select(ranks => View(ranks, Keep))];
        Dictionary<string, double> expected = orders.GroupBy(view => view).ToDictionary(g => g.Key, g => g.Count() / 120.0);
        ChiSquare.Assert(Views(rows, Keep, secretTies: true), expected);
        if (rows.Distinct().Count() < rows.Length)
        {
            List<string> byPosition = Views(rows, Keep, secretTies: false);
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => ChiSquare.Assert(byPosition, expected));
        }
    }

    /// <summary>
    /// As long as rows are below a quarter of the ring, comparisons of all pairs are a total order; beyond it they are not.
    /// </summary>
    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(9)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(40)]
    public void ThereAreNoCycles(int ring)
    {
        long most = (1L << (ring - 2)) - 1;
        Samples.Within(-most, most, ring).Array[24].Sample(
            values => Assert.Equal(Enumerable.Range(0, 24), Wins(values, ring).Order()), iter: 25);

        // One more on either side, and the difference of the ends, less the tie's one, wraps.
        ulong mask = RingWord.Mask(ring);
        ulong[] wide = [(ulong)-(1L << (ring - 2)) & mask, (ulong)(1L << (ring - 2)) & mask, 0];
        Assert.Contains(Enumerable.Range(0, 20), seed => Wins(wide, ring, (ulong)seed).Distinct().Count() < 3);
    }

    /// <summary>
    /// With too few slots as many rows are kept all the same, all that the first phase kept among them, and the order of the run decides.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void TooFewSlotsCostAccuracyOnly(int capacity)
    {
        const int Rows = 100;
        int overflown = 0;
        for (ulong seed = 0; seed < 30; seed++)
        {
            int keep = (int)(seed * 3) + 2;
            ulong[] values = [.. Enumerable.Range(0, Rows).Select(i => (ulong)(i * 37 % Rows))];
            Transcript transcript = Executions.Run(new Largest(Ring16, 1, Rows, keep, capacity), Inputs.Of(values, Ring16), seed);
            Assert.Equal(keep, transcript.Values[0].Length);
            Assert.Equal(keep, transcript.Values[0].Distinct().Count());
            Assert.Equal(transcript.Values[0].Order(), transcript.Values[0]);
            overflown += transcript.Values[1][0] > 0 ? 1 : 0;
            int right = transcript.Values[2].Count(x => x >= (ulong)(Rows - keep));
            Assert.InRange(keep - right, 0, (int)transcript.Values[1][0]);
        }

        Assert.InRange(overflown, 10, 30);
    }

    /// <summary>
    /// The slots' number is right: of rows in random order more stay undecided than there are slots in 0.12 % of all selections at most.
    /// </summary>
    [Theory]
    [InlineData(65)]
    [InlineData(100)]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(2000)]
    public void SlotsSufficeAlmostAlways(int rows)
    {
        const int Runs = 20_000;
        int pivots = (int)Order.Pivots(rows).AsConstant!;
        int capacity = (int)Order.Capacity(rows).AsConstant!;
        Random random = new(rows);
        int[] ranks = [.. Enumerable.Range(0, rows)];
        foreach (int keep in (int[])[1, rows / 10, rows * 2 / 5, rows / 2, rows - 1])
        {
            int overflown = 0;
            for (int run = 0; run < Runs; run++)
            {
                for (int i = 0; i < pivots; i++)
                {
                    int j = random.Next(i, rows);
                    (ranks[i], ranks[j]) = (ranks[j], ranks[i]);
                }

                overflown += CountUndecided(ranks.AsSpan(0, pivots), rows, keep) > capacity ? 1 : 0;
            }

            // Expected at most 24.7 of 20 000; six deviations more.
            Assert.True(overflown < 55, $"{overflown} of {Runs} overflow with {rows} rows, {keep} kept, {pivots} pivots, {capacity} slots");
        }
    }

    /// <summary>The runtime's ranking finds as many undecided rows as the order says, whatever the values.</summary>
    [Fact]
    public void UndecidedRowsLieBetweenThePivotsAroundTheBoundary() => (
        from rows in Gen.Int[1, 40]
        from pivots in Gen.Int[1, rows]
        from keep in Gen.Int[0, rows]
        from order in Gen.Shuffle(Enumerable.Range(0, rows).ToArray())
        select (rows, pivots, keep, order)).Sample(c =>
        {
            int[] sequence = Order.Sequence(c.rows, c.pivots);
            Assert.Equal(Enumerable.Range(0, c.rows), sequence.Order());
            bool[] bits = [.. from i in Enumerable.Range(0, c.pivots) from j in Enumerable.Range(i + 1, c.rows - i - 1)
                              select c.order[sequence[i]] > c.order[sequence[j]]];
            int[] pivots = [.. sequence.Take(c.pivots).Select(row => c.order[row])];
            BitValue revealed = new(Samples.Pack(1, bits), null, 1, bits.Length);
            Ranking ranking = Order.Rank<ServerRole>(revealed, 1, c.rows, c.pivots, c.keep);
            int undecided = ranking.Standing!.Count(stand => stand == Standing.Undecided);
            Assert.Equal(CountUndecided(pivots, c.rows, c.keep), undecided);
            Assert.Equal(Math.Max(0, undecided - 3), Order.CountUncompared(ranking, 3));
            for (int row = 0; row < c.rows; row++)
            {
                Assert.True(ranking.Standing![row] is Standing.Undecided
                    || (ranking.Standing![row] == Standing.Kept) == (c.order[row] < c.keep));
            }
        }, iter: 2000);

    [Fact]
    public void PivotsAndSlotsAreExpressions()
    {
        Expr n = Expr.Symbol("n");
        long Of(Expr e, long rows) => e.Evaluate(_ => rows);
        for (long rows = 0; rows < 3000; rows++)
        {
            long pivots = rows <= 64 ? rows : (long)Math.Floor(Math.Cbrt((81 * rows) + 0.5));
            long capacity = rows <= 64 ? 0 : ((9 * rows) + pivots - 1) / pivots;
            long pairs = 0;
            for (long i = 0; i < pivots; i++)
            {
                pairs += rows - i - 1;
            }

            Assert.Equal(pivots, Of(Order.Pivots(n), rows));
            Assert.Equal(rows <= 64 ? 0 : 1, Of(Order.Refines(n), rows));
            Assert.Equal(capacity, Of(Order.Capacity(n), rows));
            Assert.Equal(pairs, Of(Order.Pairs(n, Order.Pivots(n)), rows));
            Assert.Equal(capacity * (capacity - 1) / 2, Of(Order.Pairs(Order.Capacity(n), Order.Capacity(n)), rows));
            Assert.Equal(pivots, Order.Pivots(rows).AsConstant);
            Assert.Equal(capacity, Order.Capacity(rows).AsConstant);
            Assert.InRange(capacity, 0, rows);
        }

        foreach (Expr e in (Expr[])[Order.Pivots(n), Order.Capacity(n), Order.Pairs(n, Order.Pivots(n))])
        {
            Assert.Equal(e, ExprParser.Parse(e.ToString()));
        }
    }

    /// <summary>What pairs with an unused slot send is fair coins, though their shares are not.</summary>
    [Fact]
    public void UnusedSlotsSendCoins()
    {
        Positions unused = new(Enumerable.Repeat(-1, 16).ToArray(), 1, 16);
        Uniformity.Assert(new RevealZeros(unused, false), new Inputs(), new Inputs());
        Uniformity.Assert(new RevealZeros(unused, true), new Inputs(), new Inputs());

        // One used slot has no pair; of three used ones the three pairs alone are what they are.
        int[] three = [.. unused.Rows!];
        (three[0], three[1], three[2]) = (4, 5, 9);
        Transcript[] runs = [.. Enumerable.Range(0, 200).Select(
            seed => Executions.Run(new RevealZeros(new Positions(three, 1, 16), true), new Inputs(), (ulong)seed))];
        for (int pair = 0; pair < 120; pair++)
        {
            int bit = pair;
            int atServer = runs.Count(run => (run.SeenByServer[bit >> 3] >> (bit & 7) & 1) != 0);
            int atClient = runs.Count(run => (run.SeenByClient[bit >> 3] >> (bit & 7) & 1) != 0);
            bool used = pair is 0 or 1 or 15;
            Assert.InRange(atServer, used ? 200 : 55, used ? 200 : 145);
            Assert.InRange(atClient, used ? 0 : 55, used ? 0 : 145);
        }
    }

    [Fact]
    public void ViewsAreUniform()
    {
        Uniformity.Assert(
            new Largest(Ring16, 1, 16, 5), Inputs.Of(Samples.Constant(0, 16), Ring16),
            Inputs.Of([.. Enumerable.Range(0, 16).Select(i => (ulong)(i * 1000))], Ring16));
        Uniformity.Assert(
            new TwoPhases(Ring16, 20, 7, 8, 16, true), Inputs.Of(Samples.Constant(0, 20), Ring16),
            Inputs.Of([.. Enumerable.Range(0, 20).Select(i => (ulong)(i * 700))], Ring16));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(41)]
    public void OtherRingsAreRefused(int ring) => Assert.Throws<ArgumentOutOfRangeException>(
        () => Executions.Run(new AllPairs(ring, 1, 2, true), Inputs.Of([1, 2], ring)));

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        Assert.Throws<ArgumentException>(() => Executions.Run(new AllPairs(Ring16, 1, 3, true), Inputs.Of([1, 2], Ring16)));
        BitValue six = new([0b111UL], null, 1, 6);
        Assert.Throws<ArgumentException>(() => Order.Rank<ServerRole>(six, 1, 5, 5, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Order.Rank<ServerRole>(six, 1, 4, 5, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Order.Rank<ServerRole>(six, 1, 4, 4, 5));
        Ranking ranking = Order.Rank<ServerRole>(six, 1, 4, 4, 2);
        Assert.Throws<ArgumentException>(() => Order.Refine<ServerRole>(ranking, new Positions([-1], 1, 1), six));
        Assert.Throws<ArgumentException>(() => Order.Refine<ServerRole>(ranking, new Positions([], 2, 0), new BitValue([], null, 1, 0)));

        // A tournament with a cycle is no order: it is seen, and said.
        BitValue cycle = new([0b101UL], null, 1, 3);
        MPCacheException e = Assert.Throws<MPCacheException>(
            () => Order.Kept<ServerRole>(Order.Rank<ServerRole>(cycle, 1, 3, 3, 1)));
        Assert.Contains("0 of 3 rows where 1", e.Cause, StringComparison.Ordinal);
    }

    private static Transcript AssertLargest(Case c)
    {
        Transcript transcript = Executions.Run(new Largest(c.Ring, c.Groups, c.Rows, c.Keep), Inputs.Of(c.Values, c.Ring), c.Seed);
        long[] values = Samples.Signed(c.Values, c.Ring);
        for (int group = 0; group < c.Groups; group++)
        {
            long[] rows = values[(group * c.Rows)..((group + 1) * c.Rows)];
            long[] sorted = [.. rows.OrderDescending().Take(c.Keep).Order()];
            Range part = (group * c.Keep)..((group + 1) * c.Keep);
            ulong[] positions = transcript.Values[0][part];
            Assert.Equal(positions.Distinct().Order(), positions);
            Assert.All(positions, position => Assert.InRange(position, 0UL, (ulong)c.Rows - 1));

            // How often rows find no slot is the matter of another test.
            if (transcript.Values[1][0] == 0)
            {
                Assert.Equal(sorted, Samples.Signed(transcript.Values[2][part], c.Ring).Order());
            }

            if (transcript.Clear[1][0] == 0)
            {
                // In the clear the earlier of equal rows is the larger.
                IEnumerable<int> first = rows.Select((x, row) => (x, row)).OrderByDescending(r => r.x).ThenBy(r => r.row)
                    .Take(c.Keep).Select(r => r.row).Order();
                Assert.Equal(first.Select(row => (ulong)row), transcript.Clear[0][part]);
                Assert.Equal(first.Select(row => rows[row]), Samples.Signed(transcript.Clear[2][part], c.Ring));
            }
        }

        return transcript;
    }

    /// <summary>The revealed orders of many groups with the same rows, each as the number of smaller rows of every row.</summary>
    private static List<string> Orders(int[] rows, bool secretTies)
    {
        const int Groups = 100;
        ulong[] values = [.. Enumerable.Range(0, Groups * rows.Length).Select(i => (ulong)rows[i % rows.Length])];
        List<string> orders = [];
        for (ulong seed = 0; seed < 24; seed++)
        {
            Transcript transcript = Executions.Run(
                new AllPairs(Ring16, Groups, rows.Length, secretTies), Inputs.Of(values, Ring16), seed);
            orders.AddRange(transcript.Values[0].Chunk(6).Select(bits => string.Concat(CountWins(bits, rows.Length))));
        }

        return orders;
    }

    private static int[] Wins(ulong[] values, int ring, ulong seed = 3) => CountWins(
        Executions.Run(new AllPairs(ring, 1, values.Length, true), Inputs.Of(values, ring), seed).Values[0], values.Length);

    /// <summary>How many rows each row is larger than.</summary>
    private static int[] CountWins(ulong[] bits, int rows)
    {
        int[] wins = new int[rows];
        int next = 0;
        for (int i = 0; i < rows; i++)
        {
            for (int j = i + 1; j < rows; j++)
            {
                wins[bits[next++] != 0 ? j : i]++;
            }
        }

        return wins;
    }

    /// <summary>What both parties see of many selections among the same rows with one pivot.</summary>
    private static List<string> Views(int[] rows, int keep, bool secretTies)
    {
        const int Groups = 100;
        int n = rows.Length;
        int slots = n - 1;
        int pairs = slots * (slots - 1) / 2;
        ulong[] values = [.. Enumerable.Range(0, Groups * n).Select(i => (ulong)rows[i % n])];
        List<string> views = [];
        for (ulong seed = 0; seed < 60; seed++)
        {
            Transcript transcript = Executions.Run(
                new TwoPhases(Ring16, n, 1, keep, slots, secretTies, Groups), Inputs.Of(values, Ring16), seed);
            for (int group = 0; group < Groups; group++)
            {
                ulong[] first = transcript.Values[0][(group * (n - 1))..((group + 1) * (n - 1))];
                int used = transcript.Values[1][(group * slots)..((group + 1) * slots)].Count(slot => (long)slot >= 0);
                ulong[] second = transcript.Values[2][(group * pairs)..((group + 1) * pairs)];
                views.Add($"{string.Concat(first)} {string.Concat(OfUsed(second, slots, used))}");
            }
        }

        return views;
    }

    private static IEnumerable<ulong> OfUsed(ulong[] bits, int slots, int used) =>
        (from i in Enumerable.Range(0, slots) from j in Enumerable.Range(i + 1, slots - i - 1) select (i, j))
            .Zip(bits).Where(pair => pair.First.j < used).Select(pair => pair.Second);

    /// <summary>The view that an order of the shuffled rows gives, rank 0 the largest, computed without the gates.</summary>
    private static string View(int[] ranks, int keep)
    {
        int pivot = ranks[0];
        int[] undecided = [.. ranks.Skip(1).Where(rank => pivot < keep
            ? rank > pivot && pivot != keep - 1
            : rank < pivot && pivot != keep)];
        IEnumerable<int> first = ranks.Skip(1).Select(rank => rank < pivot ? 1 : 0);
        IEnumerable<int> second = from i in Enumerable.Range(0, undecided.Length)
                                  from j in Enumerable.Range(i + 1, undecided.Length - i - 1)
                                  select undecided[j] < undecided[i] ? 1 : 0;
        return $"{string.Concat(first)} {string.Concat(second)}";
    }

    /// <summary>Rows between the pivots around the boundary; none where a pivot is next to it.</summary>
    private static int CountUndecided(ReadOnlySpan<int> pivots, int rows, int keep)
    {
        int low = -1;
        int high = rows;
        foreach (int rank in pivots)
        {
            (low, high) = rank < keep ? (Math.Max(low, rank), high) : (low, Math.Min(high, rank));
        }

        return low == keep - 1 || high == keep ? 0 : high - low - 1;
    }

    private static IEnumerable<int[]> Permutations(int n) => n == 0
        ? [[]]
        : from rest in Permutations(n - 1) from at in Enumerable.Range(0, n)
          select (int[])[.. rest[..at], n - 1, .. rest[at..]];

    private static IEnumerable<int>? Bits(BitValue revealed) => revealed.A is not ulong[] words
        ? null
        : Enumerable.Range(0, revealed.Count).Select(i => (int)(words[i >> 6] >> (i & 63) & 1));

    private sealed record Case(int Ring, int Groups, int Rows, int Keep, ulong[] Values, ulong Seed);

    /// <summary>The positions of the largest rows of a shuffled key, how many rows found no slot, and the rows at the positions.</summary>
    private sealed class Largest(int ring, int groups, int rows, int keep, int? capacity = null) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            Permutation order = SecretOrder.Draw<TRole>(stage.Run, stage.Next(), groups, rows);
            RingValue held = await stage.ShuffleAsync<TRole>(stage.Masked(0), order, 1, ring);
            RingValue key = await stage.TellAsync<TRole>(held, ring, Party.Client);
            (Positions kept, int uncompared) = await stage.LargestAsync<TRole>(key, groups, rows, keep, ring, capacity);
            stage.PutPublic(kept.Rows, groups * keep);
            stage.PutPublic(kept.Rows is null ? null : [uncompared], 1);
            RingValue share = Remask.Gather<TRole>(stage.Run, key, kept, rows, 1, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, ring), ring);
        }
    }

    /// <summary>Reveals all comparisons of the rows in a secret order.</summary>
    private sealed class AllPairs(int ring, int groups, int rows, bool secretTies) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            Permutation order = SecretOrder.Draw<TRole>(stage.Run, stage.Next(), groups, rows);
            RingValue held = await stage.ShuffleAsync<TRole>(stage.Masked(0), order, 1, ring);
            RingValue key = await stage.TellAsync<TRole>(held, ring, Party.Client);
            BitValue revealed = secretTies
                ? await stage.CompareAsync<TRole>(key, groups, rows, rows, ring)
                : await CompareByPositionAsync<TRole>(stage, key, groups, rows, rows, ring, default);
            stage.PutPublic(Bits(revealed), revealed.Count);
        }
    }

    /// <summary>Two phases with a given number of pivots; gives all that is revealed.</summary>
    private sealed class TwoPhases(int ring, int rows, int pivots, int keep, int slots, bool secretTies, int groups = 1) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            Permutation order = SecretOrder.Draw<TRole>(stage.Run, stage.Next(), groups, rows);
            RingValue held = await stage.ShuffleAsync<TRole>(stage.Masked(0), order, 1, ring);
            RingValue key = await stage.TellAsync<TRole>(held, ring, Party.Client);
            BitValue first = await PhaseAsync<TRole>(stage, key, rows, pivots, default);
            stage.PutPublic(Bits(first), first.Count);
            Ranking ranking = Order.Rank<TRole>(first, groups, rows, pivots, keep);
            Positions undecided = Order.Undecided<TRole>(ranking, slots);
            stage.PutPublic(undecided.Rows, groups * slots);
            RingValue share = Remask.Gather<TRole>(stage.Run, key, undecided, rows, 1, ring);
            BitValue second = await PhaseAsync<TRole>(stage, await stage.OpenAsync<TRole>(share, ring), slots, slots, undecided);
            stage.PutPublic(Bits(second), second.Count);
        }

        private ValueTask<BitValue> PhaseAsync<TRole>(Stage stage, RingValue key, int rows, int pivots, Positions slots)
            where TRole : IRole => secretTies
                ? stage.CompareAsync<TRole>(key, groups, rows, pivots, ring, slots)
                : CompareByPositionAsync<TRole>(stage, key, groups, rows, pivots, ring, slots);
    }

    /// <summary>As <see cref="Stage.CompareAsync"/> does, but with nothing secret that breaks ties: what must not be done.</summary>
    private static async ValueTask<BitValue> CompareByPositionAsync<TRole>(
        Stage stage, RingValue key, int groups, int rows, int pivots, int ring, Positions slots)
        where TRole : IRole
    {
        (int I, int J)[] pairs = [.. from g in Enumerable.Range(0, groups) from i in Enumerable.Range(0, pivots)
                                     from j in Enumerable.Range(i + 1, rows - i - 1)
                                     let sequence = Order.Sequence(rows, pivots)
                                     select ((g * rows) + sequence[i], (g * rows) + sequence[j])];
        RingValue differences = new(
            [.. pairs.Select(p => (key.A![p.I] - key.A[p.J]) & RingWord.Mask(ring))],
            [.. pairs.Select(p => (key.B![p.I] - key.B[p.J]) & RingWord.Mask(ring))], pairs.Length);
        BitValue opened = await stage.OpenBitsAsync<TRole>(Compare.Digits<TRole>(stage.Run, stage.Next(), differences, ring, [0]));
        BitValue sign = Compare.Combine<TRole>(stage.Run, stage.Next(), opened, ring);
        BitValue revealed = Order.RevealPut<TRole>(stage.Run, stage.Next(), sign, slots);
        await stage.FlightAsync<TRole>();
        Order.RevealTake<TRole>(stage.Run, revealed);
        return revealed;
    }

    /// <summary>Reveals shares that are all zero, or all one at the client, of all pairs of slots.</summary>
    private sealed class RevealZeros(Positions slots, bool ones) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            int pairs = slots.Count * (slots.Count - 1) / 2;
            ulong[] words = new ulong[(pairs + 63) / 64];
            Array.Fill(words, ones && TRole.IsClient ? ulong.MaxValue : 0);
            Positions known = TRole.IsDealer || TRole.IsRehearsal ? slots with { Rows = null } : slots;
            BitValue share = new(TRole.IsDealer ? null : words, null, 1, pairs);
            BitValue revealed = Order.RevealPut<TRole>(stage.Run, stage.Next(), share, known);
            await stage.FlightAsync<TRole>();
            Order.RevealTake<TRole>(stage.Run, revealed);
            stage.PutPublic(Bits(revealed), pairs);
        }
    }
}
