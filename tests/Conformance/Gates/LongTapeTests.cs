using System;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.FixedPoint;
using MPCache.Gates;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Gates;

/// <summary>Tapes of several segments: whatever a gate deals in pieces, the parties and the rehearsal find their way through it.</summary>
public sealed class LongTapeTests
{
    private const int Count = 50_001;

    [Fact]
    public void GatesInARowOnManyElements()
    {
        ulong[] values = [.. Enumerable.Range(0, Count).Select(i => (ulong)(i * 7919 % 8000))];
        Transcript transcript = Executions.Run(new Everything(), Inputs.Of(values, 16));
        Assert.Equal(Samples.Pack(1, [.. values.Select(x => x < 4000)]), transcript.Values[0]);
        Assert.Equal(values.Select(x => x < 4000 ? x : 0), transcript.Values[1]);
        for (int i = 0; i < Count; i++)
        {
            double polynomial = Math.ScaleB(RingWord.SignExtend(transcript.Values[2][i], 40), -24);
            double x = Math.ScaleB(values[i], -8);
            Assert.InRange(polynomial - (x / (1 + Math.Exp(-x))), -0.01, 0.01);
        }

        Assert.True(transcript.TapeBytes > 3 << 20);
    }

    private sealed class Everything : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue x = stage.Masked(0);
            BitValue digits = await stage.OpenBitsAsync<TRole>(Compare.Digits<TRole>(stage.Run, stage.Next(), x, 16, [4000]));
            BitValue sign = await stage.OpenBitsAsync<TRole>(Compare.Combine<TRole>(stage.Run, stage.Next(), digits, 16));
            stage.PutBits(sign);
            stage.PutAdditive(Select.Choose<TRole>(stage.Run, stage.Next(), sign, x, 1, 16), 16);

            // 2^13 inputs of 8 fraction bits, in 2^7 pieces and one that no input reaches.
            PiecewiseTable table = PiecewiseFit.Fit(ScalarFunction.Silu, 0, 8, 6, 8, 2, 24);
            RingValue argument = Local.Narrow(stage.Run, x, 14);
            RingValue lookup = Piecewise.Lookup<TRole>(stage.Run, stage.Next(), argument, table, 40);
            RingValue opened = await stage.OpenAsync<TRole>(lookup, 40);
            stage.PutAdditive(Piecewise.Combine<TRole>(stage.Run, stage.Next(), lookup, opened, argument, table, 40), 40);
        }
    }
}
