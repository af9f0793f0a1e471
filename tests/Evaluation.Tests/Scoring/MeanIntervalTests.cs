using System;
using MPCache.Evaluation.Scoring;
using Xunit;

namespace MPCache.Evaluation.Tests.Scoring;

/// <summary>Intervals of means.</summary>
public sealed class MeanIntervalTests
{
    // Quantiles of Student's distribution from tables: of values with deviation 1, the half interval times the root of their number.
    [Theory]
    [InlineData(2, 12.7062)]
    [InlineData(3, 4.3027)]
    [InlineData(4, 3.1824)]
    [InlineData(5, 2.7764)]
    [InlineData(20, 2.0930)]
    [InlineData(101, 1.9840)]
    public void AgreesWithTables(int count, double quantile)
    {
        double[] values = new double[count];
        values[0] = Math.Sqrt(count);
        MeanInterval interval = MeanInterval.Of(values);

        Assert.Equal(1 / Math.Sqrt(count), interval.Mean, 12);
        Assert.Equal(quantile, (interval.High!.Value - interval.Mean) * Math.Sqrt(count), 0.01);
        Assert.Equal(interval.Mean, (interval.High.Value + interval.Low!.Value) / 2, 12);
    }

    [Fact]
    public void OneValueHasNoInterval() => Assert.Equal(new MeanInterval(3, null, null), MeanInterval.Of([3]));

    [Fact]
    public void ExponentialsKeepTheOrder() =>
        Assert.Equal(new MeanInterval(1, Math.Exp(-1), Math.E), new MeanInterval(0, -1, 1).Exp());
}
