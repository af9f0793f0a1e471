using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Gates;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class CoarseMaximumTests
{
    private static readonly Gen<(int Ring, int Rows, long Low, int Thresholds, long[] Values, ulong Seed)> Cases =
        from ring in Gen.Int[1, CoarseMaximum.LargestRing]
        from thresholds in Gen.Int[1, (1 << ring) - 1]
        from low in Gen.Long[-300, 300]
        from rows in Gen.Int[1, 5]
        from columns in Gen.Int[1, 40]
        from values in Gen.OneOf(Gen.Long[0, thresholds], Gen.Long[0, System.Math.Min(2, thresholds)]).Array[rows * columns]
        from seed in Gen.ULong
        select (ring, rows, low, thresholds, values.Select(v => low + v).ToArray(), seed);

    [Fact]
    public void TheMaximumOfEachRow() => Cases.Sample(c =>
    {
        const int ring = 16;
        ulong[] values = [.. c.Values.Select(v => (ulong)v & (ulong.MaxValue >> (64 - c.Ring)))];
        Transcript transcript = Executions.Run(new Maximum(c.Ring, c.Rows, c.Low, c.Thresholds, ring), Inputs.Of(values, c.Ring), c.Seed);
        long[] expected = [.. c.Values.Chunk(c.Values.Length / c.Rows).Select(row => row.Max())];
        Assert.Equal(expected, Samples.Signed(transcript.Values[0], ring));
        Assert.Equal(expected, Samples.Signed(transcript.Clear[0], ring));
        Expr hashes = Expr.Constant((long)c.Rows * c.Thresholds);
        transcript.AssertCost(4,
            OpenBits.OnlineBytes(hashes, CoarseMaximum.HashBits) + OpenBits.OnlineBytes(hashes, CoarseMaximum.DigitCount)
                + OpenBits.OnlineBytes(hashes, 1) + Open.OnlineBytes(c.Rows, ring),
            CoarseMaximum.HashesTapeBytes(values.Length, c.Ring) + CoarseMaximum.DigitsTapeBytes(hashes)
                + CoarseMaximum.OccupiedTapeBytes(hashes) + BitToRing.TapeBytes(c.Rows, c.Thresholds, ring));
    }, iter: 200);

    [Fact]
    public void ViewsAreUniform() => Uniformity.Assert(new Maximum(3, 8, 0, 7, 16),
        Inputs.Of(Samples.Constant(0, 64), 3), Inputs.Of([.. Enumerable.Range(0, 64).Select(i => (ulong)i & 7)], 3));

    private sealed class Maximum(int from, int rows, long low, int thresholds, int ring) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            BitValue hashes = CoarseMaximum.Hashes<TRole>(stage.Run, stage.Next(), stage.Masked(0), rows, from, low, thresholds);
            BitValue digits = CoarseMaximum.Digits<TRole>(
                stage.Run, stage.Next(), await stage.OpenBitsAsync<TRole>(hashes));
            BitValue occupied = CoarseMaximum.Occupied<TRole>(stage.Run, stage.Next(), await stage.OpenBitsAsync<TRole>(digits));
            BitValue opened = await stage.OpenBitsAsync<TRole>(occupied);
            RingValue sum = BitToRing.Count<TRole>(stage.Run, stage.Next(), opened, thresholds, low, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(sum, ring), ring);
        }
    }
}
