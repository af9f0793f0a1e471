using System;
using System.Linq;
using Xunit;
using static MPCache.Functions;
using static MPCache.Runtime.Tests.Dsl.Reference;

namespace MPCache.Runtime.Tests.Dsl;

public class ChoiceTests
{
    [Fact]
    public void Less_is_strict()
    {
        Assert.Equal([1f, 0, 0], Less(Tensor.From([1, 2, 3], 3), Tensor.Scalar(2)).Values.ToArray());
        Assert.Equal([0f], Less(Tensor.From([-0f], 1), Tensor.From([0f], 1)).Values.ToArray());
    }

    [Fact]
    public void Select_takes_each_element_from_one_side()
    {
        Tensor condition = Tensor.From([1, 0, 1], 3, 1);
        Tensor yes = Reference.Random(1, 2, 1, 4);
        Tensor no = Reference.Random(2, 4);
        Equal([2, 3, 4], i => i[1] == 1 ? At(no, i) : At(yes, i), Select(condition, yes, no), relative: 0);
        Equal([3, 1], i => i[0] == 1 ? 7 : 5, Select(condition, Tensor.Scalar(5), Tensor.Scalar(7)), relative: 0);
    }

    [Fact]
    public void Select_ignores_the_side_not_taken()
    {
        Tensor selected = Select(Tensor.From([1, 0], 2), Tensor.From([1, float.NaN], 2), Tensor.From([float.PositiveInfinity, 2], 2));
        Assert.Equal([1f, 2], selected.Values.ToArray());
    }

    [Fact]
    public void Select_refuses_conditions_and_shapes_that_do_not_fit()
    {
        MPCacheException error = Assert.Throws<MPCacheException>(
            () => Select(Tensor.From([1, 0.25f], 2), Tensor.Zeros(2), Tensor.Zeros(2)));
        Assert.Contains("0.25 at [1]", error.Message, StringComparison.Ordinal);
        ShapeException sides = Assert.Throws<ShapeException>(() => Select(Tensor.Scalar(1), Tensor.Zeros(2), Tensor.Zeros(3)));
        Assert.Contains("[2]", sides.Message, StringComparison.Ordinal);
        Assert.Contains("[3]", sides.Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Select(Tensor.Zeros(4), Tensor.Zeros(3), Tensor.Zeros(3)));
    }

    [Fact]
    public void ArgMax_finds_the_first_of_the_largest()
    {
        Tensor x = Reference.Random(3, 2, 3, 9);
        Equal(
            [2, 3, 1],
            i => Enumerable.Range(0, 9).MaxBy(t => At(x, i[0], i[1], t)),
            ArgMax(x),
            relative: 0);
        Assert.Equal([1f], ArgMax(Tensor.From([1, 5, 5, 5], 4)).Values.ToArray());
        Assert.Equal([0f, 2f], ArgMax(Tensor.From([-3, -3, -3, -9, -8, -7], 2, 3)).Values.ToArray());
        Assert.Equal([1f], ArgMax(Tensor.From([float.NegativeInfinity, float.PositiveInfinity], 2)).Values.ToArray());
    }

    [Fact]
    public void ArgMax_needs_numbers()
    {
        Assert.Throws<ShapeException>(() => ArgMax(Tensor.Scalar(1)));
        Assert.Contains("[3, 0]", Assert.Throws<ShapeException>(() => ArgMax(Tensor.Zeros(3, 0))).Message, StringComparison.Ordinal);
        Tensor broken = Tensor.From([float.NaN, 1, 2, 3], 2, 2);
        Assert.Contains("[0, 0]", Assert.Throws<MPCacheException>(() => ArgMax(broken)).Message, StringComparison.Ordinal);
    }
}
