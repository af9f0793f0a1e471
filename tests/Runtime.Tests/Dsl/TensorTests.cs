using System;
using System.Globalization;
using Xunit;

namespace MPCache.Runtime.Tests.Dsl;

public class TensorTests
{
    [Fact]
    public void From_copies_values_and_shape()
    {
        float[] values = [1, 2, 3, 4, 5, 6];
        int[] shape = [2, 3];
        Tensor tensor = Tensor.From(values, shape);
        values[0] = 100;
        shape[0] = 100;
        Assert.Equal([1f, 2, 3, 4, 5, 6], tensor.Values.ToArray());
        Assert.Equal([2, 3], tensor.Shape.ToArray());
        Assert.Equal(2, tensor.Rank);
    }

    [Fact]
    public void Zeros_and_scalars_have_their_shapes()
    {
        Assert.Equal(new float[6], Tensor.Zeros(2, 3).Values.ToArray());
        Assert.Equal(0, Tensor.Zeros(0, 3).Values.Length);
        Assert.Equal(0, Tensor.Scalar(2.5f).Rank);
        Assert.Equal([2.5f], Tensor.Scalar(2.5f).Values.ToArray());
        Assert.Equal([7f], Tensor.From([7f]).Values.ToArray());
    }

    [Theory]
    [InlineData(5, new[] { 2, 3 }, "[2, 3]")]
    [InlineData(3, new int[0], "[]")]
    [InlineData(0, new[] { -1, 0 }, "[-1, 0]")]
    [InlineData(0, new[] { 65536, 65536 }, "[65536, 65536]")]
    [InlineData(0, new[] { int.MaxValue, int.MaxValue, int.MaxValue }, "[2147483647, 2147483647, 2147483647]")]
    public void Values_that_do_not_fill_a_shape_are_refused(int count, int[] shape, string named)
    {
        ShapeException error = Assert.Throws<ShapeException>(() => Tensor.From(new float[count], shape));
        Assert.Equal("From", error.Operation);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_axis_makes_any_shape_empty()
    {
        Assert.Equal(0, Tensor.Zeros(int.MaxValue, int.MaxValue, 0).Values.Length);
    }

    [Fact]
    public void Size_counts_from_either_end()
    {
        Tensor tensor = Tensor.Zeros(2, 3, 5);
        Assert.Equal(2, tensor.Size(0));
        Assert.Equal(5, tensor.Size(2));
        Assert.Equal(5, tensor.Size(^1));
        Assert.Equal(2, tensor.Size(^3));
        Assert.Contains("[2, 3, 5]", Assert.Throws<ShapeException>(() => tensor.Size(3)).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => tensor.Size(^4));
        Assert.Throws<ShapeException>(() => tensor.Size(^0));
    }

    [Fact]
    public void Reveal_is_the_identity_and_knows_two_parties()
    {
        Tensor tensor = Tensor.Scalar(3);
        Assert.Same(tensor, tensor.Reveal(Party.Client));
        Assert.Same(tensor, tensor.Reveal(Party.Server));
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Reveal((Party)2));
    }

    [Fact]
    public void Text_shows_shape_and_first_values_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            commas.NumberFormat.NumberDecimalSeparator = ",";
            commas.NumberFormat.NegativeSign = "~";
            CultureInfo.CurrentCulture = commas;
            Assert.Equal("Tensor[2, 2] { 1, -2.5, 3, 4 }", Tensor.From([1, -2.5f, 3, 4], 2, 2).ToString());
            Assert.Equal("Tensor[9] { 0, 0, 0, 0, 0, 0, 0, 0, … }", Tensor.Zeros(9).ToString());
            Assert.Equal("Tensor[0] { }", Tensor.Zeros(0).ToString());
            Assert.Equal("Tensor[] { 7 }", Tensor.Scalar(7).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
