using System;
using System.Linq;
using Xunit;
using static MPCache.Functions;
using static MPCache.Runtime.Tests.Dsl.Reference;

namespace MPCache.Runtime.Tests.Dsl;

public class AttentionFunctionTests
{
    [Fact]
    public void Softmax_is_normalised_exponentials()
    {
        Tensor x = Reference.Random(1, 2, 3, 5);
        Equal(
            [2, 3, 5],
            i => Math.Exp(At(x, i)) / Enumerable.Range(0, 5).Sum(t => Math.Exp(At(x, i[0], i[1], t))),
            Softmax(x));
        Equal([1], _ => 1, Softmax(Tensor.From([-5], 1)), relative: 0);
        Equal([0, 3], _ => 0, Softmax(Tensor.Zeros(0, 3)));
    }

    [Fact]
    public void Softmax_survives_scores_of_any_size()
    {
        Assert.Equal([0.5f, 0.5f, 0f], Softmax(Tensor.From([1e30f, 1e30f, -1e30f], 3)).Values.ToArray());
        Assert.Equal([0f, 1f], Softmax(Tensor.From([-float.MaxValue, float.MaxValue], 2)).Values.ToArray());
        Assert.Equal([1f, 0f], Softmax(Tensor.From([-1000, float.NegativeInfinity], 2)).Values.ToArray());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Softmax_of_a_score_that_is_no_number_is_an_error(float score)
    {
        Tensor x = Tensor.From([0, 0, score, 1], 2, 2);
        Assert.Contains("row [1]", Assert.Throws<MPCacheException>(() => Softmax(x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Softmax_without_scores_is_an_error()
    {
        Assert.Throws<ShapeException>(() => Softmax(Tensor.Scalar(1)));
        Assert.Contains("[2, 0]", Assert.Throws<ShapeException>(() => Softmax(Tensor.Zeros(2, 0))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Masked_softmax_is_softmax_over_the_allowed_positions()
    {
        Tensor x = Reference.Random(2, 4, 3, 5);
        Tensor mask = Tensor.From([1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1], 3, 5);
        Equal(
            [4, 3, 5],
            i => At(mask, i) * Math.Exp(At(x, i))
                / Enumerable.Range(0, 5).Sum(t => At(mask, i[1], t) * Math.Exp(At(x, i[0], i[1], t))),
            Softmax(x, mask));
        Equal([2, 3], i => i[1] == 0 ? 0 : 0.5, Softmax(Tensor.Zeros(2, 3), Tensor.From([0, 1, 1], 3)), relative: 0);
    }

    [Fact]
    public void What_is_masked_has_no_influence()
    {
        // A forbidden score, however large or broken, neither sets the maximum nor enters the sum.
        Tensor mask = Tensor.From([0, 1, 1], 3);
        foreach (float forbidden in new[] { 1e30f, -1e30f, float.PositiveInfinity, float.NaN })
        {
            Assert.Equal([0f, 0.5f, 0.5f], Softmax(Tensor.From([forbidden, 1, 1], 3), mask).Values.ToArray());
        }
    }

    [Fact]
    public void A_row_without_allowed_position_is_an_error()
    {
        Tensor mask = Tensor.From([1, 0, 0, 0], 2, 2);
        MPCacheException error = Assert.Throws<MPCacheException>(() => Softmax(Tensor.Zeros(2, 2), mask));
        Assert.Contains("row [1]", error.Message, StringComparison.Ordinal);
        Assert.Contains("mask", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_holds_bits_and_fits_the_scores()
    {
        Assert.Throws<MPCacheException>(() => Softmax(Tensor.Zeros(2, 2), Tensor.From([1, 0.5f], 2)));
        Assert.Throws<MPCacheException>(() => Softmax(Tensor.Zeros(2, 2), Tensor.From([1, float.NaN], 2)));
        ShapeException error = Assert.Throws<ShapeException>(() => Softmax(Tensor.Zeros(2, 3), Tensor.Zeros(4, 2, 3)));
        Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[4, 2, 3]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Softmax(Tensor.Zeros(2, 3), Tensor.Zeros(2, 2)));
        Assert.Throws<ShapeException>(() => Softmax(Tensor.Zeros(2, 1), Tensor.Zeros(2, 2)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(1, 5)]
    [InlineData(3, 7)]
    public void A_query_sees_itself_and_what_came_before(int queries, int tokens)
    {
        Equal([queries, tokens], i => i[1] <= tokens - queries + i[0] ? 1 : 0, CausalMask(queries, tokens), relative: 0);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(-1, 3)]
    [InlineData(4, 3)]
    [InlineData(0, 0)]
    public void A_mask_needs_a_query_among_the_tokens(int queries, int tokens)
    {
        Assert.Throws<MPCacheException>(() => CausalMask(queries, tokens));
    }

    [Fact]
    public void Scale_of_scores()
    {
        Assert.Equal(1f, InverseSqrt(1));
        Assert.Equal(0.125f, InverseSqrt(64));
        Assert.Equal(0.35355339059f, InverseSqrt(8));
        Assert.Throws<MPCacheException>(() => InverseSqrt(0));
        Assert.Throws<MPCacheException>(() => InverseSqrt(-4));
    }

    [Fact]
    public void Rotation_turns_consecutive_pairs_by_the_position()
    {
        Tensor x = Reference.Random(3, 4, 2, 6);
        const int First = 11;
        const float Theta = 10000;
        Equal(
            [4, 2, 6],
            i =>
            {
                // The complex product of a pair with e^(i·angle).
                int pair = i[2] / 2;
                System.Numerics.Complex turned =
                    new System.Numerics.Complex(At(x, i[0], i[1], 2 * pair), At(x, i[0], i[1], 2 * pair + 1))
                    * System.Numerics.Complex.FromPolarCoordinates(1, (First + i[0]) / Math.Pow(Theta, 2.0 * pair / 6));
                return i[2] % 2 == 0 ? turned.Real : turned.Imaginary;
            },
            RotaryEmbedding(x, First, Theta));
    }

    [Fact]
    public void Rotated_products_depend_on_the_distance_alone()
    {
        Tensor query = Reference.Random(4, 1, 1, 8);
        Tensor key = Reference.Random(5, 1, 1, 8);
        double Product(int queryPosition, int keyPosition)
        {
            Tensor products = RotaryEmbedding(query, queryPosition, 10000) * RotaryEmbedding(key, keyPosition, 10000);
            return products.Sum(-1).Values[0];
        }

        Assert.Equal(Product(5, 2), Product(105, 102), 1e-5);
        Assert.NotEqual(Product(5, 2), Product(6, 2), 1e-2);
        Equal([1, 1, 8], i => At(query, i), RotaryEmbedding(query, 0, 10000), relative: 0);
    }

    [Fact]
    public void Rotation_starts_where_the_cache_ends()
    {
        Tensor x = Reference.Random(6, 5, 2, 4);
        Tensor whole = RotaryEmbedding(x, 3, 500);
        Tensor parts = Concat(0, RotaryEmbedding(x.Slice(0, 0, 2), 3, 500), RotaryEmbedding(x.Slice(0, 2, 3), 5, 500));
        Equal([5, 2, 4], i => At(whole, i), parts, relative: 0);
    }

    [Fact]
    public void Rotation_needs_pairs_and_angles()
    {
        Assert.Contains(
            "[2, 1, 3]",
            Assert.Throws<ShapeException>(() => RotaryEmbedding(Tensor.Zeros(2, 1, 3), 0, 10000)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => RotaryEmbedding(Tensor.Zeros(2, 4), 0, 10000));
        Assert.Throws<MPCacheException>(() => RotaryEmbedding(Tensor.Zeros(2, 1, 4), -1, 10000));
        foreach (float theta in new[] { 0, -1, float.NaN, float.PositiveInfinity })
        {
            Assert.Throws<MPCacheException>(() => RotaryEmbedding(Tensor.Zeros(2, 1, 4), 0, theta));
        }
    }
}
