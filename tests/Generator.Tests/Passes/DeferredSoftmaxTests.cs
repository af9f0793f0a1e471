using System;
using System.Linq;
using MPCache.Generator.Ir;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>Where softmax is normalised behind the product that it weighs, and where it cannot be.</summary>
public sealed class DeferredSoftmaxTests
{
    [Theory]
    [InlineData("MatMul(Softmax(x), v)")]
    [InlineData("MatMul(Softmax(x).Rounded(12), v).Within(-4, 4)")]
    [InlineData("MatMul(Softmax(x).Reshape(1, 2, 8).Reshape(2, 8), v)")]
    [InlineData("MatMul(Concat(1, Softmax(x).Slice(1, 4, 4), Softmax(x).Slice(1, 0, 4)), v)")]
    [InlineData("MatMul(Concat(1, Softmax(x).Slice(1, 4, 4), Softmax(-x).Slice(1, 0, 4)), v)", false)]
    [InlineData("MatMul(Scatter(Softmax(x.Slice(1, 0, 3)), TopK(x, 3)), v)")]
    [InlineData("MatMul(Softmax(x), v) + MatMul(Softmax(x), v)")]
    [InlineData("MatMul(Softmax(x).Slice(0, 0, 1), v)", false)]
    [InlineData("MatMul(Softmax(x).Transpose(), x)", false)]
    [InlineData("MatMul(Softmax(x).Reshape(4, 4), v.Slice(0, 0, 4))", false)]
    [InlineData("MatMul(x, Softmax(v))", false)]
    [InlineData("Softmax(x)", false)]
    public void Softmax_is_divided_where_all_its_uses_weigh_whole_rows(string result, bool deferred = true) =>
        Assert.Equal(deferred, IsDeferred($"return ({result}).Reveal(Party.Client);", 48));

    [Fact]
    public void One_softmax_is_joined_again_from_its_parts() => Assert.True(IsDeferred(
        """
        Tensor p = Softmax(x);
        return MatMul(Concat(1, p.Slice(1, 4, 4), p.Slice(1, 0, 4)), v).Reveal(Party.Client);
        """, 48));

    [Fact]
    public void Whoever_needs_probabilities_gets_them() => Assert.False(IsDeferred(
        """
        Tensor p = Softmax(x);
        return (MatMul(p, v) + p.Sum(1).Reshape(2, 1)).Reveal(Party.Client);
        """, 48));

    [Fact]
    public void A_loop_that_uses_probabilities_needs_them() => Assert.False(IsDeferred(
        """
        Tensor p = Softmax(x);
        Tensor y = MatMul(p, v);
        for (int i = 0; i < 3; i++)
        {
            y = (y + MatMul(p, v + v)).Within(-16, 16);
        }

        return y.Reveal(Party.Client);
        """, 48));

    /// <summary>Values within ±4 with 8 fraction bits, eight weights of up to 2 with 14: 5 + 1 + 22 bits and two more.</summary>
    [Theory]
    [InlineData(30, true)]
    [InlineData(29, false)]
    public void A_state_is_never_extended_for_it(int ring, bool deferred) =>
        Assert.Equal(deferred, IsDeferred("return MatMul(Softmax(x), rows.Values).Reveal(Party.Client);", ring));

    /// <summary>The exponential takes what is above the maximum by as much as the maximum may be too small, in units of 2^−12.</summary>
    [Theory]
    [InlineData("x", 2048)]
    [InlineData("x.Rounded(2)", 3072)]
    [InlineData("x.Rounded(4)", 2304)]
    public void A_maximum_may_be_off_by_its_unit_and_by_that_of_the_truncation_it_starts_from(string also, int offset)
    {
        Op[] typed = Typed(
            $"x = x.Rounded(12); Tensor also = {also}; return (MatMul(Softmax(x), v) + also.Sum(1).Reshape(2, 1)).Reveal(Party.Client);", 48);
        Assert.Equal(offset, typed.Single(o => o.Kind == "exponential").Attributes.Int("offset"));
    }

    private static bool IsDeferred(string body, int ring)
    {
        Op[] typed = Typed(body, ring);
        int division = Array.FindLastIndex(typed, o => o.Kind == "mul");
        int product = Array.FindLastIndex(typed, o => o.Kind == "matmul");
        return product >= 0 && product < division && Array.FindIndex(typed, o => o.Kind == "exponential") < product;
    }

    private static Op[] Typed(string body, int ring)
    {
        Compiled compiled = Programs.CompileAll($$"""
            [State(Grows = "n", FractionBits = 8, RingBits = {{ring}})]
            public sealed class Rows
            {
                [Shape("n, 3"), Range(-4, 4)]
                public required Tensor Values { get; set; }
            }

            [Dim("n", Max = 8)]
            public static partial class Sample
            {
                [EntryPoint]
                public static Tensor Run(
                    Rows rows,
                    [Owned(Party.Client), Shape("2, n"), Range(-8, 8)] Tensor some,
                    [Owned(Party.Client), Shape("2, 8"), Range(-8, 8)] Tensor wide,
                    [Owned(Party.Client), Shape("8, 3"), Range(-4, 4)] Tensor v)
                {
                    Tensor x = {{(body.Contains("rows", StringComparison.Ordinal) ? "some" : "wide")}};
                    {{body}}
                }
            }
            """).Values.Single();
        return Parser.Parse(compiled.Texts.Single(t => t.FileName == "2-typed.ir").Text).Body.Walk().ToArray();
    }
}
