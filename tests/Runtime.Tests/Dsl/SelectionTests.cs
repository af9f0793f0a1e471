using System;
using System.Linq;
using Xunit;
using static MPCache.Functions;
using static MPCache.Runtime.Tests.Dsl.Reference;

namespace MPCache.Runtime.Tests.Dsl;

public class SelectionTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(9, 0)]
    [InlineData(9, 4)]
    [InlineData(9, 9)]
    [InlineData(200, 37)]
    public void TopK_keeps_the_rows_that_sorting_puts_first(int rows, int count)
    {
        Tensor scores = Reference.Random(1, 2, 3, rows);
        Selection selection = TopK(scores, count);
        Assert.Equal((rows, count), (selection.Rows, selection.Count));
        int[][] expected = [.. Enumerable.Range(0, 6).Select(group => Enumerable.Range(0, rows)
            .OrderByDescending(i => At(scores, group / 3, group % 3, i)).Take(count).Order().ToArray())];
        Equal([2, 3, rows], i => expected[i[0] * 3 + i[1]].Contains(i[2]) ? 1 : 0, Selected(selection, 2, 3), relative: 0);
        Tensor x = Reference.Random(2, 2, 3, rows, 4);
        Equal([2, 3, count, 4], i => At(x, i[0], i[1], expected[i[0] * 3 + i[1]][i[2]], i[3]), Gather(x, selection), relative: 0);
    }

    [Fact]
    public void Of_equal_scores_the_earlier_row_counts()
    {
        Assert.Equal([0f, 1, 1, 0, 0], Selected(TopK(Tensor.From([1, 5, 5, 5, 1], 5), 2)).Values.ToArray());
        Assert.Equal([1f, 1, 1, 1, 0], Selected(TopK(Tensor.From([1, 5, 5, 5, 1], 5), 4)).Values.ToArray());
        Assert.Equal([1f, 1, 0, 0], Selected(TopK(Tensor.Zeros(4), 2)).Values.ToArray());
        Assert.Equal([1f, 0], Selected(TopK(Tensor.From([-0f, 0f], 2), 1)).Values.ToArray());
    }

    [Fact]
    public void Infinite_scores_are_scores()
    {
        Tensor scores = Tensor.From([0, float.NegativeInfinity, float.PositiveInfinity], 3);
        Assert.Equal([1f, 0, 1], Selected(TopK(scores, 2)).Values.ToArray());
    }

    [Fact]
    public void Shuffle_takes_every_row_once()
    {
        Selection selection = Shuffle(2, 5);
        Assert.Equal((5, 5), (selection.Rows, selection.Count));
        Tensor x = Reference.Random(3, 2, 5, 3);
        Equal([2, 5, 3], i => At(x, i), Gather(x, selection), relative: 0);
        Equal([2, 5, 3], i => At(x, i), Scatter(x, selection), relative: 0);
        Equal([4], i => i[0], Gather(Tensor.From([0, 1, 2, 3], 4), Shuffle(4)), relative: 0);
    }

    [Fact]
    public void In_order_the_same_rows_are_selected()
    {
        Selection selection = TopK(Reference.Random(4, 3, 7), 4);
        Selection ordered = selection.InOrder();
        Assert.Equal((7, 4), (ordered.Rows, ordered.Count));
        Tensor place = Tensor.From([.. Enumerable.Range(0, 21).Select(i => (float)(i % 7))], 3, 7);
        Tensor places = Gather(place, ordered);
        Equal([3, 4], i => At(places, i), Gather(place, selection), relative: 0);
        for (int group = 0; group < 3; group++)
        {
            float[] row = places[group].Values.ToArray();
            Assert.Equal(row.Order(), row);
        }
    }

    [Fact]
    public void Scatter_puts_rows_back_and_leaves_the_others_zero()
    {
        Selection selection = TopK(Tensor.From([3, 1, 2, 0, 9, 8], 2, 3), 2);
        Tensor slots = Tensor.From([1, 2, 3, 4, 5, 6, 7, 8], 2, 2, 2);
        Equal(
            [2, 3, 2],
            i => new double[] { 1, 2, 0, 0, 3, 4, 0, 0, 5, 6, 7, 8 }[(i[0] * 3 + i[1]) * 2 + i[2]],
            Scatter(slots, selection),
            relative: 0);
    }

    [Fact]
    public void Gathering_undoes_scattering_and_scattering_keeps_the_selected_rows()
    {
        Selection selection = TopK(Reference.Random(5, 2, 2, 11), 5);
        Tensor slots = Reference.Random(6, 2, 2, 5, 3, 2);
        Equal([2, 2, 5, 3, 2], i => At(slots, i), Gather(Scatter(slots, selection), selection), relative: 0);
        Tensor rows = Reference.Random(7, 2, 2, 11, 3);
        Tensor selected = Selected(selection, 2, 2);
        Equal(
            [2, 2, 11, 3],
            i => At(rows, i) * At(selected, i[0], i[1], i[2]),
            Scatter(Gather(rows, selection), selection),
            relative: 0);
    }

    [Fact]
    public void Sizes_may_be_zero()
    {
        Selection none = TopK(Reference.Random(8, 3, 4), 0);
        Equal([3, 0, 2], _ => 0, Gather(Tensor.Zeros(3, 4, 2), none));
        Equal([3, 4, 2], _ => 0, Scatter(Tensor.Zeros(3, 0, 2), none));
        Selection empty = TopK(Tensor.Zeros(3, 0), 0).InOrder();
        Assert.Equal((0, 0), (empty.Rows, empty.Count));
        Equal([3, 0, 2], _ => 0, Gather(Tensor.Zeros(3, 0, 2), empty));
        Equal([3, 0, 2], _ => 0, Scatter(Tensor.Zeros(3, 0, 2), empty));
        Selection nobody = TopK(Tensor.Zeros(0, 5), 2);
        Equal([0, 2, 7], _ => 0, Gather(Tensor.Zeros(0, 5, 7), nobody));
        Equal([0, 5, 7], _ => 0, Scatter(Tensor.Zeros(0, 2, 7), nobody));
        Equal([3, 4, 0], _ => 0, Gather(Tensor.Zeros(3, 6, 0), TopK(Tensor.Zeros(3, 6), 4)));
        Equal([3, 6, 0], _ => 0, Scatter(Tensor.Zeros(3, 4, 0), TopK(Tensor.Zeros(3, 6), 4)));
        Equal([2, 0], _ => 0, Gather(Tensor.Zeros(2, 0), Shuffle(2, 0)));
        Equal([0, 3], _ => 0, Gather(Tensor.Zeros(0, 3), Shuffle(0, 3)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(6)]
    public void A_count_that_the_rows_do_not_have_is_refused(int count)
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => TopK(Tensor.Zeros(2, 5), count));
        Assert.Contains($"{count} of the 5 rows of the shape [2, 5]", error.Message, StringComparison.Ordinal);
        Assert.Contains("from 0 to 5", error.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_must_be_numbers_along_an_axis()
    {
        Tensor broken = Tensor.From([1, 2, 3, 4, float.NaN, 6], 2, 3);
        Assert.Contains("[1, 1]", Assert.Throws<MPCacheException>(() => TopK(broken, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<MPCacheException>(() => TopK(broken, 0));
        Assert.Equal(nameof(TopK), Assert.Throws<ShapeException>(() => TopK(Tensor.Scalar(1), 0)).Operation);
        Assert.Throws<ShapeException>(() => Shuffle());
        Assert.Contains("[2, -1]", Assert.Throws<ShapeException>(() => Shuffle(2, -1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(3, 5)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(2, 3, 5)]
    public void Rows_that_are_not_the_selections_are_refused(params int[] shape)
    {
        Selection selection = TopK(Tensor.Zeros(2, 5), 3);
        ShapeException gather = Assert.Throws<ShapeException>(() => Gather(Tensor.Zeros(shape), selection));
        Assert.Contains($"[{string.Join(", ", shape)}]", gather.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 5]", gather.Message, StringComparison.Ordinal);
        Assert.Contains("3 out of 5", gather.Message, StringComparison.Ordinal);
        int[] slots = [.. shape.Select(size => size == 3 ? 9 : size)];
        ShapeException scatter = Assert.Throws<ShapeException>(() => Scatter(Tensor.Zeros(slots), selection));
        Assert.Contains($"[{string.Join(", ", slots)}]", scatter.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3]", scatter.Message, StringComparison.Ordinal);
    }

    /// <summary>Ones in the selected rows, [groups…, n].</summary>
    private static Tensor Selected(Selection selection, params int[] groups) =>
        Scatter(Tensor.Zeros([.. groups, selection.Count]) + 1, selection);
}
