using System;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class TruncateTests
{
    private static readonly Gen<(int Ring, int By, ulong[] Values, ulong Seed)> Cases =
        from ring in Gen.Int[2, 64]
        from shift in Gen.Int[1, ring - 1]
        from values in Samples.Any(ring).Array[0, 40]
        from seed in Gen.ULong
        select (ring, shift, values, seed);

    /// <summary>The floor or one more, and exactly so by the public coin; at the top of the ring the +1 may wrap, as documented.</summary>
    [Fact]
    public void ReduceIsTheFloorOrOneMore() => Cases.Sample(c =>
    {
        Transcript transcript = Executions.Run(new Reduce(c.Ring, c.By), Inputs.Of(c.Values, c.Ring), c.Seed);
        ulong mask = RingWord.Mask(c.Ring - c.By);
        for (int i = 0; i < c.Values.Length; i++)
        {
            ulong floor = c.Values[i] >> c.By;
            Assert.Contains(transcript.Values[0][i], new[] { floor, (floor + 1) & mask });
            Assert.Equal(floor, transcript.Clear[0][i]);
            Assert.Equal(transcript.Values[0][i], transcript.Values[1][i]);
        }

        transcript.AssertCost(0, 0, Truncate.TapeBytes(c.Values.Length, c.Ring, c.By));
    }, iter: 200);

    [Fact]
    public void NegativeValuesAreRoundedAlike()
    {
        const int Ring = 20;
        ulong[] values = [.. Enumerable.Range(0, 4000).Select(i => (ulong)(i - 2000) & RingWord.Mask(Ring))];
        Transcript transcript = Executions.Run(new Reduce(Ring, 4), Inputs.Of(values, Ring));
        long[] errors =
        [
            .. Samples.Signed(transcript.Values[0], Ring - 4).Zip(Samples.Signed(values, Ring), (y, x) => (16 * y) - x),
        ];
        Assert.All(errors, e => Assert.InRange(e, -15, 15));

        // The coin is fair: rounding has no bias.
        Assert.InRange(errors.Average(), -0.7, 0.7);
    }

    [Fact]
    public void ViewsAreUniform() =>
        Uniformity.Assert(new Reduce(40, 8), Inputs.Of(Samples.Constant(0, 8), 40), Inputs.Of(Samples.Constant(RingWord.Mask(39), 8), 40));

    [Theory]
    [InlineData(16, 0)]
    [InlineData(16, 16)]
    public void ShiftsOutsideOfTheRingAreRefused(int ring, int by) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Executions.Run(new Reduce(ring, by), Inputs.Of([1], ring)));

    private sealed class Reduce(int ring, int by) : GateProgram
    {
        public override ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue x = stage.Masked(0);
            stage.PutMasked(Truncate.Reduce<TRole>(stage.Run, stage.Next(), x, ring, by), ring - by);

            stage.PutUnshared(Truncate.Unshared<TRole>(stage.Run, x, ring, by), ring - by);
            return ValueTask.CompletedTask;
        }
    }
}
