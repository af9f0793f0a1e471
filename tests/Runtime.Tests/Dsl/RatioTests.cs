using System;
using System.Globalization;
using System.Numerics;
using CsCheck;
using Xunit;

namespace MPCache.Runtime.Tests.Dsl;

public class RatioTests
{
    [Fact]
    public void Seven_percent_of_a_hundred_is_seven()
    {
        Assert.Equal(8, (int)Math.Ceiling(0.07 * 100));
        Assert.Equal(7, Ratio.Parse("0.07").CeilOf(100));
        Assert.Equal(7, Ratio.Parse("0.07").FloorOf(100));
        Assert.Equal(8, Ratio.Parse("0.07").CeilOf(101));
        Assert.Equal(7, Ratio.Parse("0.07").FloorOf(101));
    }

    [Fact]
    public void Shares_are_exact()
    {
        Gen.Select(Gen.Long[0, 999_999], Gen.Int[0, 6], Gen.Int[0, 1000]).Sample((digits, places, n) =>
        {
            string text = digits.ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
            text = places == 0 ? text : $"{text[..^places]}.{text[^places..]}";
            Ratio ratio = Ratio.Parse(text);
            BigInteger power = BigInteger.Pow(10, places);
            BigInteger floor = BigInteger.DivRem(digits * (BigInteger)n, power, out BigInteger rest);
            Assert.Equal(floor, ratio.FloorOf(n));
            Assert.Equal(rest.IsZero ? floor : floor + 1, ratio.CeilOf(n));
            Assert.Equal(ratio, Ratio.Parse(ratio.ToString()));
            Assert.Equal(digits * (BigInteger)ratio.Denominator, ratio.Numerator * power);
        });
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("000.000", "0")]
    [InlineData("1", "1")]
    [InlineData("0.50", "0.5")]
    [InlineData("12.0625", "12.0625")]
    [InlineData("999999999999999999", "999999999999999999")]
    [InlineData("0.00000000000000001", "0.00000000000000001")]
    public void Text_is_the_shortest_that_reads_back(string text, string shortest)
    {
        Assert.Equal(shortest, Ratio.Parse(text).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("-0.5")]
    [InlineData("+1")]
    [InlineData("1e-2")]
    [InlineData("0,07")]
    [InlineData("7%")]
    [InlineData(" 1")]
    [InlineData("1.2.3")]
    [InlineData("٧")]
    [InlineData("0.000000000000000001")]
    [InlineData("1234567890123456789")]
    public void Other_text_is_refused(string text)
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => Ratio.Parse(text));
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
        Assert.False(Ratio.TryParse(text, out Ratio ratio));
        Assert.Equal(default, ratio);
    }

    [Fact]
    public void Equal_numbers_are_equal_however_written()
    {
        Ratio half = Ratio.Parse("0.5");
        Assert.Equal(half, Ratio.Parse("00.500"));
        Assert.Equal(half.GetHashCode(), Ratio.Parse("0.500").GetHashCode());
        Assert.True(half == Ratio.Parse("0.50") && half != Ratio.Parse("0.51"));
        Assert.False(half.Equals((object)"0.5"));
        Assert.Equal(default, Ratio.Parse("0"));
        Assert.Equal(Ratio.Parse("0").GetHashCode(), default(Ratio).GetHashCode());
        Assert.Equal("0", default(Ratio).ToString());
        Assert.Equal(0, default(Ratio).CeilOf(5));
    }

    [Fact]
    public void Order_is_that_of_the_numbers()
    {
        Gen.Select(Gen.Int[0, 9999], Gen.Int[0, 9999], Gen.Int[0, 4], Gen.Int[0, 4]).Sample((a, b, placesA, placesB) =>
        {
            decimal left = a / (decimal)Math.Pow(10, placesA);
            decimal right = b / (decimal)Math.Pow(10, placesB);
            Ratio x = Ratio.Parse(left.ToString(CultureInfo.InvariantCulture));
            Ratio y = Ratio.Parse(right.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(left.CompareTo(right), Math.Sign(x.CompareTo(y)));
            Assert.Equal(left < right, x < y);
            Assert.Equal(left > right, x > y);
            Assert.Equal(left <= right, x <= y);
            Assert.Equal(left >= right, x >= y);
        });
        Assert.True(Ratio.Parse("999999999999999999") > Ratio.Parse("99999999999999999.9"));
    }

    [Fact]
    public void A_share_is_of_a_count_and_fits_one()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Ratio.Parse("0.5").CeilOf(-1));
        Assert.Equal(int.MaxValue, Ratio.Parse("1").FloorOf(int.MaxValue));
        Assert.Throws<MPCacheException>(() => Ratio.Parse("1.0000001").CeilOf(int.MaxValue));
        Assert.Throws<MPCacheException>(() => Ratio.Parse("999999999999999999").FloorOf(int.MaxValue));
    }
}
