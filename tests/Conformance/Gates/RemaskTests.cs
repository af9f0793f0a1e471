using System;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using Xunit;

namespace MPCache.Conformance.Gates;

/// <summary>Rows at positions that only became known online.</summary>
public sealed class RemaskTests
{
    /// <summary>Rows in groups, and slots that name rows, some of them unused and some the same.</summary>
    private static readonly Gen<Case> Cases =
        from ring in Gen.Int[1, 64]
        from rowSize in Gen.Int[1, 5]
        from groups in Gen.Int[0, 4]
        from rows in Gen.Int[0, 9]
        from slots in Gen.Int[0, 7]
        from positions in Gen.Int[-1, rows - 1].Array[groups * slots]
        from seed in Gen.ULong
        select new Case(ring, rowSize, groups, rows, slots, positions, seed);

    private static readonly Gen<(Case Case, ulong[] Values)> Gathers =
        from c in Cases
        from values in Samples.Any(c.Ring).Array[c.Groups * c.Rows * c.RowSize]
        select (c, values);

    private static readonly Gen<(Case Case, ulong[] Values)> Scatters =
        from c in Cases
        from values in Samples.Any(c.Ring).Array[c.Groups * c.Slots * c.RowSize]
        select (c, values);

    [Fact]
    public void RowsAreTakenAtPositionsThatTheDealerNeverSees() => Gathers.Sample(x =>
    {
        (Case c, ulong[] values) = x;
        Gather program = new(c.Ring, c.RowSize, c.Rows, new Positions(c.Positions, c.Groups, c.Slots));
        Transcript transcript = Executions.Run(program, Inputs.Of(values, c.Ring), c.Seed);
        ulong[] expected = [.. c.Positions.SelectMany((row, slot) => row < 0
            ? new ulong[c.RowSize]
            : values.Skip(((slot / c.Slots * c.Rows) + row) * c.RowSize).Take(c.RowSize))];
        foreach (int output in (int[])[0, 1, 2])
        {
            Assert.Equal(expected, transcript.Values[output]);
            Assert.Equal(expected, transcript.Clear[output]);
        }

        Contract.Expr opened = 3 * Open.OnlineBytes(expected.Length, c.Ring);
        transcript.AssertCost(4, opened + OpenTo.OnlineBytes(values.Length, c.Ring), opened, 0, 0);
    }, iter: 150);

    [Fact]
    public void RowsArePutAtPositionsThatTheDealerNeverSees() => Scatters.Sample(x =>
    {
        (Case c, ulong[] values) = x;
        Scatter program = new(c.Ring, c.RowSize, c.Rows, new Positions(c.Positions, c.Groups, c.Slots));
        Transcript transcript = Executions.Run(program, Inputs.Of(values, c.Ring), c.Seed);
        ulong[] expected = new ulong[c.Groups * c.Rows * c.RowSize];
        for (int i = 0; i < values.Length; i++)
        {
            int slot = i / c.RowSize;
            if (c.Positions[slot] >= 0)
            {
                ref ulong z = ref expected[(((slot / c.Slots * c.Rows) + c.Positions[slot]) * c.RowSize) + (i % c.RowSize)];
                z = (z + values[i]) & Ring.RingWord.Mask(c.Ring);
            }
        }

        foreach (int output in (int[])[0, 1, 2])
        {
            Assert.Equal(expected, transcript.Values[output]);
            Assert.Equal(expected, transcript.Clear[output]);
        }

        Contract.Expr opened = 3 * Open.OnlineBytes(expected.Length, c.Ring);
        transcript.AssertCost(4, opened + OpenTo.OnlineBytes(values.Length, c.Ring), opened, 0, 0);
    }, iter: 150);

    [Theory]
    [InlineData(3)]
    [InlineData(-2)]
    public void PositionsOutsideAreRefused(int row)
    {
        Positions positions = new([0, row], 1, 2);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Executions.Run(new Gather(16, 2, 3, positions), Inputs.Of([1, 2, 3, 4, 5, 6], 16)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Executions.Run(new Scatter(16, 2, 3, positions), Inputs.Of([1, 2, 3, 4], 16)));
    }

