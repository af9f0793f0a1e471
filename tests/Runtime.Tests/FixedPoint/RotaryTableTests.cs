using System;
using System.Linq;
using CsCheck;
using MPCache.FixedPoint;
using Xunit;

namespace MPCache.Runtime.Tests.FixedPoint;

public class RotaryTableTests
{
    [Fact]
    public void EntriesAreCorrectToHalfAUnit() =>
        Gen.Select(Gen.Int[1, 64], Gen.Double[1, 1e6], Gen.Long[0, 1 << 20], Gen.Int[1, 48]).Sample((pairs, theta, first, scale) =>
        {
            (long[] cosines, long[] sines) = Table(2 * pairs, theta, first, 2, scale);
            Fixed logarithm = FixedMath.Log(Fixed.FromDouble(theta));
            foreach (int entry in new[] { 0, pairs - 1, pairs, (2 * pairs) - 1 })
            {
                Fixed position = first + (entry / pairs);
                Fixed angle = position * FixedMath.Exp(-(logarithm * (2 * (entry % pairs)) / (2 * pairs)));
                Near(FixedMath.Cos(angle), cosines[entry], scale);
                Near(FixedMath.Sin(angle), sines[entry], scale);
            }
        }, iter: 200);

    [Fact]
    public void APositionDoesNotDependOnItsNeighbours()
    {
        (long[] cosines, long[] sines) = Table(64, 10000, 0, 100, 16);
        for (int position = 0; position < 100; position += 7)
        {
            (long[] cosine, long[] sine) = Table(64, 10000, position, 1, 16);
            Assert.Equal(cosines.Skip(32 * position).Take(32), cosine);
            Assert.Equal(sines.Skip(32 * position).Take(32), sine);
        }
    }

    [Fact]
    public void AgreesWithFloatingPoint()
    {
        (long[] cosines, long[] sines) = Table(8, 500000, 4000, 20, 30);
        for (int entry = 0; entry < cosines.Length; entry++)
        {
            double angle = (4000 + (entry / 4)) * Math.Pow(500000, -2.0 * (entry % 4) / 8);
            Assert.Equal(Math.Cos(angle), Math.ScaleB(cosines[entry], -30), 1e-9);
            Assert.Equal(Math.Sin(angle), Math.ScaleB(sines[entry], -30), 1e-9);
        }
    }

    [Fact]
    public void PositionZeroDoesNotTurn()
    {
        (long[] cosines, long[] sines) = Table(128, 10000, 0, 1, 20);
        Assert.All(cosines, cosine => Assert.Equal(1 << 20, cosine));
        Assert.All(sines, sine => Assert.Equal(0, sine));
    }

    [Theory]
    [InlineData(7, 10000.0, 0, 1, 16)]
    [InlineData(0, 10000.0, 0, 1, 16)]
    [InlineData(8, 0.5, 0, 1, 16)]
    [InlineData(8, double.NaN, 0, 1, 16)]
    [InlineData(8, double.PositiveInfinity, 0, 1, 16)]
    [InlineData(8, 10000.0, -1, 1, 16)]
    [InlineData(8, 10000.0, 0, -1, 16)]
    [InlineData(8, 10000.0, 0, 1, 0)]
    [InlineData(8, 10000.0, 0, 1, 49)]
    public void ParametersAreChecked(int headSize, double theta, long first, int count, int scale) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RotaryTable.Fill(headSize, theta, first, count, scale, new long[4], new long[4]));

    [Fact]
    public void LengthsAreChecked()
    {
        Assert.Throws<ArgumentException>(() => RotaryTable.Fill(8, 10000, 0, 2, 16, new long[7], new long[8]));
        Assert.Throws<ArgumentException>(() => RotaryTable.Fill(8, 10000, 0, 2, 16, new long[8], new long[9]));
    }

    private static (long[] Cosines, long[] Sines) Table(int headSize, double theta, long first, int count, int scale)
    {
        long[] cosines = new long[count * headSize / 2];
        long[] sines = new long[cosines.Length];
        RotaryTable.Fill(headSize, theta, first, count, scale, cosines, sines);
        return (cosines, sines);
    }

    private static void Near(Fixed expected, long raw, int scale)
    {
        double error = (Fixed.FromRaw(raw, scale) - expected).ToDouble();
        Assert.InRange(Math.ScaleB(error, scale), -0.501, 0.501);
    }
}
