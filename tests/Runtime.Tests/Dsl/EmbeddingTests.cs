using System;
using Xunit;
using static MPCache.Functions;
using static MPCache.Runtime.Tests.Dsl.Reference;

namespace MPCache.Runtime.Tests.Dsl;

public class EmbeddingTests
{
    private readonly Tensor _table = Reference.Random(1, 5, 3);

    [Fact]
    public void Tokens_choose_rows()
    {
        int[] tokens = [4, 0, 4, 2];
        Equal([4, 3], i => At(_table, tokens[i[0]], i[1]), Embedding(_table, Tensor.From([4, 0, 4, 2], 4)), relative: 0);
        Assert.Equal([0, 3], Embedding(_table, Tensor.Zeros(0)).Shape.ToArray());
    }

    [Theory]
    [InlineData(5f)]
    [InlineData(-1f)]
    [InlineData(0.5f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_token_that_is_no_row_is_named(float token)
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => Embedding(_table, Tensor.From([0, token], 2)));
        Assert.Contains("[1]", error.Message, StringComparison.Ordinal);
        Assert.Contains("table of 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_both_named()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => Embedding(_table, Tensor.Zeros(1, 2)));
        Assert.Contains("[5, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[1, 2]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Embedding(Tensor.Zeros(5), Tensor.Zeros(2)));
    }
}