    [Fact]
    public void OtherLengthsAreRefused()
    {
        Positions positions = new([0, 1], 1, 2);
        Assert.Throws<ArgumentException>(() => Executions.Run(new Gather(16, 2, 3, positions), Inputs.Of([1, 2, 3, 4, 5], 16)));
        Assert.Throws<ArgumentException>(() => Executions.Run(new Scatter(16, 2, 3, positions), Inputs.Of([1, 2, 3], 16)));
    }

    /// <summary>Its server's share would have to count x̂, which the server cannot tell from a masked value's.</summary>
    [Fact]
    public void AValueThatTheServerHoldsIsRefused() =>
        Assert.Throws<ArgumentException>(() => Executions.Run(new FromServer(), Inputs.Of([1, 2, 3], 16)));

    [Fact]
    public void ViewsAreUniform()
    {
        Uniformity.Assert(
            new Gather(32, 2, 4, new Positions([1, 1, -1, 3], 1, 4)),
            Inputs.Of(Samples.Constant(0, 8), 32), Inputs.Of(Samples.Constant(0x7FFF_FFFF, 8), 32));
        Uniformity.Assert(
            new Scatter(32, 2, 4, new Positions([3, -1, 0], 1, 3)),
            Inputs.Of(Samples.Constant(0, 6), 32), Inputs.Of(Samples.Constant(0x7FFF_FFFF, 6), 32));
    }

    /// <summary>What dealer and rehearsal are given has the right length and no position.</summary>
    private static Positions Known<TRole>(Positions positions)
        where TRole : IRole => TRole.IsDealer || TRole.IsRehearsal ? positions with { Rows = null } : positions;

    private sealed record Case(int Ring, int RowSize, int Groups, int Rows, int Slots, int[] Positions, ulong Seed);

    /// <summary>Rows of a masked value, of an additive one and of one that the client holds.</summary>
    private sealed class Gather(int ring, int rowSize, int rows, Positions positions) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            Positions known = Known<TRole>(positions);
            RingValue x = stage.Masked(0);
            RingValue share = Remask.Gather<TRole>(stage.Run, x, known, rows, rowSize, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, ring), ring);
            share = Remask.GatherShare<TRole>(stage.Run, Local.ToAdditive<TRole>(stage.Run, x, ring), known, rows, rowSize, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, ring), ring);
            RingValue held = await stage.OpenToAsync<TRole>(Local.ToAdditive<TRole>(stage.Run, x, ring), ring, 0, Party.Client);
            share = Remask.Gather<TRole>(stage.Run, held, known, rows, rowSize, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, ring), ring);
        }
    }

    private sealed class Scatter(int ring, int rowSize, int rows, Positions positions) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            Positions known = Known<TRole>(positions);
            RingValue x = stage.Masked(0);
            RingValue share = Remask.Scatter<TRole>(stage.Run, x, known, rows, rowSize, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, ring), ring);
            share = Remask.ScatterShare<TRole>(stage.Run, Local.ToAdditive<TRole>(stage.Run, x, ring), known, rows, rowSize, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, ring), ring);
            RingValue held = await stage.OpenToAsync<TRole>(Local.ToAdditive<TRole>(stage.Run, x, ring), ring, 0, Party.Client);
            share = Remask.Scatter<TRole>(stage.Run, held, known, rows, rowSize, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, ring), ring);
        }
    }

    private sealed class FromServer : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue share = Local.ToAdditive<TRole>(stage.Run, stage.Masked(0), 16);
            RingValue held = await stage.OpenToAsync<TRole>(share, 16, 0, Party.Server);
            Remask.Gather<TRole>(stage.Run, held, Known<TRole>(new Positions([1], 1, 1)), 3, 1, 16);
        }
    }
}
