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

public sealed class OctavesTests
{
    private static readonly Gen<(int Ring, int First, int Octaves, int Point, ulong[] Values, ulong Seed)> Cases =
        from first in Gen.Int[0, 10]
        from octaves in Gen.Int[1, 10]
        from point in Gen.Int[2, 14]
        from extra in Gen.Int[0, 6]
        let ring = Math.Min(64, Math.Max((2 * (first + octaves)) + 2, point) + extra)
        from values in Samples.Within(1L << (2 * first), (1L << (2 * (first + octaves))) - 1, ring).Array[0, 40]
        from seed in Gen.ULong
        select (ring, first, octaves, point, values, seed);

    /// <summary>In its own octave a value is normalised, to the floor or one more.</summary>
    [Fact]
    public void AValueIsNormalisedInItsOctave() => Cases.Sample(c =>
    {
        int kept = c.Point + 3;
        Transcript transcript = Executions.Run(
            new Spread(c.Ring, c.First, c.Octaves, c.Point, kept), Inputs.Of(c.Values, c.Ring), c.Seed);
        for (int i = 0; i < c.Values.Length; i++)
        {
            int octave = ((int)ulong.Log2(c.Values[i]) / 2) - c.First;
            double y = Math.ScaleB(c.Values[i], c.Point - (2 * (octave + c.First))) - Math.ScaleB(1, c.Point);
            int at = (octave * c.Values.Length) + i;
            Assert.InRange(transcript.Values[0][at], Math.Floor(y), Math.Floor(y) + 1);
            Assert.Equal((ulong)Math.Floor(y), transcript.Clear[0][at]);
        }

        transcript.AssertCost(0, 0, 0);
    }, iter: 200);

    /// <summary>From the last value down, the differences lead to each of the lifted values.</summary>
    [Fact]
    public void StepsLeadFromTheLastValueToEach() => (
        from octaves in Gen.Int[1, 6]
        from power in Gen.Int[1, 2]
        from count in Gen.Int[0, 9]
        from ring in Gen.Int[8, 64]
        from values in Samples.Any(ring).Array[octaves * count]
        from seed in Gen.ULong
        select (octaves, power, count, ring, values, seed)).Sample(c =>
        {
            Transcript transcript = Executions.Run(new Steps(c.octaves, c.power, c.ring), Inputs.Of(c.values, c.ring), c.seed);
            for (int i = 0; i < c.count; i++)
            {
                ulong value = c.values[((c.octaves - 1) * c.count) + i];
                for (int octave = c.octaves - 2; octave >= 0; octave--)
                {
                    value += transcript.Values[0][(octave * c.count) + i];
                    ulong lifted = c.values[(octave * c.count) + i] << (c.power * (c.octaves - 1 - octave));
                    Assert.Equal(lifted & RingWord.Mask(c.ring), value & RingWord.Mask(c.ring));
                }
            }
        }, iter: 100);

    private sealed class Spread(int ring, int first, int octaves, int point, int kept) : GateProgram
    {
        public override ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue spread = Octaves.Spread<TRole>(stage.Run, stage.Masked(0), ring, first, octaves, point, kept);
            stage.PutUnshared(spread, kept);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Steps(int octaves, int power, int ring) : GateProgram
    {
        public override ValueTask RunAsync<TRole>(Stage stage)
        {
            stage.PutMasked(Octaves.Steps(stage.Run, stage.Masked(0), octaves, power, ring), ring);
            return ValueTask.CompletedTask;
        }
    }
}
