using System.Linq;
using System.Numerics;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Gates;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class WideProductTests
{
    private static readonly Gen<(int From, int To, ulong[] X, ulong[] Y, ulong Seed)> Products =
        from @from in Gen.Int[2, 63]
        from to in Gen.Int[@from + 1, 64]
        from x in Extremes(@from).Array[0, 40]
        from y in Gen.ULong.Array[x.Length]
        from seed in Gen.ULong
        select (@from, to, x, y.Select(v => v & Mask(to)).ToArray(), seed);

    private static readonly Gen<(int From, int To, int Sums, ulong[] X, ulong Seed)> Rows =
        from @from in Gen.Int[2, 63]
        from to in Gen.Int[@from + 1, 64]
        from sums in Gen.Int[1, 4]
        from inner in Gen.Int[1, 9]
        from x in Extremes(@from).Array[sums * inner]
        from seed in Gen.ULong
        select (@from, to, sums, x, seed);

    [Fact]
    public void AProductLiesInTheLargerRing() => Products.Sample(c =>
    {
        Transcript transcript = Executions.Run(
            new Multiplies(c.From, c.To), Inputs.Of(c.X, c.From).And(c.Y, c.To), c.Seed);
        ulong[] expected = [.. Samples.Signed(c.X, c.From).Zip(c.Y, (x, y) => Residue((BigInteger)x * y, c.To))];
        Assert.Equal(expected, transcript.Values[0]);
        Assert.Equal(expected, transcript.Clear[0]);
        Expr count = c.X.Length;
        transcript.AssertCost(1, Open.OnlineBytes(count, c.To),
            Extend.TapeBytes(count, c.From, c.To) + WideProduct.MultiplyTapeBytes(count, c.From, c.To));
    }, iter: 300);

    [Fact]
    public void SquaresAreSummedInTheLargerRing() => Rows.Sample(c =>
    {
        Transcript transcript = Executions.Run(new SumsOfSquares(c.From, c.To, c.Sums), Inputs.Of(c.X, c.From), c.Seed);
        ulong[] expected = [.. Samples.Signed(c.X, c.From).Chunk(c.X.Length / c.Sums)
            .Select(row => Residue(row.Aggregate(BigInteger.Zero, (s, x) => s + ((BigInteger)x * x)), c.To))];
        Assert.Equal(expected, transcript.Values[0]);
        Assert.Equal(expected, transcript.Clear[0]);
        transcript.AssertCost(1, Open.OnlineBytes(c.Sums, c.To),
            Extend.TapeBytes(c.X.Length, c.From, c.To) + WideProduct.SquaresTapeBytes(c.Sums, c.X.Length, c.From, c.To));
    }, iter: 300);

    [Fact]
    public void ViewsOfProductsAreUniform() => Uniformity.Assert(new Multiplies(16, 40),
        Inputs.Of(Samples.Constant(0, 4), 16).And(Samples.Constant(0, 4), 40),
        Inputs.Of(Samples.Constant(0x3FFF, 4), 16).And(Samples.Constant(123456789, 4), 40));

    [Fact]
    public void ViewsOfSquaresAreUniform() => Uniformity.Assert(new SumsOfSquares(16, 40, 2),
        Inputs.Of(Samples.Constant(0, 4), 16), Inputs.Of(Samples.Constant(0x3FFF, 4), 16));

    /// <summary>Values at both ends of what may be extended, and between.</summary>
    private static Gen<ulong> Extremes(int ring)
    {
        long end = 1L << (ring - 2);
        return Gen.OneOf(
            Samples.Within(-end, end - 1, ring), Gen.Const((ulong)-end & Mask(ring)), Gen.Const((ulong)end - 1), Gen.Const(0UL));
    }

    private static ulong Mask(int ring) => ulong.MaxValue >> (64 - ring);

    private static ulong Residue(BigInteger value, int ring) => (ulong)(value & Mask(ring));

    private sealed class Multiplies(int from, int to) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue x = stage.Masked(0);
            RingValue extended = Extend.Start<TRole>(stage.Run, stage.Next(), x, from, to);
            RingValue share = WideProduct.Multiply<TRole>(stage.Run, stage.Next(), extended, x, stage.Masked(1), from, to);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, to), to);
        }
    }

    private sealed class SumsOfSquares(int from, int to, int sums) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue x = stage.Masked(0);
            RingValue extended = Extend.Start<TRole>(stage.Run, stage.Next(), x, from, to);
            RingValue share = WideProduct.Squares<TRole>(stage.Run, stage.Next(), extended, x, sums, from, to);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, to), to);
        }
    }
}
