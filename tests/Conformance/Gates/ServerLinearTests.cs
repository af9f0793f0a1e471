using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class ServerLinearTests
{
    private static readonly Gen<Case> Cases =
        from kind in Gen.Enum<Kind>()
        from ring in Gen.Int[2, 64]
        from low in Gen.Int[0, ring - 1]
        from n in Gen.Int[0, 3]
        from inputs in Gen.Int[1, kind == Kind.LookUp ? 150 : 20]
        from outputs in Gen.Int[1, 9]
        from rows in Gen.Int[0, 3]
        from row in Gen.Int[0, Math.Max(rows - 1, 0)]
        from values in Samples.Any(ring).Array[n * inputs]
        from weights in Samples.Weight.Array[Math.Max(rows, 1) * inputs * (kind == Kind.Scale ? 1 : outputs)]
        from seed in Gen.ULong
        let width = kind == Kind.Scale ? inputs : outputs
        select new Case(kind, ring, low, n, inputs, width, rows, rows == 0 ? -1 : row, values, weights, seed);

    private enum Kind
    {
        Linear,
        Scale,
        LookUp,
    }

    [Fact]
    public void TheProductIsExactBeforeTruncationAndRoundedByIt() => Cases.Sample(c =>
    {
        Transcript transcript = Executions.Run(new Program(c), c.Inputs(), c.Seed);
        ulong[] expected = c.Expected();
        ulong mask = RingWord.Mask(c.Ring);
        ulong rounded = RingWord.Mask(c.Ring - c.Low);
        for (int i = 0; i < expected.Length; i++)
        {
            ulong floor = (expected[i] & mask) >> c.Low;
            Assert.Contains(transcript.Values[0][i], c.Low == 0 ? [floor] : new[] { floor, (floor + 1) & rounded });
            Assert.Equal(floor, transcript.Clear[0][i]);
        }

        Expr opened = Open.OnlineBytes(expected.Length, c.Ring, c.Low);
        transcript.AssertCost(1, opened, 0, opened, ServerLinear.TapeBytes(expected.Length, c.Ring));
    }, iter: 300);

    [Fact]
    public void EachWeightMultipliesRowsOfItsOwnOrTheSameOnes() =>
        (from kind in Gen.Enum<Kind>()
         from ring in Gen.Int[2, 64]
         from count in Gen.Int[0, 4]
         from n in Gen.Int[0, 3]
         from inputs in Gen.Int[1, 20]
         from width in Gen.Int[1, 9]
         let outputs = kind == Kind.Scale ? inputs : width
         from first in Gen.Int[0, 2]
         from behind in Gen.Int[0, 2]
         from same in Gen.Bool
         from values in Samples.Any(ring).Array[(same ? 1 : count) * n * inputs]
         from weights in Samples.Weight.Array[(first + count + behind) * inputs * (kind == Kind.Scale ? 1 : outputs)]
         from seed in Gen.ULong
         select new Each(kind, ring, first, count, outputs, inputs, n, values, weights, seed)).Sample(c =>
        {
            Transcript transcript = Executions.Run(new EachProgram(c), c.Inputs(), c.Seed);
            ulong[] expected = c.Expected();
            Assert.Equal(expected, transcript.Values[0]);
            Assert.Equal(expected, transcript.Clear[0]);
            Expr opened = Open.OnlineBytes(expected.Length, c.Ring);
            transcript.AssertCost(1, opened, 0, opened, ServerLinear.TapeBytes(expected.Length, c.Ring));
        }, iter: 200);

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void ViewsOfSeveralWeightsAreUniform(int kind, bool same)
    {
        bool scales = kind == (int)Kind.Scale;
        Each zeros = new(
            (Kind)kind, 32, 1, 2, scales ? 2 : 3, 2, 2, Samples.Constant(0, same ? 4 : 8), new short[scales ? 6 : 18], 0);
        Each large = zeros with
        {
            Values = [.. zeros.Values.Select(_ => RingWord.Mask(32))], Weights = [.. zeros.Weights.Select(_ => short.MaxValue)],
        };
        Uniformity.Assert(new EachProgram(zeros), zeros.Inputs(), large.Inputs());
    }

    [Fact]
    public void WeightsThatAreNotThereAreRefused()
    {
        Each good = new(Kind.Linear, 32, 1, 2, 1, 2, 1, [1, 2, 3, 4], [1, 2, 3, 4, 5, 6], 0);
        Executions.Run(new EachProgram(good), good.Inputs());
        foreach (Each bad in (Each[])[good with { First = -1 }, good with { First = 2 }, good with { Count = 3 }, good with { N = 2, Count = 3 }])
        {
            Assert.Throws<ArgumentException>(() => Executions.Run(new EachProgram(bad), good.Inputs()));
        }
    }

    [Fact]
    public void ASumWithWeightsIsExactAndCostsNothing() =>
        (from ring in Gen.Int[2, 64]
         from low in Gen.Int[0, ring - 1]
         from count in Gen.Int[1, 9]
         from n in Gen.Int[0, 3]
         from first in Gen.Int[0, 4]
         from lift in Gen.Int[0, 40]
         from behind in Gen.Bool
         from values in Samples.Any(ring).Array[n * count]
         from weights in Samples.Weight.Array[first + count]
         from seed in Gen.ULong
         select new Sum(ring, behind ? low : 0, count, first, lift, behind, values, weights, seed)).Sample(c =>
        {
            short[] ones = [.. Enumerable.Repeat((short)1, c.Count)];
            Transcript transcript = Executions.Run(
                new SumProgram(c), Inputs.Of(c.Values, c.Ring).With(c.Weights, c.Weights.Length).With(ones, c.Count), c.Seed);
            for (int i = 0; i < c.Values.Length; i++)
            {
                ulong sum = c.Values[i] + ((ulong)(long)c.Weights[c.First + (i % c.Count)] << c.Lift);
                ulong floor = (sum & RingWord.Mask(c.Ring)) >> c.Low;
                Assert.Contains(
                    transcript.Values[0][i], c.Low == 0 ? [floor] : new[] { floor, (floor + 1) & RingWord.Mask(c.Ring - c.Low) });
                Assert.Equal(floor, transcript.Clear[0][i]);
            }

            Expr opened = Open.OnlineBytes(c.Values.Length, c.Ring - c.Low);
            transcript.AssertCost(1, opened, 0, opened, c.Behind ? ServerLinear.TapeBytes(c.Values.Length, c.Ring) : 0);
        }, iter: 200);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ViewsOfSumsAreUniform(bool behind)
    {
        Sum small = new(32, behind ? 8 : 0, 4, 0, 3, behind, Samples.Constant(0, 8), new short[4], 0);
        Sum large = small with
        {
            Values = Samples.Constant(RingWord.Mask(32), 8), Weights = [.. small.Weights.Select(_ => short.MaxValue)],
        };
        short[] ones = [1, 1, 1, 1];
        Uniformity.Assert(
            new SumProgram(small), Inputs.Of(small.Values, 32).With(small.Weights, 4).With(ones, 4),
            Inputs.Of(large.Values, 32).With(large.Weights, 4).With(ones, 4));
    }

    [Theory]
    [InlineData(-1, 4)]
    [InlineData(1, 4)]
    [InlineData(0, 3)]
    [InlineData(0, 0)]
    public void SummandsThatDoNotRepeatAlongTheValueAreRefused(int first, int count)
    {
        Sum c = new(32, 0, count, first, 0, false, Samples.Constant(1, 8), new short[4], 0);
        Assert.Throws<ArgumentException>(
            () => Executions.Run(new SumProgram(c), Inputs.Of(c.Values, 32).With(c.Weights, 4).With(new short[4], 4)));
    }

    /// <summary>Two layers: the second's prepared half depends on the mask that the first's opening left.</summary>
    [Fact]
    public void LayersChain()
    {
        short[] first = [1, 2, 3, 4, 5, 6];
        short[] second = [7, -8, 9, 10, -11, 12];
        ulong[] x = [5, 1UL << 32, 9];
        Transcript transcript = Executions.Run(new TwoLayers(), Inputs.Of(x, 48).With(first, 2, 3).With(second, 3, 2));
        ulong[] hidden = [.. Multiply(first, x).Select(y => y + 3)];
        ulong[] expected = [.. Multiply(second, hidden).Select(y => y & RingWord.Mask(48))];
        Assert.Equal(expected, transcript.Values[0]);
        Assert.Equal(expected, transcript.Clear[0]);

        static IEnumerable<ulong> Multiply(short[] weights, ulong[] x) =>
            weights.Chunk(x.Length).Select(row => row.Zip(x, (w, y) => (ulong)(long)w * y).Aggregate((a, b) => a + b));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void ViewsAreUniform(int kind)
    {
        bool scales = kind == (int)Kind.Scale;
        Case zeros = new((Kind)kind, 32, 8, 2, 4, scales ? 4 : 3, 0, -1, Samples.Constant(0, 8), new short[scales ? 4 : 12], 0);
        Case large = zeros with
        {
            Values = Samples.Constant(RingWord.Mask(32), 8), WeightValues = [.. zeros.WeightValues.Select(_ => short.MaxValue)],
        };
        Uniformity.Assert(new Program(zeros), zeros.Inputs(), large.Inputs());
    }

    [Fact]
    public void WrongSizesAreRefused()
    {
        Case good = new(Kind.Linear, 32, 0, 1, 2, 2, 2, 1, [1, 2], [1, 2, 3, 4, 5, 6, 7, 8], 0);
        Executions.Run(new Program(good), good.Inputs());
        foreach (Case bad in (Case[])[good with { Row = 2 }, good with { Row = -1 }, good with { Count = 2 }, good with { Outputs = 1 }])
        {
            Assert.Throws<ArgumentException>(() => Executions.Run(new Program(bad), good.Inputs()));
        }
    }

    private sealed record Case(
        Kind Kind, int Ring, int Low, int Count, int Columns, int Outputs, int Rows, int Row,
        ulong[] Values, short[] WeightValues, ulong Seed)
    {
        public Inputs Inputs()
        {
            int[] shape = Kind switch
            {
                Kind.Linear => [Outputs, Columns],
                Kind.Scale => [Columns],
                _ => [Columns, Outputs],
            };
            return Harness.Inputs.Of(Values, Ring).With(WeightValues, Rows == 0 ? shape : [Rows, .. shape]);
        }

        public ulong[] Expected()
        {
            int size = Columns * (Kind == Kind.Scale ? 1 : Outputs);
            ReadOnlySpan<short> w = WeightValues.AsSpan(Math.Max(Row, 0) * size, size);
            ulong[] y = new ulong[Count * Outputs];
            for (int i = 0; i < Count; i++)
            {
                for (int o = 0; o < Outputs; o++)
                {
                    for (int k = 0; k < Columns; k++)
                    {
                        long weight = Kind switch
                        {
                            Kind.Linear => w[(o * Columns) + k],
                            Kind.Scale => o == k ? w[k] : 0,
                            _ => w[(k * Outputs) + o],
                        };
                        y[(i * Outputs) + o] += (ulong)weight * Values[(i * Columns) + k];
                    }
                }
            }

            return y;
        }
    }

    private sealed class Program(Case c) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue x = stage.Masked(0);
            ResidentTensor w = stage.Weights(0);
            Address at = stage.Next();
            RingValue share = c.Kind switch
            {
                Kind.Linear => ServerLinear.Linear<TRole>(stage.Run, at, x, w, c.Row, c.Outputs, c.Columns, c.Count, c.Ring),
                Kind.Scale => ServerLinear.Scale<TRole>(stage.Run, at, x, w, c.Row, c.Columns, c.Count, c.Ring),
                _ => ServerLinear.LookUp<TRole>(stage.Run, at, x, w, c.Row, c.Columns, c.Outputs, c.Count, c.Ring),
            };
            stage.PutMasked(await stage.OpenAsync<TRole>(share, c.Ring, c.Low, fromServer: true), c.Ring - c.Low);
        }
    }

    private sealed record Sum(
        int Ring, int Low, int Count, int First, int Lift, bool Behind, ulong[] Values, short[] Weights, ulong Seed);

    /// <summary>A sum behind a product, or of a masked value.</summary>
    private sealed class SumProgram(Sum c) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue x = stage.Masked(0);
            int rows = c.Count == 0 ? 0 : x.Count / c.Count;
            RingValue share = c.Behind
                ? ServerLinear.Scale<TRole>(stage.Run, stage.Next(), x, stage.Weights(1), -1, c.Count, rows, c.Ring)
                : Local.ToAdditive<TRole>(stage.Run, x, c.Ring, Party.Server);
            RingValue sum = ServerLinear.Add<TRole>(stage.Run, share, stage.Weights(0), c.First, c.Count, c.Lift, c.Ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(sum, c.Ring, c.Low, fromServer: true), c.Ring - c.Low);
        }
    }

    /// <summary>y[e, i, j] = x[e, i, j] + w[first + e·size + j]·2^lift.</summary>
    [Fact]
    public void EachPartHasSummandsOfItsOwn() =>
        (from ring in Gen.Int[2, 64]
         from count in Gen.Int[0, 4]
         from n in Gen.Int[0, 3]
         from size in Gen.Int[1, 9]
         from first in Gen.Int[0, 4]
         from lift in Gen.Int[0, 40]
         from values in Samples.Any(ring).Array[count * n * size]
         from weights in Samples.Weight.Array[first + (count * size) + 1]
         from seed in Gen.ULong
         select (ring, count, n, size, first, lift, values, weights, seed)).Sample(c =>
        {
            Transcript transcript = Executions.Run(
                new EachSum(c.count, c.size, c.first, c.lift, c.ring), Inputs.Of(c.values, c.ring).With(c.weights, c.weights.Length), c.seed);
            ulong[] expected = [.. c.values.Select((v, i) =>
                (v + ((ulong)(long)c.weights[c.first + (i / (c.n * c.size) * c.size) + (i % c.size)] << c.lift)) & RingWord.Mask(c.ring))];
            Assert.Equal(expected, transcript.Values[0]);
            Assert.Equal(expected, transcript.Clear[0]);
        }, iter: 200);

    [Theory]
    [InlineData(-1, 2, 2)]
    [InlineData(2, 2, 2)]
    [InlineData(0, 3, 2)]
    [InlineData(0, 2, 0)]
    public void PartsWithoutSummandsAreRefused(int first, int count, int size) => Assert.Throws<ArgumentException>(() => Executions.Run(
        new EachSum(count, size, first, 0, 32), Inputs.Of(Samples.Constant(1, 8), 32).With(new short[5], 5)));

    private sealed class EachSum(int count, int size, int first, int lift, int ring) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue share = Local.ToAdditive<TRole>(stage.Run, stage.Masked(0), ring, Party.Server);
            RingValue sum = ServerLinear.AddEach<TRole>(stage.Run, share, stage.Weights(0), first, count, size, lift, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(sum, ring, 0, fromServer: true), ring);
        }
    }

    private sealed record Each(
        Kind Kind, int Ring, int First, int Count, int Outputs, int Columns, int N, ulong[] Values, short[] Weights, ulong Seed)
    {
        public Inputs Inputs()
        {
            int count = Weights.Length / (Columns * (Kind == Kind.Scale ? 1 : Outputs));
            return Harness.Inputs.Of(Values, Ring).With(Weights, Kind switch
            {
                Kind.Linear => [count, Outputs, Columns],
                Kind.Scale => [count, Columns],
                _ => [count, Columns, Outputs],
            });
        }

        public ulong[] Expected()
        {
            int step = Values.Length == N * Columns ? 0 : N;
            return
            [
                .. from e in Enumerable.Range(0, Count)
                   from i in Enumerable.Range(0, N)
                   from o in Enumerable.Range(0, Outputs)
                   select Enumerable.Range(0, Columns).Aggregate(0UL, (sum, k) => sum
                       + (Weight(First + e, o, k) * Values[(((e * step) + i) * Columns) + k]))
                       & RingWord.Mask(Ring),
            ];
        }

        private ulong Weight(int e, int o, int k) => (ulong)(long)(Kind switch
        {
            Kind.Linear => Weights[(((e * Outputs) + o) * Columns) + k],
            Kind.Scale => o == k ? Weights[(e * Columns) + k] : (short)0,
            _ => Weights[(((e * Columns) + k) * Outputs) + o],
        });
    }

    private sealed class EachProgram(Each c) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue x = stage.Masked(0);
            ResidentTensor w = stage.Weights(0);
            Address at = stage.Next();
            RingValue share = c.Kind switch
            {
                Kind.Linear => ServerLinear.LinearEach<TRole>(
                    stage.Run, at, x, w, c.First, c.Count, c.Outputs, c.Columns, c.N, c.Ring),
                Kind.Scale => ServerLinear.ScaleEach<TRole>(stage.Run, at, x, w, c.First, c.Count, c.Columns, c.N, c.Ring),
                _ => ServerLinear.LookUpEach<TRole>(stage.Run, at, x, w, c.First, c.Count, c.Columns, c.Outputs, c.N, c.Ring),
            };
            stage.PutMasked(await stage.OpenAsync<TRole>(share, c.Ring, 0, fromServer: true), c.Ring);
        }
    }

    private sealed class TwoLayers : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue share = ServerLinear.Linear<TRole>(stage.Run, stage.Next(), stage.Masked(0), stage.Weights(0), -1, 2, 3, 1, 48);
            RingValue biased = Local.AddConstant<TRole>(stage.Run, share, 3, 48);
            RingValue hidden = await stage.OpenAsync<TRole>(biased, 48, 0, fromServer: true);
            share = ServerLinear.Linear<TRole>(stage.Run, stage.Next(), hidden, stage.Weights(1), -1, 3, 2, 1, 48);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, 48, 0, fromServer: true), 48);
        }
    }
}
