using System;
using System.Linq;
using System.Numerics;
using CsCheck;
using MPCache.FixedPoint;
using Xunit;

namespace MPCache.Runtime.Tests.FixedPoint;

public class PiecewiseFitTests
{
    // The error that the design's own interpolation in floating point finds (checks/more.py, part H) at the same pieces.
    [Theory]
    [InlineData(ScalarFunction.Silu, -16, 12, 10, 7, 2, 2.0e-4)]
    [InlineData(ScalarFunction.Silu, -16, 12, 9, 8, 2, 2.5e-5)]
    [InlineData(ScalarFunction.Silu, -16, 12, 9, 8, 3, 6.3e-7)]
    [InlineData(ScalarFunction.Silu, -16, 12, 11, 6, 1, 3.1e-2)]
    [InlineData(ScalarFunction.Gelu, -16, 12, 10, 7, 2, 5.0e-4)]
    [InlineData(ScalarFunction.Gelu, -16, 12, 9, 8, 3, 2.0e-6)]
    [InlineData(ScalarFunction.Reciprocal, 1, 14, 10, 6, 2, 5.1e-5)]
    [InlineData(ScalarFunction.Reciprocal, 1, 14, 9, 7, 2, 7.0e-6)]
    [InlineData(ScalarFunction.ReciprocalSqrt, 1, 14, 10, 6, 2, 1.6e-5)]
    public void ErrorsAreThoseOfTheDesign(ScalarFunction function, int low, int scale, int lowBits, int highBits, int degree, double error)
    {
        PiecewiseTable table = PiecewiseFit.Fit(function, (long)low << scale, scale, lowBits, highBits, degree, 56);
        Assert.InRange(table.MaximumError, error * 0.93, error * 1.07);
    }

    [Theory]
    [InlineData(ScalarFunction.Silu, -65536, 12, 10, 7, 2, 34)]
    [InlineData(ScalarFunction.Reciprocal, 16384, 14, 10, 6, 2, 34)]
    [InlineData(ScalarFunction.Tanh, -1024, 8, 5, 6, 1, 16)]
    [InlineData(ScalarFunction.Sigmoid, -8192, 10, 8, 6, 3, 40)]
    [InlineData(ScalarFunction.Exp, -4096, 10, 8, 4, 4, 40)]
    [InlineData(ScalarFunction.ReciprocalSqrt, 3, 4, 0, 3, 0, 20)]
    public void AMaskedLookupStaysWithinTheStatedError(
        ScalarFunction function, long low, int inputScale, int lowBits, int highBits, int degree, int fractionBits)
    {
        PiecewiseTable table = PiecewiseFit.Fit(function, low, inputScale, lowBits, highBits, degree, fractionBits);
        Assert.Equal((low, inputScale, lowBits, highBits, degree, fractionBits),
            (table.Low, table.InputScale, table.LowBits, table.HighBits, table.Degree, table.FractionBits));
        Assert.Equal(low + (1L << (lowBits + highBits)) - (1L << lowBits), table.High);
        int bits = lowBits + highBits;
        long inside = (1L << lowBits) - 1;
        Gen<long> inputs = Gen.Frequency((8, Gen.Long[low, table.High]), (1, Gen.Const(low)), (1, Gen.Const(table.High)));
        Gen.Select(inputs, Gen.Long[0, (1L << bits) - 1])
            .Sample((x, mask) =>
            {
                // The gate: x is opened as X + r; the piece is the difference of the high digits, δ that of the low ones.
                long opened = (x - low + mask) & ((1L << bits) - 1);
                long piece = ((opened >> lowBits) - (mask >> lowBits)) & ((1L << highBits) - 1);
                long delta = (opened & inside) - (mask & inside);
                BigInteger sum = 0;
                for (int k = degree; k >= 0; k--)
                {
                    sum = (sum * delta) + table.Coefficients[k][piece];
                }

                double expected = function.Definition()(Fixed.FromRaw(x, inputScale)).ToDouble();
                double error = Math.Abs(Math.ScaleB((double)sum, -fractionBits) - expected);
                Assert.True(error <= (table.MaximumError * 1.1) + 1e-12, $"error {error} at {x}, mask {mask}; stated {table.MaximumError}");
            });
    }

