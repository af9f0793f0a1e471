using System;
using System.Linq;
using Xunit;
using static MPCache.Runtime.Tests.Dsl.Reference;

namespace MPCache.Runtime.Tests.Dsl;

public class ReductionTests
{
    private readonly Tensor _cube = Reference.Random(1, 2, 3, 5);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(-1, 2)]
    [InlineData(-2, 1)]
    [InlineData(-3, 0)]
    public void The_reduced_axis_stays_with_size_one(int axis, int along)
    {
        int[] shape = [2, 3, 5];
        int size = shape[along];
        shape[along] = 1;
        double[] Line(int[] index)
        {
            return [.. Enumerable.Range(0, size).Select(i =>
            {
                int[] place = [.. index];
                place[along] = i;
                return At(_cube, place);
            })];
        }

        Equal(shape, i => Line(i).Sum(), _cube.Sum(axis));
        Equal(shape, i => Line(i).Average(), _cube.Mean(axis));
        Equal(shape, i => Line(i).Max(), _cube.Max(axis), relative: 0);
        Equal(shape, i => Line(i).Min(), _cube.Min(axis), relative: 0);
    }

    [Fact]
    public void Sums_accumulate_in_double()
    {
        // In floats 2^24 + 1 + … + 1 stays 2^24.
        float[] values = new float[1001];
        Array.Fill(values, 1f);
        values[0] = 1 << 24;
        Assert.Equal((1 << 24) + 1000f, Tensor.From(values, 1001).Sum(0).Values[0]);
        Assert.Equal((float)(((1 << 24) + 1000) / 1001.0), Tensor.From(values, 1001).Mean(-1).Values[0]);
    }

    [Fact]
    public void An_empty_axis_sums_to_zero_and_has_no_mean_or_extreme()
    {
        Tensor empty = Tensor.Zeros(0, 2);
        Equal([1, 2], _ => 0, empty.Sum(0));
        Equal([0, 1], _ => 0, empty.Max(1));
        foreach (Func<Tensor> reduction in new Func<Tensor>[] { () => empty.Mean(0), () => empty.Max(0), () => empty.Min(0) })
        {
            Assert.Contains("[0, 2]", Assert.Throws<ShapeException>(reduction).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-4)]
    public void An_axis_that_does_not_exist_is_refused(int axis)
    {
        foreach (Func<Tensor> reduction in new Func<Tensor>[]
        {
            () => _cube.Sum(axis), () => _cube.Mean(axis), () => _cube.Max(axis), () => _cube.Min(axis),
        })
        {
            Assert.Contains("[2, 3, 5]", Assert.Throws<ShapeException>(reduction).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ShapeException>(() => Tensor.Scalar(1).Sum(0));
        Assert.Throws<ShapeException>(() => Tensor.Scalar(1).Sum(-1));
    }

    [Fact]
    public void Extremes_hold_for_negative_and_infinite_elements()
    {
        Tensor negative = Tensor.From([-3, -1, -2], 3);
        Assert.Equal(-1f, negative.Max(0).Values[0]);
        Assert.Equal(-3f, negative.Min(0).Values[0]);
        Tensor infinite = Tensor.From([float.NegativeInfinity, float.NegativeInfinity], 2);
        Assert.Equal(float.NegativeInfinity, infinite.Max(0).Values[0]);
        Assert.True(float.IsNaN(Tensor.From([1, float.NaN, 2], 3).Max(0).Values[0]));
    }
}
