using System;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Execution;

public sealed class PublicTensorTests
{
    private static readonly Gen<(int Ring, long Otherwise, bool[] Mask, ulong[] Values, ulong Seed)> Masks =
        from ring in Gen.Int[2, 64]
        from otherwise in Gen.OneOf(Gen.Const(0L), Gen.Long)
        from mask in Gen.Bool.Array[0, 20]
        from values in Samples.Any(ring).Array[mask.Length]
        from seed in Gen.ULong
        select (ring, otherwise, mask, values, seed);

    [Fact]
    public void WhereKeepsOrReplaces() => Masks.Sample(c =>
    {
        Transcript transcript = Executions.Run(new Where(c.Ring, c.Otherwise, c.Mask), Inputs.Of(c.Values, c.Ring), c.Seed);
        ulong[] expected = [.. c.Values.Select((x, i) => c.Mask[i] ? x : (ulong)c.Otherwise & RingWord.Mask(c.Ring))];
        Assert.Equal(expected, transcript.Values[0]);
        Assert.Equal(expected, transcript.Clear[0]);
        transcript.AssertCost(0, 0, 0);
    }, iter: 100);

    /// <summary>Each pair turns by position · theta^(−2i/size), within the rounding of the coefficients.</summary>
    [Fact]
    public void RotaryTurnsPairs()
    {
        const int Rows = 3;
        const int Heads = 2;
        const int Size = 6;
        const int First = 5;
        const double Theta = 10_000;
        const int Bits = 14;
        const int Ring = 40;
        Random random = new(3);
        long[] plain = [.. Enumerable.Range(0, Rows * Heads * Size).Select(_ => (long)random.Next(-4000, 4000))];
        ulong[] raw = [.. plain.Select(x => (ulong)x & RingWord.Mask(Ring))];
        Transcript transcript = Executions.Run(new Rotary([Rows, Heads, Size], First, Theta, Bits, Ring), Inputs.Of(raw, Ring));
        for (int i = 0; i < plain.Length; i += 2)
        {
            int row = i / (Heads * Size);
            int pair = i % Size / 2;
            (double sine, double cosine) = Math.SinCos((First + row) * Math.Pow(Theta, -2.0 * pair / Size));
            double a = (plain[i] * cosine) - (plain[i + 1] * sine);
            double b = (plain[i] * sine) + (plain[i + 1] * cosine);
            foreach (ulong[] output in (ulong[][])[transcript.Values[0], transcript.Clear[0]])
            {
                Assert.InRange(Math.ScaleB(RingWord.SignExtend(output[i], Ring), -Bits), a - 0.5, a + 0.5);
                Assert.InRange(Math.ScaleB(RingWord.SignExtend(output[i + 1], Ring), -Bits), b - 0.5, b + 0.5);
            }
        }
    }

    [Fact]
    public void PublicTensorsAreTheSameInEveryRole()
    {
        // Three queries, the newest of five tokens.
        ulong[] causal = [1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1];
        Transcript transcript = Executions.Run(new Constants(), new Inputs());
        Assert.Equal([causal, [0, 1, 2, 3], [0xFFFB, 0xFFFB]], transcript.Values);
        Assert.Equal(transcript.Values, transcript.Clear);
    }

    private sealed class Where(int ring, long otherwise, bool[] mask) : GateProgram
    {
        public override ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue kept = new([.. mask.Select(m => m ? 1UL : 0)], null, mask.Length);
            stage.PutMasked(PublicTensors.Where<TRole>(stage.Run, stage.Masked(0), kept, otherwise, ring), ring);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Rotary(int[] shape, int first, double theta, int bits, int ring) : GateProgram
    {
        public override ValueTask RunAsync<TRole>(Stage stage)
        {
            stage.PutMasked(PublicTensors.Rotary(stage.Run, stage.Masked(0), shape, first, theta, bits, ring), ring);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Constants : GateProgram
    {
        public override ValueTask RunAsync<TRole>(Stage stage)
        {
            foreach (RingValue tensor in (RingValue[])
                [PublicTensors.Causal(stage.Run, 3, 5), PublicTensors.Iota(stage.Run, 4), PublicTensors.Constant(stage.Run, 2, -5)])
            {
                stage.PutMasked(Local.FromPublic<TRole>(stage.Run, tensor.First, 16), 16);
            }

            return ValueTask.CompletedTask;
        }
    }
}
