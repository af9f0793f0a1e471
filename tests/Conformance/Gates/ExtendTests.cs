using System;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class ExtendTests
{
    private static readonly Gen<(int From, int To, ulong[] Values, ulong Seed)> Cases =
        from @from in Gen.Int[2, 63]
        from to in Gen.Int[@from + 1, 64]
        from values in Samples.Within(-(1L << (@from - 2)), (1L << (@from - 2)) - 1, @from).Array[0, 40]
        from seed in Gen.ULong
        select (@from, to, values, seed);

    [Fact]
    public void TheSignedValueIsKept() => Cases.Sample(c =>
    {
        Transcript transcript = Executions.Run(new ExtendAndOpen(c.From, c.To), Inputs.Of(c.Values, c.From), c.Seed);
        long[] expected = Samples.Signed(c.Values, c.From);
        foreach (int output in (int[])[0, 1])
        {
            Assert.Equal(expected, Samples.Signed(transcript.Values[output], c.To));
            Assert.Equal(expected, Samples.Signed(transcript.Clear[output], c.To));
        }

        transcript.AssertCost(1, Open.OnlineBytes(c.Values.Length, c.To), Extend.TapeBytes(c.Values.Length, c.From, c.To));
    }, iter: 200);

    /// <summary>Every value and, over the seeds, every mask of a small ring.</summary>
    [Fact]
    public void SmallRingsAreExact()
    {
        ulong[] values = [.. Enumerable.Range(-4, 8).Select(x => (ulong)x & 15)];
        for (ulong seed = 0; seed < 100; seed++)
        {
            Transcript transcript = Executions.Run(new ExtendAndOpen(4, 9), Inputs.Of(values, 4), seed);
            Assert.Equal(Samples.Signed(values, 4), Samples.Signed(transcript.Values[1], 9));
        }
    }

    [Fact]
    public void ViewsAreUniform() =>
        Uniformity.Assert(new ExtendAndOpen(16, 40), Inputs.Of(Samples.Constant(0, 4), 16), Inputs.Of(Samples.Constant(0x3FFF, 4), 16));

    [Theory]
    [InlineData(1, 8)]
    [InlineData(16, 16)]
    [InlineData(16, 65)]
    public void OtherRingsAreRefused(int from, int to) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Executions.Run(new ExtendAndOpen(from, to), Inputs.Of([1], from)));

    private sealed class ExtendAndOpen(int from, int to) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue share = Extend.Start<TRole>(stage.Run, stage.Next(), stage.Masked(0), from, to);
            stage.PutAdditive(share, to);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, to), to);
        }
    }
}
