using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class SelectTests
{
    private static readonly Gen<(int Ring, int RowSize, bool[] Bits, ulong[] Values, ulong Seed)> Cases =
        from ring in Gen.Int[1, 64]
        from rowSize in Gen.Int[1, 5]
        from bits in Gen.Bool.Array[0, 140]
        from values in Samples.Any(ring).Array[bits.Length * rowSize]
        from seed in Gen.ULong
        select (ring, rowSize, bits, values, seed);

    [Fact]
    public void ARowIsKeptOrZero() => Cases.Sample(c =>
    {
        Transcript transcript = Executions.Run(new Choose(c.Ring, c.RowSize, c.Bits), Inputs.Of(c.Values, c.Ring), c.Seed);
        ulong[] expected = [.. c.Values.Select((x, i) => c.Bits[i / c.RowSize] ? x : 0)];
        foreach (int output in (int[])[0, 1])
        {
            Assert.Equal(expected, transcript.Values[output]);
            Assert.Equal(expected, transcript.Clear[output]);
        }

        transcript.AssertCost(
            2, OpenBits.OnlineBytes(c.Bits.Length, 1) + Open.OnlineBytes(c.Values.Length, c.Ring),
            Select.TapeBytes(c.Bits.Length, c.Values.Length, c.Ring));
    }, iter: 150);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ViewsAreUniform(bool bit) => Uniformity.Assert(
        new Choose(16, 2, [.. Enumerable.Repeat(bit, 8)]),
        Inputs.Of(Samples.Constant(0, 16), 16), Inputs.Of(Samples.Constant(0xFFFF, 16), 16));

    private sealed class Choose(int ring, int rowSize, bool[] bits) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            BitValue masked = await stage.BitsAsync<TRole>(bits);
            RingValue share = Select.Choose<TRole>(stage.Run, stage.Next(), masked, stage.Masked(0), rowSize, ring);
            stage.PutAdditive(share, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, ring), ring);
        }
    }
}
