using System;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.FixedPoint;
using MPCache.Gates;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class PiecewiseTests
{
    /// <summary>Polynomials without a meaning: the gate evaluates whatever integers a table holds.</summary>
    private static readonly Gen<(PiecewiseTable Table, int Ring, int Low, ulong[] Values, ulong Seed)> Cases =
        from lowBits in Gen.Int[1, 12]
        from highBits in Gen.Int[1, 8]
        from degree in Gen.Int[0, 4]
        from ring in Gen.Int[2, 64]
        from low in Gen.Int[0, ring - 1]
        from coefficients in Gen.Long.Array[1 << highBits].Array[degree + 1]
        from values in Samples.Within(0, ((1L << lowBits) * ((1L << highBits) - 1)) - 1, lowBits + highBits).Array[0, 20]
        from seed in Gen.ULong
        select (new PiecewiseTable(0, 0, lowBits, highBits, degree, 0, coefficients, 0), ring, low, values, seed);

    /// <summary>Exactly the polynomial of the piece's left edge or that of its right edge.</summary>
    [Fact]
    public void TheValueIsOneOfTwoPolynomialsExactly() => Cases.Sample(c =>
    {
        Inputs inputs = Inputs.Of(c.Values, c.Table.LowBits + c.Table.HighBits);
        Transcript transcript = Executions.Run(new Function(c.Table, c.Ring, c.Low, 0), inputs, c.Seed);
        ulong mask = RingWord.Mask(c.Ring);
        for (int i = 0; i < c.Values.Length; i++)
        {
            int piece = (int)(c.Values[i] >> c.Table.LowBits);
            ulong delta = c.Values[i] & RingWord.Mask(c.Table.LowBits);
            ulong left = Polynomial(c.Table, piece, delta) & mask;
            ulong right = Polynomial(c.Table, piece + 1, delta - (1UL << c.Table.LowBits)) & mask;
            Assert.Contains(transcript.Values[0][i], delta == 0 ? [left] : new[] { left, right });
            Assert.Equal(left, transcript.Clear[0][i]);
            ulong floor = transcript.Values[0][i] >> c.Low;
            Assert.Contains(transcript.Values[1][i], c.Low == 0 ? [floor] : new[] { floor, (floor + 1) & RingWord.Mask(c.Ring - c.Low) });
            Assert.Equal(left >> c.Low, transcript.Clear[1][i]);
        }

        AssertCost(transcript, c.Values.Length, c.Table, c.Ring, c.Low);
    }, iter: 250);

    /// <summary>The functions of the language with the tables that programs use.</summary>
    [Theory]
    [InlineData(ScalarFunction.Silu, -(16L << 10), 10, 8, 7, 2, 28, 34)]
    [InlineData(ScalarFunction.Gelu, -(16L << 10), 10, 8, 7, 2, 28, 34)]
    [InlineData(ScalarFunction.Reciprocal, 1L << 14, 14, 10, 6, 2, 34, 37)]
    [InlineData(ScalarFunction.ReciprocalSqrt, 1L << 14, 14, 10, 6, 2, 34, 37)]
    public void FunctionsStayWithinTheTablesError(
        ScalarFunction function, long low, int scale, int lowBits, int highBits, int degree, int bits, int ring)
    {
        PiecewiseTable table = PiecewiseFit.Fit(function, low, scale, lowBits, highBits, degree, bits);
        int span = (1 << lowBits) * ((1 << highBits) - 1);
        ulong[] values = [.. Enumerable.Range(0, 2000).Select(i => (ulong)((long)i * (span - 1) / 1999))];
        Transcript transcript = Executions.Run(new Function(table, ring, 9, 0), Inputs.Of(values, lowBits + highBits));

        // The error was measured on a grid; between its points it is a little larger.
        double bound = (1.1 * table.MaximumError) + Math.ScaleB(1, -bits);
        for (int i = 0; i < values.Length; i++)
        {
            double x = Math.ScaleB((long)values[i] + low, -scale);
            double value = Math.ScaleB(RingWord.SignExtend(transcript.Values[0][i], ring), -bits);
            Assert.InRange(value - Plain(function, x), -bound, bound);
        }
    }

    /// <summary>A mask that the dealer alone knows is enough.</summary>
    [Fact]
    public void TruncationBeforeItIsFree()
    {
        PiecewiseTable table = PiecewiseFit.Fit(ScalarFunction.Silu, -(8L << 8), 8, 6, 6, 2, 24);
        ulong[] values = [.. Enumerable.Range(0, 400).Select(i => (ulong)(i * 600))];
        Transcript transcript = Executions.Run(new Function(table, 32, 0, 6), Inputs.Of(values, 18));
        for (int i = 0; i < values.Length; i++)
        {
            double expected = Plain(ScalarFunction.Silu, Math.ScaleB(values[i], -14) - 8);
            double value = Math.ScaleB(RingWord.SignExtend(transcript.Values[0][i], 32), -24);
            Assert.InRange(value - expected, -table.MaximumError - 0.005, table.MaximumError + 0.005);
        }

        AssertCost(transcript, values.Length, table, 32);
    }

    [Fact]
    public void ViewsAreUniform()
    {
        PiecewiseTable table = PiecewiseFit.Fit(ScalarFunction.Gelu, -(4L << 8), 8, 6, 5, 2, 24);
        Uniformity.Assert(new Function(table, 32, 8, 0), Inputs.Of(Samples.Constant(0, 8), 11), Inputs.Of(Samples.Constant(1900, 8), 11));
    }

    private static void AssertCost(Transcript transcript, int count, PiecewiseTable table, int ring, int low = 0) => transcript.AssertCost(
        2, Open.OnlineBytes(count * (table.Degree + 1), ring) + Open.OnlineBytes(count, ring, low),
        Piecewise.LookupTapeBytes(count, table.HighBits) + Piecewise.CombineTapeBytes(count, table.Degree, ring));

    private static ulong Polynomial(PiecewiseTable table, int piece, ulong delta)
    {
        ulong value = 0;
        for (int k = table.Degree; k >= 0; k--)
        {
            value = (value * delta) + (ulong)table.Coefficients[k][piece];
        }

        return value;
    }

    private static double Plain(ScalarFunction function, double x) => function switch
    {
        ScalarFunction.Silu => x / (1 + Math.Exp(-x)),
        ScalarFunction.Gelu => x * NormalDistribution(x),
        ScalarFunction.Reciprocal => 1 / x,
        _ => 1 / Math.Sqrt(x),
    };

    /// <summary>Φ(x) by Simpson's rule from 0.</summary>
    private static double NormalDistribution(double x)
    {
        const int Steps = 2000;
        double h = x / Steps;
        double sum = 0;
        for (int i = 0; i <= Steps; i++)
        {
            double t = i * h;
            sum += (i is 0 or Steps ? 1 : i % 2 == 0 ? 2 : 4) * Math.Exp(-t * t / 2);
        }

        return 0.5 + (sum * h / 3 / Math.Sqrt(2 * Math.PI));
    }

    private sealed class Function(PiecewiseTable table, int ring, int low, int cut) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue x = stage.Masked(0);
            if (cut > 0)
            {
                x = Truncate.Unshared<TRole>(stage.Run, x, table.LowBits + table.HighBits + cut, cut);
            }

            RingValue lookup = Piecewise.Lookup<TRole>(stage.Run, stage.Next(), x, table, ring);
            RingValue opened = await stage.OpenAsync<TRole>(lookup, ring);
            RingValue combined = Piecewise.Combine<TRole>(stage.Run, stage.Next(), lookup, opened, x, table, ring);
            stage.PutAdditive(combined, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(combined, ring, low), ring - low);
        }
    }
}
