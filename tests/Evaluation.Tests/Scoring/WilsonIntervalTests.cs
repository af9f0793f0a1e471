using MPCache.Evaluation.Scoring;
using Xunit;

namespace MPCache.Evaluation.Tests.Scoring;

public sealed class WilsonIntervalTests
{
    // Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void IsAsPublished(int successes, int trials, double low, double high)
    {
        WilsonInterval interval = WilsonInterval.Of(successes, trials);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);

        WilsonInterval mirrored = WilsonInterval.Of(trials - successes, trials);
        Assert.Equal(1 - high, mirrored.Low, 4);
        Assert.Equal(1 - low, mirrored.High, 4);
    }

    [Fact]
    public void SaysNothingWithoutTrials() => Assert.Equal(new WilsonInterval(0, 1), WilsonInterval.Of(0, 0));
}
