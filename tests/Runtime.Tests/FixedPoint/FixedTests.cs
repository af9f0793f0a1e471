using System;
using System.Linq;
using System.Numerics;
using CsCheck;
using MPCache.FixedPoint;
using Xunit;

namespace MPCache.Runtime.Tests.FixedPoint;

public class FixedTests
{
    private static readonly Gen<BigInteger> Raws =
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Bool)
            .Select((bytes, negative) => new BigInteger(bytes, isUnsigned: true) * (negative ? -1 : 1));

    [Fact]
    public void ArithmeticRoundsToNearestEven() => Gen.Select(Raws, Raws).Sample((a, b) =>
    {
        Fixed x = Fixed.FromRaw(a);
        Fixed y = Fixed.FromRaw(b);
        BigInteger one = BigInteger.One << Fixed.FractionBits;
        Assert.Equal(a + b, (x + y).Raw);
        Assert.Equal(a - b, (x - y).Raw);
        Assert.Equal(-a, (-x).Raw);
        AssertNearestEven(a * b, one, (x * y).Raw);
        if (!b.IsZero)
        {
            AssertNearestEven(a * one, b, (x / y).Raw);
        }

        Assert.Equal(a.CompareTo(b), x.CompareTo(y));
        Assert.Equal(a < b, x < y);
        Assert.Equal(a <= b, x <= y);
        Assert.Equal(a > b, x > y);
        Assert.Equal(a >= b, x >= y);
        Assert.Equal(a == b, x == y);
        Assert.Equal(a != b, x != y);
        Assert.Equal(a == b, x.Equals((object)y));
    });

    [Fact]
    public void ScalesConvertToNearestEven() => Gen.Select(Raws, Gen.Int[-20, 200]).Sample((raw, scale) =>
    {
        BigInteger up = BigInteger.One << Math.Max(0, Fixed.FractionBits - scale);
        BigInteger down = BigInteger.One << Math.Max(0, scale - Fixed.FractionBits);
        AssertNearestEven(raw * up, down, Fixed.FromRaw(raw, scale).Raw);
        AssertNearestEven(raw * down, up, Fixed.FromRaw(raw).ToRaw(scale));
    });

    [Theory]
    [InlineData(1, 2, 0)]
    [InlineData(3, 2, 2)]
    [InlineData(5, 2, 2)]
    [InlineData(-1, 2, 0)]
    [InlineData(-3, 2, -2)]
    [InlineData(7, 4, 2)]
    [InlineData(-5, 4, -1)]
    public void TiesGoToEven(int numerator, int denominator, int expected) =>
        Assert.Equal(expected, Fixed.FromRatio(numerator, denominator).ToRaw(0));

    [Fact]
    public void DoublesRoundTrip() => Gen.Select(Gen.Double[1, 2], Gen.Int[-44, 900], Gen.Bool).Sample((mantissa, exponent, negative) =>
    {
        double value = Math.ScaleB(negative ? -mantissa : mantissa, exponent);
        Assert.Equal(value, Fixed.FromDouble(value).ToDouble());
    });

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(double.Epsilon, 0.0)]
    [InlineData(double.MaxValue, double.MaxValue)]
    [InlineData(double.MinValue, double.MinValue)]
    [InlineData(1.0, 1.0)]
    [InlineData(-0.1, -0.1)]
    public void ExtremeDoubles(double value, double back) => Assert.Equal(back, Fixed.FromDouble(value).ToDouble());

    [Fact]
    public void DoublesAreNearestEven()
    {
        BigInteger odd = (BigInteger.One << 53) + 1;
        foreach (int power in new[] { 0, 3, 60 })
        {
            double unit = Math.ScaleB(1, power - Fixed.FractionBits);
            Assert.Equal(Math.ScaleB(1, 53) * unit, Fixed.FromRaw(odd << power).ToDouble());
            Assert.Equal((Math.ScaleB(1, 53) + 4) * unit, Fixed.FromRaw((odd + 2) << power).ToDouble());
            Assert.Equal(Math.ScaleB(1, 54) * unit, Fixed.FromRaw(((BigInteger.One << 54) - 1) << power).ToDouble());
        }

        Assert.Equal((Math.ScaleB(1, 53) + 2) * Math.ScaleB(1, -96 + 7), Fixed.FromRaw((odd << 7) + 1).ToDouble());
        Assert.Equal(double.NegativeInfinity, Fixed.FromRaw(-(BigInteger.One << (1024 + 96))).ToDouble());
    }

    [Fact]
    public void NumbersWithoutAValueAreRejected()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Fixed.FromDouble(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Fixed.FromDouble(double.NegativeInfinity));
        Assert.Throws<DivideByZeroException>(() => Fixed.One / Fixed.Zero);
        Assert.Throws<DivideByZeroException>(() => Fixed.FromRatio(1, 0));
    }

    [Fact]
    public void TextIsInvariant() => Assert.Equal("-0.5", (Fixed.One / -2).ToString());

    [Fact]
    public void BitLengthsAndRoots() => Raws.Sample(raw =>
    {
        BigInteger value = BigInteger.Abs(raw);
        Assert.Equal(value.GetBitLength(), Rounding.BitLength(value));
        BigInteger root = Rounding.SquareRoot(value);
        Assert.True(root * root <= value && (root + 1) * (root + 1) > value);
    });

    private static void AssertNearestEven(BigInteger numerator, BigInteger denominator, BigInteger quotient)
    {
        BigInteger twice = BigInteger.Abs((numerator - (quotient * denominator)) * 2);
        BigInteger limit = BigInteger.Abs(denominator);
        Assert.True(twice < limit || (twice == limit && quotient.IsEven), $"{numerator}/{denominator} became {quotient}");
    }
}
