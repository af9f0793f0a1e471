using System;
using System.Linq;
using Xunit;
using static MPCache.Functions;
using static MPCache.Runtime.Tests.Dsl.Reference;

namespace MPCache.Runtime.Tests.Dsl;

public class ProductTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 3, 4)]
    [InlineData(5, 37, 9)]
    [InlineData(19, 6, 11)]
    [InlineData(1, 64, 17)]
    [InlineData(3, 0, 2)]
    [InlineData(0, 3, 2)]
    [InlineData(8, 0, 2)]
    [InlineData(8, 1, 1)]
    [InlineData(11, 19, 35)]
    [InlineData(12, 32, 16)]
    [InlineData(9, 3, 0)]
    public void Matrices(int rows, int inner, int columns)
    {
        Tensor a = Reference.Random(1, rows, inner);
        Tensor b = Reference.Random(2, inner, columns);
        Equal([rows, columns], i => Enumerable.Range(0, inner).Sum(t => At(a, i[0], t) * At(b, t, i[1])), MatMul(a, b));
    }

    [Fact]
    public void Batches_are_multiplied_one_by_one()
    {
        Tensor a = Reference.Random(1, 2, 3, 4, 5);
        Tensor b = Reference.Random(2, 2, 3, 5, 6);
        Equal(
            [2, 3, 4, 6],
            i => Enumerable.Range(0, 5).Sum(t => At(a, i[0], i[1], i[2], t) * At(b, i[0], i[1], t, i[3])),
            MatMul(a, b));
    }

    [Theory]
    [InlineData(new[] { 2, 3 }, new[] { 4, 5 })]
    [InlineData(new[] { 3 }, new[] { 3, 4 })]
    [InlineData(new[] { 2, 3 }, new[] { 3 })]
    [InlineData(new[] { 2, 3, 4 }, new[] { 3, 4, 5 })]
    [InlineData(new[] { 2, 2, 3, 4 }, new[] { 2, 4, 5 })]
    [InlineData(new[] { 1, 3, 4 }, new[] { 4, 5 })]
    [InlineData(new[] { 1, 3, 4 }, new[] { 2, 4, 5 })]
    public void Factors_that_do_not_fit_are_both_named(int[] left, int[] right)
    {
        ShapeException error = Assert.Throws<ShapeException>(() => MatMul(Tensor.Zeros(left), Tensor.Zeros(right)));
        Assert.Equal("MatMul", error.Operation);
        Assert.Contains($"[{string.Join(", ", left)}]", error.Message, StringComparison.Ordinal);
        Assert.Contains($"[{string.Join(", ", right)}]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 7 })]
    [InlineData(new[] { 3, 7 })]
    [InlineData(new[] { 2, 3, 7 })]
    [InlineData(new[] { 0, 7 })]
    [InlineData(new[] { 13, 7 })]
    [InlineData(new[] { 2, 4, 7 })]
    public void Linear_multiplies_by_the_transposed_weights(int[] shape)
    {
        Tensor x = Reference.Random(1, shape);
        Tensor weight = Reference.Random(2, 5, 7);
        Equal(
            [.. shape[..^1], 5],
            i => Enumerable.Range(0, 7).Sum(t => At(x, [.. i[..^1], t]) * At(weight, i[^1], t)),
            Linear(x, weight));
    }

    [Fact]
    public void Linear_multiplies_more_outputs_than_a_block_has()
    {
        Tensor x = Reference.Random(1, 6, 21);
        Tensor weight = Reference.Random(2, 39, 21);
        Equal([6, 39], i => Enumerable.Range(0, 21).Sum(t => At(x, i[0], t) * At(weight, i[1], t)), Linear(x, weight));
    }

    [Theory]
    [InlineData(new[] { 3, 6 }, new[] { 5, 7 })]
    [InlineData(new int[0], new[] { 5, 7 })]
    [InlineData(new[] { 3, 7 }, new[] { 7 })]
    [InlineData(new[] { 3, 7 }, new[] { 1, 5, 7 })]
    public void Weights_that_do_not_fit_are_named(int[] x, int[] weight)
    {
        ShapeException error = Assert.Throws<ShapeException>(() => Linear(Tensor.Zeros(x), Tensor.Zeros(weight)));
        Assert.Equal("Linear", error.Operation);
        Assert.Contains($"[{string.Join(", ", x)}]", error.Message, StringComparison.Ordinal);
        Assert.Contains($"[{string.Join(", ", weight)}]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dot_products_accumulate_in_double()
    {
        // Cancellation that floats cannot survive: 2^24·1 + 1·1 − 2^24·1.
        Tensor x = Tensor.From([1 << 24, 1, -(1 << 24)], 1, 3);
        Tensor ones = Tensor.From([1, 1, 1], 1, 3);
        Assert.Equal(1f, Linear(x, ones).Values[0]);
        Assert.Equal(1f, MatMul(x, ones.Transpose()).Values[0]);

        // The same where rows are multiplied in tiles.
        Tensor rows = Tensor.From([.. Enumerable.Repeat(x.Values.ToArray(), 8).SelectMany(v => v)], 8, 3);
        Tensor columns = Tensor.From([.. Enumerable.Repeat(1f, 6)], 2, 3);
        Assert.All(Linear(rows, columns).Values.ToArray(), value => Assert.Equal(1f, value));
        Assert.All(MatMul(rows, columns.Transpose()).Values.ToArray(), value => Assert.Equal(1f, value));
    }
}
