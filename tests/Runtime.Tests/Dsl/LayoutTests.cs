using System;
using Xunit;
using static MPCache.Functions;
using static MPCache.Runtime.Tests.Dsl.Reference;

namespace MPCache.Runtime.Tests.Dsl;

public class LayoutTests
{
    private readonly Tensor _cube = Reference.Random(1, 2, 3, 5);

    [Fact]
    public void A_row_drops_the_leading_axis()
    {
        Equal([3, 5], i => At(_cube, 1, i[0], i[1]), _cube[1]);
        Equal([5], i => At(_cube, 1, 2, i[0]), _cube[1][2]);
        Equal([], _ => At(_cube, 1, 2, 4), _cube[1][2][4]);
    }

    [Fact]
    public void A_row_that_does_not_exist_is_refused()
    {
        Assert.Contains("[2, 3, 5]", Assert.Throws<ShapeException>(() => _cube[2]).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => _cube[-1]);
        Assert.Throws<ShapeException>(() => Tensor.Scalar(1)[0]);
        Assert.Throws<ShapeException>(() => Tensor.Zeros(0, 2)[0]);
    }

    [Fact]
    public void Transpose_swaps_the_last_two_axes()
    {
        Equal([2, 5, 3], i => At(_cube, i[0], i[2], i[1]), _cube.Transpose());
        Equal([3, 0], _ => 0, Tensor.Zeros(0, 3).Transpose());
        Assert.Contains("[4]", Assert.Throws<ShapeException>(() => Tensor.Zeros(4).Transpose()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Permute_names_the_source_of_each_axis()
    {
        // A cyclic order tells the two possible conventions apart.
        Equal([3, 5, 2], i => At(_cube, i[2], i[0], i[1]), _cube.Permute(1, 2, 0));
        Equal([5, 3, 2], i => At(_cube, i[2], i[1], i[0]), _cube.Permute(2, 1, 0));
        Equal([], _ => 3, Tensor.Scalar(3).Permute());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 1, 1)]
    [InlineData(0, 1, 3)]
    [InlineData(-1, 0, 1)]
    [InlineData(0, 1, 2, 3)]
    public void An_order_that_is_no_permutation_is_refused(params int[] axes)
    {
        ShapeException error = Assert.Throws<ShapeException>(() => _cube.Permute(axes));
        Assert.Contains("[2, 3, 5]", error.Message, StringComparison.Ordinal);
        Assert.Contains($"[{string.Join(", ", axes)}]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reshape_keeps_the_order_of_the_elements()
    {
        Equal([5, 6], i => _cube.Values[i[0] * 6 + i[1]], _cube.Reshape(5, 6));
        Equal([1, 1], _ => 4, Tensor.Scalar(4).Reshape(1, 1));
        ShapeException error = Assert.Throws<ShapeException>(() => _cube.Reshape(4, 7));
        Assert.Contains("[2, 3, 5]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[4, 7]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Slices_are_cut_from_any_axis()
    {
        Equal([1, 3, 5], i => At(_cube, 1, i[1], i[2]), _cube.Slice(0, 1, 1));
        Equal([2, 2, 5], i => At(_cube, i[0], i[1] + 1, i[2]), _cube.Slice(1, 1, 2));
        Equal([2, 3, 3], i => At(_cube, i[0], i[1], i[2] + 2), _cube.Slice(-1, 2, 3));
        Equal([2, 0, 5], _ => 0, _cube.Slice(1, 3, 0));
        Equal([2, 1], i => At(_cube, 1, i[0] + 1, 3), _cube[1].Slice(0, 1, 2).Slice(1, 3, 1));
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 0, -1)]
    [InlineData(2, 4, int.MaxValue)]
    [InlineData(2, int.MaxValue, int.MaxValue)]
    [InlineData(3, 0, 1)]
    [InlineData(-4, 0, 1)]
    public void A_slice_outside_its_axis_is_refused(int axis, int start, int length)
    {
        ShapeException error = Assert.Throws<ShapeException>(() => _cube.Slice(axis, start, length));
        Assert.Contains("[2, 3, 5]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_grows_from_nothing()
    {
        Tensor cache = Tensor.Zeros(0, 3);
        Tensor rows = Reference.Random(2, 5, 3);
        for (int row = 0; row < 5; row++)
        {
            cache = cache.Append(rows.Slice(0, row, 1));
        }

        Equal([5, 3], i => At(rows, i), cache, relative: 0);
    }

    [Fact]
    public void Concat_joins_along_any_axis()
    {
        Tensor more = Reference.Random(3, 2, 4, 5);
        Equal([2, 7, 5], i => i[1] < 3 ? At(_cube, i) : At(more, i[0], i[1] - 3, i[2]), Concat(1, _cube, more));
        Tensor wide = Reference.Random(4, 2, 3, 1);
        Equal([2, 3, 6], i => i[2] < 5 ? At(_cube, i) : At(wide, i[0], i[1], 0), Concat(-1, _cube, wide));
        Equal([4, 3, 5], i => At(_cube, i[0] % 2, i[1], i[2]), Concat(0, _cube, _cube));
    }

    [Fact]
    public void Parts_that_do_not_join_are_refused()
    {
        ShapeException append = Assert.Throws<ShapeException>(() => _cube.Append(Tensor.Zeros(1, 3, 4)));
        Assert.Equal("Append", append.Operation);
        Assert.Contains("[2, 3, 5]", append.Message, StringComparison.Ordinal);
        Assert.Contains("[1, 3, 4]", append.Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => _cube.Append(Tensor.Zeros(3, 5)));
        Assert.Equal("Concat", Assert.Throws<ShapeException>(() => Concat(1, _cube, Tensor.Zeros(3, 3, 5))).Operation);
        Assert.Throws<ShapeException>(() => Concat(0, Tensor.Scalar(1), Tensor.Scalar(2)));
        Assert.Throws<ShapeException>(() => Concat(0, Tensor.Zeros(int.MaxValue, 0), Tensor.Zeros(1, 0)));
    }
}
