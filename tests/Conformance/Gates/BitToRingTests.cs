using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class BitToRingTests
{
    private static readonly Gen<(int Ring, long[] Coefficients, long Constant, bool[] Bits, ulong Seed)> Cases =
        from ring in Gen.Int[1, 64]
        from coefficients in Gen.OneOf(Gen.Long, Gen.Long[-2, 2]).Array[1, 6]
        from constant in Gen.Long
        from count in Gen.Int[0, 70]
        from bits in Gen.Bool.Array[count * coefficients.Length]
        from seed in Gen.ULong
        select (ring, coefficients, constant, bits, seed);

    [Fact]
    public void TheCombinationIsExact() => Cases.Sample(c =>
    {
        int groups = c.Coefficients.Length;
        int count = c.Bits.Length / groups;
        Transcript transcript = Executions.Run(new Combine(c.Ring, c.Coefficients, c.Constant, c.Bits), new Inputs(), c.Seed);
        ulong[] expected =
        [
            .. Enumerable.Range(0, count).Select(i => RingWord.Mask(c.Ring) & Enumerable.Range(0, groups).Aggregate(
                (ulong)c.Constant, (sum, j) => sum + (c.Bits[(j * count) + i] ? (ulong)c.Coefficients[j] : 0))),
        ];
        foreach (int output in (int[])[0, 1])
        {
            Assert.Equal(expected, transcript.Values[output]);
            Assert.Equal(expected, transcript.Clear[output]);
        }

        transcript.AssertCost(
            2, OpenBits.OnlineBytes(c.Bits.Length, 1) + Open.OnlineBytes(count, c.Ring), BitToRing.TapeBytes(count, groups, c.Ring));
    }, iter: 150);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ViewsAreUniform(bool bit) =>
        Uniformity.Assert(new Combine(32, [1, 3], 7, [.. Enumerable.Repeat(bit, 16)]), new Inputs(), new Inputs());

    private sealed class Combine(int ring, long[] coefficients, long constant, bool[] bits) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            BitValue masked = await stage.BitsAsync<TRole>(bits);
            RingValue share = BitToRing.Combine<TRole>(stage.Run, stage.Next(), masked, coefficients.Length, coefficients, constant, ring);
            stage.PutAdditive(share, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, ring), ring);
        }
    }
}
