using System;
using System.Linq;
using CsCheck;
using MPCache.Contract;
using Xunit;

namespace MPCache.Runtime.Tests.Contract;

/// <summary>Expressions that are equal as polynomials are equal as objects, however they came about.</summary>
public sealed class ExprTests
{
    private static readonly string[] Names = ["a", "b", "b2", "c"];

    private static readonly Gen<Expr> Factor = Gen.OneOf(
        Gen.Long[-3, 5].Select(Expr.Constant),
        Gen.Int[0, 3].Select(i => Expr.Symbol(Names[i])),
        Gen.Int[0, 1].Select(i => Expr.CeilDiv(Expr.Symbol(Names[i]), 3)),
        Gen.Int[2, 3].Select(i => Expr.Max(Expr.Symbol(Names[i]), 2)));

    private static readonly Gen<Expr> Polynomial = Factor.Array[1, 3].Select(f => f.Aggregate((x, y) => x * y)).Array[0, 5]
        .Select(terms => terms.Aggregate(Expr.Zero, (x, y) => x + y));

    [Fact]
    public void The_laws_of_a_ring_hold_between_objects() =>
        Gen.Select(Polynomial, Polynomial, Polynomial).Sample((a, b, c) =>
        {
            Same(a + b, b + a);
            Same(a * b, b * a);
            Same((a + b) + c, a + (b + c));
            Same((a * b) * c, a * (b * c));
            Same((a + b) * c, (a * c) + (b * c));
            Same(a - b, a + (Expr.Constant(-1) * b));
            Same((a - b) + b, a);
            Same(Expr.Total([a, b, c]), a + b + c);
            Assert.Same(Expr.Zero, a - a);
            Same(a * Expr.One, a);
        }, iter: 2000);

    [Fact]
    public void Arithmetic_of_expressions_is_arithmetic_of_their_values() =>
        Gen.Select(Polynomial, Polynomial, Gen.Long[-9, 40].Array[4]).Sample((a, b, at) =>
        {
            long Of(Expr expression) => expression.Evaluate(name => at[Array.IndexOf(Names, name)]);
            Assert.Equal(Of(a) + Of(b), Of(a + b));
            Assert.Equal(Of(a) - Of(b), Of(a - b));
            Assert.Equal(Of(a) * Of(b), Of(a * b));
        }, iter: 2000);

    [Fact]
    public void What_is_printed_is_read_back() => Polynomial.Sample(a => Same(a, ExprParser.Parse(a.ToString())), iter: 2000);

    [Fact]
    public void Different_polynomials_differ() => Gen.Select(Polynomial, Polynomial).Sample((a, b) =>
        Assert.Equal(a.ToString() == b.ToString(), a.Equals(b)), iter: 2000);

    /// <summary>The text is what plans, snapshots and fingerprints hold: products of more factors first, then by their texts.</summary>
    [Theory]
    [InlineData("1 + a", "a + 1")]
    [InlineData("c*b*a - 2*c + a*a", "a*b*c + a*a - 2*c")]
    [InlineData("b*a + a*b", "2*a*b")]
    [InlineData("a*(b - a) + a*a", "a*b")]
    [InlineData("2*a - 2*a", "0")]
    [InlineData("b2 + b*1 - a", "-a + b + b2")]
    public void Canonical_texts(string written, string canonical) => Assert.Equal(canonical, ExprParser.Parse(written).ToString());

    [Fact]
    public void Coefficients_that_do_not_fit_64_bits_are_an_error()
    {
        Expr large = Expr.Constant(1L << 40) * Expr.Symbol("a");
        Assert.Throws<OverflowException>(() => large * large);
        Assert.Throws<OverflowException>(() => (Expr.Constant(long.MaxValue) * Expr.Symbol("a")) + Expr.Symbol("a"));
        Assert.Throws<OverflowException>(() => Expr.Zero - Expr.Constant(long.MinValue));
    }

    private static void Same(Expr expected, Expr actual)
    {
        Assert.Equal(expected.ToString(), actual.ToString());
        Assert.Equal(expected, actual);
        Assert.Equal(expected.GetHashCode(), actual.GetHashCode());
    }
}