    [Fact]
    public void TheStatedErrorIncludesTheRoundingOfCoefficients()
    {
        // 0.3·2^(26 − 24) = 1.2 is stored as 1: 0.2·δ²·2^−26 is missing, and its half at the edge, 0.1·2^18·2^−26, is made up for by the
        // coefficient that is constant. What stays is as much at δ = 0 and, the other way, at the edge.
        PiecewiseTable table = PiecewiseFit.Fit(static x => x * x * 3 / 10, -65536, 12, 9, 8, 2, 26);
        double missing = 0.1 * 512 * 512 / (1 << 26);
        Assert.InRange(table.MaximumError, missing - 1e-5, missing + 1e-5);
    }

    [Fact]
    public void PolynomialsAreReproduced()
    {
        PiecewiseTable table = PiecewiseFit.Fit(static x => (x * x * 3) - (x * 2) + 1, -1024, 8, 7, 4, 2, 40);
        Assert.InRange(table.MaximumError, 0, 1e-12);
        for (int piece = 0; piece < 16; piece++)
        {
            // f(e + δ/256) = f(e) + f'(e)·δ/256 + 3·(δ/256)²
            double edge = (-1024 + (128 * piece)) / 256.0;
            Assert.Equal((long)(((edge * edge * 3) - (edge * 2) + 1) * (1L << 40)), table.Coefficients[0][piece]);
            Assert.Equal((long)(((6 * edge) - 2) * (1L << 32)), table.Coefficients[1][piece]);
            Assert.Equal(3L << 24, table.Coefficients[2][piece]);
        }
    }

    [Fact]
    public void FunctionsAreNotEvaluatedBesideTheirDomain()
    {
        Fixed lowest = 1;
        Fixed highest = 1 + (Fixed.One * 15 / 2);
        PiecewiseTable table = PiecewiseFit.Fit(
            x => x >= lowest && x <= highest ? FixedMath.Log(x) : throw new InvalidOperationException("outside"), 256, 8, 7, 4, 3, 40);
        Assert.Equal((1 + 7.5) * 256, table.High);
        Assert.InRange(table.MaximumError, 1e-5, 1e-2);
    }

    [Fact]
    public void TablesAreKept()
    {
        Assert.Same(
            PiecewiseFit.Fit(ScalarFunction.Tanh, -1024, 8, 5, 6, 2, 30), PiecewiseFit.Fit(ScalarFunction.Tanh, -1024, 8, 5, 6, 2, 30));
        Assert.NotSame(
            PiecewiseFit.Fit(ScalarFunction.Tanh, -1024, 8, 5, 6, 2, 30), PiecewiseFit.Fit(ScalarFunction.Sigmoid, -1024, 8, 5, 6, 2, 30));
    }

    // A digest of all coefficients: what reaches the wire must be the same on every platform and in every version.
    [Fact]
    public void TablesAreTheSameEverywhere()
    {
        ulong digest = 14695981039346656037;
        foreach (ScalarFunction function in Enum.GetValues<ScalarFunction>())
        {
            PiecewiseTable table = PiecewiseFit.Fit(function, 4096, 12, 8, 5, 3, 40);
            foreach (long coefficient in table.Coefficients.SelectMany(row => row))
            {
                digest = (digest ^ (ulong)coefficient) * 1099511628211;
            }
        }

        Assert.Equal(1062479647878279144UL, digest);
    }

    [Fact]
    public void ParametersAreChecked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PiecewiseFit.Fit(ScalarFunction.Reciprocal, 0, 8, 5, 6, 2, 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => PiecewiseFit.Fit(ScalarFunction.ReciprocalSqrt, -5, 8, 5, 6, 2, 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => PiecewiseFit.Fit(ScalarFunction.Silu, 0, 63, 5, 6, 2, 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => PiecewiseFit.Fit(ScalarFunction.Silu, 0, 8, 41, 6, 2, 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => PiecewiseFit.Fit(ScalarFunction.Silu, 0, 8, 5, 0, 2, 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => PiecewiseFit.Fit(ScalarFunction.Silu, 0, 8, 5, 15, 2, 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => PiecewiseFit.Fit(ScalarFunction.Silu, 0, 8, 5, 6, 9, 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => PiecewiseFit.Fit(ScalarFunction.Silu, 0, 8, 5, 6, 2, 63));
        Assert.Throws<ArgumentOutOfRangeException>(() => PiecewiseFit.Fit(ScalarFunction.Silu, long.MaxValue, 8, 5, 6, 2, 30));
        Assert.Throws<ArgumentException>(() => PiecewiseFit.Fit(ScalarFunction.Exp, 0, 0, 2, 4, 2, 30));
        Assert.Throws<ArgumentNullException>(() => PiecewiseFit.Fit(null!, 0, 8, 5, 6, 2, 30));
    }
}
