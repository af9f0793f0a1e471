using System;
using System.Globalization;
using System.Numerics;
using CsCheck;
using MPCache.FixedPoint;
using Xunit;

namespace MPCache.Runtime.Tests.FixedPoint;

public class FixedMathTests
{
    private const double DoubleError = 1e-14;

    // The documented bound, 2^−95.
    private static readonly BigInteger Bound = Series.One >> 95;

    [Fact]
    public void Constants()
    {
        Assert.Equal(Digits("3243F6A8885A308D313198A2E03707344A4093822299F31D0082EFA98EC4E6C89"), FixedConstants.Pi);
        Assert.Equal(Digits("0B17217F7D1CF79ABC9E3B39803F2F6AF40F343267298B62D8A0D175B8BAAFA2B"), FixedConstants.LogTwo);
        BigInteger product = FixedConstants.TwoOverRootPi * FixedConstants.TwoOverRootPi * FixedConstants.Pi;
        Assert.True(BigInteger.Abs(product - (BigInteger.One << (2 + (3 * FixedConstants.Bits)))) >> (2 * FixedConstants.Bits) <= 8);
    }

    [Fact]
    public void Exp()
    {
        Compare(FixedMath.Exp, Series.Exp, -75, 40);
        Doubles(FixedMath.Exp, Math.Exp, -30, 30);
        Assert.Equal(Fixed.One, FixedMath.Exp(0));
        Assert.Equal(Fixed.Zero, FixedMath.Exp(-100_000));
        Fixed largest = FixedMath.Exp(FixedMath.LargestExponent);
        BigInteger reference = Series.Exp(1024 * Series.One);
        Assert.True(BigInteger.Abs(Widen(largest) - reference) << 95 <= reference);
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.Exp(1025));
    }

    [Fact]
    public void Log()
    {
        Doubles(FixedMath.Log, Math.Log, 1e-12, 1e6);
        Assert.Equal(Fixed.Zero, FixedMath.Log(1));

        // e^(ln x) = x: the exponential's series is the reference, and turns the logarithm's error into a relative one.
        Gen.Select(Gen.Double[1, 2], Gen.Int[-30, 90]).Sample((mantissa, exponent) =>
        {
            Fixed x = Fixed.FromDouble(Math.ScaleB(mantissa, exponent));
            BigInteger back = Series.Exp(Widen(FixedMath.Log(x)));
            Assert.True(BigInteger.Abs(back - Widen(x)) << 95 <= Widen(x) * Math.Max(1, Math.Abs(exponent)));
        }, iter: 60);
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.Log(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.Log(-1));
    }

    [Fact]
    public void Sin()
    {
        Compare(FixedMath.Sin, Series.Sin, -60, 60);
        Doubles(FixedMath.Sin, Math.Sin, -1000, 1000);
        Assert.Equal(Fixed.Zero, FixedMath.Sin(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.Sin(1L << 48));
    }

    [Fact]
    public void Cos()
    {
        Compare(FixedMath.Cos, Series.Cos, -60, 60);
        Doubles(FixedMath.Cos, Math.Cos, -1000, 1000);
        Assert.Equal(Fixed.One, FixedMath.Cos(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.Cos(-(1L << 48)));
    }

    [Fact]
    public void LargeAnglesAreReducedExactly()
    {
        // Whole turns, taken from a circle constant with many more bits than the functions have.
        Gen.Long[-(1L << 44), 1L << 44].Sample(turns =>
        {
            Fixed angle = Fixed.FromRaw(Rounding.Shift(Series.Pi * turns * 2, Series.Bits - Fixed.FractionBits));
            BigInteger rest = Widen(angle) - (Series.Pi * turns * 2);
            Assert.True(BigInteger.Abs(Widen(FixedMath.Sin(angle)) - rest) <= Bound);
        });
    }

    [Fact]
    public void Sqrt() => Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, 128]).Sample((high, low, shift) =>
    {
        Fixed x = Fixed.FromRaw((((BigInteger)high << 64) | low) >> shift);
        BigInteger twice = FixedMath.Sqrt(x).Raw * 2;
        BigInteger square = x.Raw << (Fixed.FractionBits + 2);
        Assert.True((twice == 0 || (twice - 1) * (twice - 1) < square) && (twice + 1) * (twice + 1) > square);

        // The roots of squares come out exactly.
        Fixed whole = (long)(high >> 40);
        Assert.Equal(whole, FixedMath.Sqrt(whole * whole));
    });

    [Fact]
    public void InverseSqrt()
    {
        Gen.Select(Gen.Double[1, 4], Gen.Int[-40, 60]).Sample((mantissa, exponent) =>
        {
            Fixed x = Fixed.FromDouble(Math.ScaleB(mantissa, exponent));
            BigInteger root = Series.Root(Series.One * Series.One / Widen(x) * Series.One);
            Assert.True(BigInteger.Abs(Widen(FixedMath.InverseSqrt(x)) - root) <= Bound);
        }, iter: 50);
        Doubles(FixedMath.InverseSqrt, x => 1 / Math.Sqrt(x), 1e-3, 1e6);
        Assert.Equal(Fixed.One / 2, FixedMath.InverseSqrt(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.InverseSqrt(Fixed.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.Sqrt(-1));
    }

    [Fact]
    public void Reciprocal()
    {
        Doubles(FixedMath.Reciprocal, x => 1 / x, 1e-3, 1e6);
        Assert.Equal(-Fixed.One / 8, FixedMath.Reciprocal(-8));
        Assert.Throws<DivideByZeroException>(() => FixedMath.Reciprocal(Fixed.Zero));
    }

    [Fact]
    public void Tanh()
    {
        Compare(FixedMath.Tanh, x => (Series.Exp(x) - Series.Exp(-x)) * Series.One / (Series.Exp(x) + Series.Exp(-x)), -45, 45);
        Doubles(FixedMath.Tanh, Math.Tanh, -20, 20);
        Gen.Double[-50, 50].Sample(x => Assert.Equal(-FixedMath.Tanh(Fixed.FromDouble(x)), FixedMath.Tanh(Fixed.FromDouble(-x))));
        Assert.Equal(Fixed.One, FixedMath.Tanh(1_000_000));
        Assert.Equal(-Fixed.One, FixedMath.Tanh(-1_000_000));
        Assert.Equal(Fixed.Zero, FixedMath.Tanh(0));
    }

    [Fact]
    public void Sigmoid()
    {
        Compare(FixedMath.Sigmoid, x => Series.One * Series.One / (Series.One + Series.Exp(-x)), -75, 75);
        Doubles(FixedMath.Sigmoid, x => 1 / (1 + Math.Exp(-x)), -30, 30);
        Assert.Equal(Fixed.One / 2, FixedMath.Sigmoid(0));
        Assert.Equal(Fixed.One, FixedMath.Sigmoid(1_000_000));
        Assert.Equal(Fixed.Zero, FixedMath.Sigmoid(-1_000_000));
    }

    [Fact]
    public void Erf()
    {
        Compare(FixedMath.Erf, Series.Erf, -10, 10);
        Compare(FixedMath.Erf, Series.Erf, 2.9, 3.1);
        Compare(FixedMath.Erf, Series.Erf, 8.5, 9.1);
        Gen.Double[-12, 12].Sample(x => Assert.Equal(-FixedMath.Erf(Fixed.FromDouble(x)), FixedMath.Erf(Fixed.FromDouble(-x))), iter: 30);
        Assert.Equal(Fixed.Zero, FixedMath.Erf(0));
        Assert.Equal(Fixed.One, FixedMath.Erf(9));
        Assert.Equal(-Fixed.One, FixedMath.Erf(-1_000_000));
    }

    [Fact]
    public void SessionConstants() => Gen.Select(Gen.Long[1, 1L << 40], Gen.Int[0, 62]).Sample((n, scale) =>
    {
        // 2r ± 1 lies on either side of twice the exact value.
        BigInteger twice = 2 * (BigInteger)FixedMath.InverseSqrt(n, scale);
        BigInteger square = BigInteger.One << ((2 * scale) + 2);
        Assert.True((twice == 0 || (twice - 1) * (twice - 1) * n <= square) && (twice + 1) * (twice + 1) * n > square);
        twice = 2 * (BigInteger)FixedMath.Reciprocal(n, scale);
        BigInteger exact = BigInteger.One << (scale + 1);
        Assert.True((twice - 1) * n <= exact && (twice + 1) * n > exact);
    });

    [Theory]
    [InlineData(1, 12, 4096, 4096)]
    [InlineData(64, 16, 8192, 1024)]
    [InlineData(8, 12, 1448, 512)]
    [InlineData(3, 62, 2662558164157085850, 1537228672809129301)]
    public void KnownSessionConstants(long n, int scale, long inverseRoot, long reciprocal)
    {
        Assert.Equal(inverseRoot, FixedMath.InverseSqrt(n, scale));
        Assert.Equal(reciprocal, FixedMath.Reciprocal(n, scale));
    }

    [Fact]
    public void SessionConstantsNeedAPositiveNumberAndAScale()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.InverseSqrt(0, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.Reciprocal(-1, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.Reciprocal(1, 63));
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.InverseSqrt(1, -1));
    }

    [Fact]
    public void TheLanguagesFunctions()
    {
        Doubles(ScalarFunction.Silu.Definition(), x => x / (1 + Math.Exp(-x)), -16, 16);
        Doubles(ScalarFunction.Reciprocal.Definition(), x => 1 / x, 0.01, 16);
        Doubles(ScalarFunction.ReciprocalSqrt.Definition(), x => 1 / Math.Sqrt(x), 0.01, 16);
        Doubles(ScalarFunction.Exp.Definition(), Math.Exp, -16, 16);
        Doubles(ScalarFunction.Tanh.Definition(), Math.Tanh, -16, 16);
        Doubles(ScalarFunction.Sigmoid.Definition(), x => 1 / (1 + Math.Exp(-x)), -16, 16);
        Compare(
            ScalarFunction.Gelu.Definition(),
            x => x * (Series.One + Series.Erf(x * Series.One / Series.Root(2 * Series.One * Series.One))) / (2 * Series.One),
            -12,
            12,
            slack: 16);
        Assert.Throws<ArgumentOutOfRangeException>(() => ((ScalarFunction)99).Definition());
    }

    // The slack is for functions composed of others, whose errors a factor multiplies.
    private static void Compare(
        Func<Fixed, Fixed> function, Func<BigInteger, BigInteger> reference, double low, double high, int slack = 1) =>
        Gen.Frequency((9, Gen.Double[low, high]), (1, Gen.Double[-1e-9, 1e-9])).Sample(
            x =>
            {
                Fixed argument = Fixed.FromDouble(x);
                BigInteger expected = reference(Widen(argument));
                BigInteger allowed = Bound * slack * BigInteger.Max(Series.One, BigInteger.Abs(expected)) / Series.One;
                BigInteger error = BigInteger.Abs(Widen(function(argument)) - expected);
                Assert.True(error <= allowed, string.Create(CultureInfo.InvariantCulture, $"wrong at {x:R}"));
            },
            iter: 60);

    private static void Doubles(Func<Fixed, Fixed> function, Func<double, double> reference, double low, double high) =>
        Gen.Double[low, high].Sample(
            x =>
            {
                double expected = reference(x);
                Assert.InRange(
                    function(Fixed.FromDouble(x)).ToDouble(),
                    expected - (DoubleError * Math.Max(1, Math.Abs(expected))),
                    expected + (DoubleError * Math.Max(1, Math.Abs(expected))));
            });

    private static BigInteger Widen(Fixed x) => x.Raw << (Series.Bits - Fixed.FractionBits);

    private static BigInteger Digits(string hexadecimal) =>
        BigInteger.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
