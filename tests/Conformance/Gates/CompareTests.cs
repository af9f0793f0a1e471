using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class CompareTests
{
    private static readonly Gen<(int Ring, long[] Thresholds, ulong[] Values, ulong Seed)> Cases =
        from ring in Gen.Int[2, Compare.LargestRing]
        from several in Gen.Bool
        let quarter = 1L << (ring - 2)
        from thresholds in several ? Gen.Long[-quarter, quarter].Array[1, 4] : Gen.Const(new long[] { 0 })
        from values in several ? Samples.Within(-quarter + 1, quarter - 1, ring).Array[0, 80] : Samples.Any(ring).Array[0, 150]
        from seed in Gen.ULong
        select (ring, thresholds, values, seed);

    [Fact]
    public void TheSignIsExact() => Cases.Sample(c =>
    {
        Transcript transcript = Executions.Run(new Sign(c.Ring, 0, c.Thresholds), Inputs.Of(c.Values, c.Ring), c.Seed);
        ulong[] expected = Expected(Samples.Signed(c.Values, c.Ring), c.Thresholds);
        Assert.Equal(expected, transcript.Values[0]);
        Assert.Equal(expected, transcript.Clear[0]);
        int comparisons = c.Values.Length * c.Thresholds.Length;
        bool once = Compare.Digits(c.Ring).Length == 1;
        transcript.AssertCost(
            once ? 1 : 2, OpenBits.OnlineBytes(comparisons, Compare.Planes(c.Ring)) + (once ? 0 : OpenBits.OnlineBytes(comparisons, 1)),
            Compare.DigitsTapeBytes(c.Values.Length, c.Ring) + (once ? 0 : Compare.CombineTapeBytes(comparisons, c.Ring)));
    }, iter: 300);

    /// <summary>Every value of small rings, under many masks.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(9)]
    public void SmallRingsAreExact(int ring)
    {
        ulong[] values = [.. Enumerable.Range(0, 1 << ring).Select(x => (ulong)x)];
        for (ulong seed = 0; seed < 40; seed++)
        {
            Transcript transcript = Executions.Run(new Sign(ring, 0, [0]), Inputs.Of(values, ring), seed);
            Assert.Equal(Expected(Samples.Signed(values, ring), [0]), transcript.Values[0]);
        }
    }

    /// <summary>A mask that the dealer alone knows is enough: truncation before a comparison takes no tape.</summary>
    [Fact]
    public void TruncationBeforeAComparisonIsFree()
    {
        const int Ring = 24;
        const int Cut = 10;
        ulong[] values = [.. Enumerable.Range(0, 200).Select(i => (ulong)((i - 100) * 5000) & RingWord.Mask(Ring))];
        Transcript transcript = Executions.Run(new Sign(Ring, Cut, [3, -40]), Inputs.Of(values, Ring));
        long[] clear = [.. Samples.Signed(values, Ring).Select(x => x >> Cut)];
        Assert.Equal(Expected(clear, [3, -40]), transcript.Clear[0]);

        // Truncation rounds up or down by a public coin, so next to a threshold either answer is right.
        ulong[] up = Expected([.. clear.Select(x => x + 1)], [3, -40]);
        ulong[] down = Expected(clear, [3, -40]);
        Assert.All(Enumerable.Range(0, up.Length), i => Assert.Equal(0UL, ~(down[i] ^ up[i]) & (transcript.Values[0][i] ^ down[i])));
        transcript.AssertCost(
            2, OpenBits.OnlineBytes(400, Compare.Planes(Ring - Cut)) + OpenBits.OnlineBytes(400, 1),
            Compare.DigitsTapeBytes(200, Ring - Cut) + Compare.CombineTapeBytes(400, Ring - Cut));
    }

    /// <summary>
    /// No other split takes fewer bits on the tape and in both directions; small rings spend two bits at most to save a flight.
    /// </summary>
    [Fact]
    public void DigitsAreTheCheapest()
    {
        for (int ring = 2; ring <= Compare.LargestRing; ring++)
        {
            int[] digits = Compare.Digits(ring);
            Assert.Equal(ring, digits.Sum());
            Assert.All(digits, w => Assert.InRange(w, 1, 5));
            Assert.InRange(digits.Length, 1, 8);
            Assert.Equal((2 * digits.Length) - 1, Compare.Planes(ring));
            int cheapest = Splits(ring, 5, 8).Min(Bits);
            Assert.InRange(Bits(digits), cheapest, cheapest + (digits.Length == 1 ? 2 : 0));
            Assert.Equal(ring <= 4, digits.Length == 1);

            // A thousand values are whole bytes in every plane.
            int vectors = digits.Sum(w => (1 << w) - 1);
            Assert.Equal(1000L * vectors / 8, Compare.DigitsTapeBytes(1000, ring).AsConstant);
            Assert.Equal(125L * ((1 << digits.Length) - digits.Length - 1), Compare.CombineTapeBytes(1000, ring).AsConstant);
        }

        static int Bits(IReadOnlyCollection<int> widths)
        {
            int d = widths.Count;
            int online = d == 1 ? 1 : (2 * d) - 1 + 1;
            return widths.Sum(w => (1 << w) - 1) + (1 << d) - d - 1 + (2 * online);
        }

        static IEnumerable<List<int>> Splits(int ring, int widest, int most) =>
            ring == 0 ? [[]]
            : most == 0 ? []
            : from w in Enumerable.Range(1, Math.Min(widest, ring))
              from rest in Splits(ring - w, w, most - 1)
              select rest.Prepend(w).ToList();
    }

    /// <summary>The figures of the design: 71 tape bits and 8 bits each way for 16 bits, 33 bits in all for 8.</summary>
    [Fact]
    public void FamiliarRingsCostWhatTheDesignSays()
    {
        Assert.Equal(71L, (Compare.DigitsTapeBytes(8, 16) + Compare.CombineTapeBytes(8, 16)).AsConstant);
        Assert.Equal(8, Compare.Planes(16) + 1);
        Assert.Equal(33L, (Compare.DigitsTapeBytes(8, 8) + Compare.CombineTapeBytes(8, 8)).AsConstant + (2 * (Compare.Planes(8) + 1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Compare.LargestRing + 1)]
    public void OtherRingsAreRefused(int ring) => Assert.Throws<ArgumentOutOfRangeException>(() => Compare.Digits(ring));

    [Fact]
    public void PlanesOfAnotherRingAreRefused() =>
        Assert.Throws<ArgumentException>(() => Executions.Run(new OtherPlanes(), Inputs.Of([1], 8)));

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    public void ViewsAreUniform(int ring) => Uniformity.Assert(
        new Sign(ring, 0, [0, 5]), Inputs.Of(Samples.Constant(0, 8), ring), Inputs.Of(Samples.Constant(RingWord.Mask(ring), 8), ring));

    private static ulong[] Expected(long[] values, long[] thresholds) =>
        Samples.Pack(1, [.. from threshold in thresholds from x in values select x < threshold]);

    private sealed class Sign(int ring, int cut, long[] thresholds) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue x = stage.Masked(0);
            if (cut > 0)
            {
                x = Truncate.Unshared<TRole>(stage.Run, x, ring, cut);
            }

            int width = ring - cut;
            BitValue opened = await stage.OpenBitsAsync<TRole>(Compare.Digits<TRole>(stage.Run, stage.Next(), x, width, thresholds));
            if (Compare.Digits(width).Length > 1)
            {
                opened = await stage.OpenBitsAsync<TRole>(Compare.Combine<TRole>(stage.Run, stage.Next(), opened, width));
            }

            stage.PutBits(opened);
        }
    }

    private sealed class OtherPlanes : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            BitValue opened = await stage.OpenBitsAsync<TRole>(Compare.Digits<TRole>(stage.Run, stage.Next(), stage.Masked(0), 8, [0]));
            Compare.Combine<TRole>(stage.Run, stage.Next(), opened, 24);
        }
    }
}
