using System;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class RemaskTests
{
    private static readonly Gen<(int Ring, int RowSize, int[] Rows, ulong[] Values, ulong Seed)> Cases =
        from ring in Gen.Int[1, 64]
        from rowSize in Gen.Int[1, 5]
        from held in Gen.Int[1, 9]
        from rows in Gen.Int[0, held - 1].Array[0, 12]
        from values in Samples.Any(ring).Array[held * rowSize]
        from seed in Gen.ULong
        select (ring, rowSize, rows, values, seed);

    [Fact]
    public void RowsAreTakenAtPositionsThatTheDealerNeverSees() => Cases.Sample(c =>
    {
        Transcript transcript = Executions.Run(new Gather(c.Ring, c.RowSize, c.Rows), Inputs.Of(c.Values, c.Ring), c.Seed);
        ulong[] expected = [.. c.Rows.SelectMany(row => c.Values.Skip(row * c.RowSize).Take(c.RowSize))];
        Assert.Equal(expected, transcript.Values[0]);
        Assert.Equal(expected, transcript.Clear[0]);
        transcript.AssertCost(1, Open.OnlineBytes(expected.Length, c.Ring), 0);
    }, iter: 150);

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void PositionsOutsideAreRefused(int row) => Assert.Throws<ArgumentOutOfRangeException>(
        () => Executions.Run(new Gather(16, 2, [0, row]), Inputs.Of([1, 2, 3, 4, 5, 6], 16)));

    [Fact]
    public void ViewsAreUniform() => Uniformity.Assert(
        new Gather(32, 2, [1, 1, 0, 3]), Inputs.Of(Samples.Constant(0, 8), 32), Inputs.Of(Samples.Constant(0x7FFF_FFFF, 8), 32));

    private sealed class Gather(int ring, int rowSize, int[] rows) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            // What the dealer and the rehearsal are given has the right length and no position.
            int[] known = TRole.IsDealer || TRole.IsRehearsal ? new int[rows.Length] : rows;
            RingValue share = Remask.Gather<TRole>(stage.Run, stage.Masked(0), known, rowSize, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, ring), ring);
        }
    }
}
