using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Bench.Kernels;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;
using Xunit;

namespace MPCache.Bench.Tests;

/// <summary>How kernels are measured, and the yardstick among them.</summary>
public sealed class KernelTests
{
    [Fact]
    public void TheYardstickIsAMatrixTimesAVector()
    {
        const int rows = 7, columns = 96;
        short[] weights = [.. Enumerable.Range(0, rows * columns).Select(i => (short)((i * 7919 % 4001) - 2000))];
        float[] x = [.. Enumerable.Range(0, columns).Select(i => (i % 5) - 2f)];
        float[] y = new float[rows];

        PlainLinear.Multiply(weights, x, y);

        Assert.Equal(weights.Chunk(columns).Select(row => row.Zip(x, (w, v) => w * v).Sum()), y);
        Assert.Throws<ArgumentException>(() => PlainLinear.Multiply(weights.AsSpan(1), x, y));
    }

    [Theory]
    [InlineData(2.0, 1.0, 3.0, new[] { 3.0, 1.0, 2.0 })]
    [InlineData(2.5, 1.0, 4.0, new[] { 4.0, 1.0, 2.0, 3.0 })]
    public void RepetitionsAreDescribedByMedianShortestAndLongest(double median, double min, double max, double[] seconds) =>
        Assert.Equal(new Timing(median, min, max, seconds.Length), Timing.Of(seconds));

    [Fact]
    public void AKernelIsHeldAgainstItsRoof()
    {
        long runs = 0;
        Kernel roof = new("roof", "", 1000, "things", () => runs++);
        Kernel kernel = new("kernel", "", 10, "values", () => runs++) { Least = new Need("roof", 500) };
        Kernel other = new("other", "", 10, "values", () => throw new InvalidOperationException("is left out"));

        IReadOnlyList<KernelLine> lines = new KernelRunner(3, _ => { }).Run([[roof]], [[kernel, other]], "kern");

        Assert.Equal(["roof", "kernel"], lines.Select(l => l.Name));
        Assert.True(runs > 6);
        Assert.Null(lines[0].Fraction);
        Assert.Equal(500 / lines[0].Rate / lines[1].Seconds.Median, lines[1].Fraction!.Value, 1e-12);
        Assert.Equal(3, lines[1].Seconds.Runs);
    }

    [Fact]
    public void AKernelIsHeldAgainstTheLoopWrittenByHand()
    {
        (long runs, long byHand) = (0, 0);
        Kernel kernel = new("kernel", "", 10, "values", () => runs++) { ByHand = () => byHand++ };

        IReadOnlyList<KernelLine> lines = new KernelRunner(3, _ => { }).Run([], [[kernel]], null);

        Assert.Equal(["kernel", "kernel, by hand"], lines.Select(l => l.Name));
        Assert.True(runs > 3 && byHand > 3);
        Assert.Equal("by hand", lines[0].Roof);
        Assert.Equal(lines[1].Seconds.Median / lines[0].Seconds.Median, lines[0].Fraction!.Value, 1e-12);
        Assert.Null(lines[1].Fraction);
    }

    [Theory]
    [InlineData(12, 16)]
    [InlineData(64, 64)]
    public void FusedLoopsComputeWhatThoseByHandDo(int rows, int length)
    {
        foreach (CombinationPair pair in CombinationKernels.Pairs(rows, length))
        {
            (ulong[] fused, ulong[] byHand) = pair.Results();
            Assert.Equal(byHand, fused);
        }
    }

    [Fact]
    public void AFilterThatFitsNothingIsAnError()
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => new KernelRunner(1, _ => { }).Run([], [], "none"));
        Assert.Contains("no kernel has 'none'", error.Message, StringComparison.Ordinal);
    }
}
