using System;
using CsCheck;
using MPCache.FixedPoint;
using Xunit;

namespace MPCache.Runtime.Tests.FixedPoint;

public class ScalarExpressionTests
{
    private static readonly Fixed Unit = Fixed.FromRaw(1, 12);

    public static TheoryData<string, Func<double, double>> Formulas => new()
    {
        { "x", x => x },
        { "-1.25e-01", _ => -0.125 },
        { "mul(x, sigmoid(x))", x => x / (1 + Math.Exp(-x)) },
        { "div(add(x, 1), add(mul(x, x), 0.5))", x => (x + 1) / ((x * x) + 0.5) },
        { "sub(sin(x), neg(cos(mul(x, 2))))", x => Math.Sin(x) + Math.Cos(2 * x) },
        { "sqrt(abs(x))", x => Math.Sqrt(Math.Abs(x)) },
        { "log(add(1, exp(x)))", x => Math.Log(1 + Math.Exp(x)) },
        { "min(max(x, -1), tanh(x))", x => Math.Min(Math.Max(x, -1), Math.Tanh(x)) },
        { "pow(add(abs(x), 1), -1.5)", x => Math.Pow(Math.Abs(x) + 1, -1.5) },
        { "pow(x, 3)", x => x * x * x },
        { "pow(add(x, 9), -2)", x => 1 / ((x + 9) * (x + 9)) },
        { "if(lt(x, 0), mul(x, 0.125), x)", x => x < 0 ? x / 8 : x },
        { "if(and(le(-1, x), not(lt(2, x))), x, 7)", x => x is >= -1 and <= 2 ? x : 7 },
        { "if(or(eq(x, 0), lt(3, x)), 1, div(sin(x), x))", x => x is 0 or > 3 ? 1 : Math.Sin(x) / x },
    };

    [Theory]
    [MemberData(nameof(Formulas))]
    public void Formulas_mean_what_they_say_and_lie_within_their_range(string text, Func<double, double> expected)
    {
        ScalarExpression formula = ScalarExpression.Parse(text);
        Assert.Equal(text, formula.ToString());
        Assert.Same(formula, ScalarExpression.Parse(text));
        Gen.Int[-8 << 12, 8 << 12].Select(Gen.Int[0, 64]).Sample((at, width) =>
        {
            Fixed x = Fixed.FromRaw(at, 12);
            double value = formula.Function(x).ToDouble();
            (Fixed low, Fixed high) = formula.Range(x, Fixed.FromRaw(at + width, 12), Unit);
            return Math.Abs(value - expected(x.ToDouble())) <= 1e-9 * Math.Max(1, Math.Abs(value))
                && low.ToDouble() <= value + 1e-12 && value <= high.ToDouble() + 1e-12;
        });
    }

    [Theory]
    [InlineData("div(1, x)", -1, 1, "div(1, x)")]
    [InlineData("add(1, log(x))", 0, 1, "log(x)")]
    [InlineData("sqrt(sub(x, 1))", 0.5, 2, "sqrt(sub(x, 1))")]
    [InlineData("pow(x, 0.5)", 0, 1, "pow(x, 0.5)")]
    [InlineData("pow(x, -1)", -1, 1, "pow(x, -1)")]
    [InlineData("exp(mul(x, 10))", 0, 8, "exp(mul(x, 10))")]
    [InlineData("if(lt(x, 0), 0, log(x))", -1, 1, "log(x)")]
    public void Undefined_parts_are_named(string text, double low, double high, string part)
    {
        DomainException error = Assert.Throws<DomainException>(
            () => ScalarExpression.Parse(text).Range(Fixed.FromDouble(low), Fixed.FromDouble(high), Unit));
        Assert.Equal(part, error.Part.ToString());
    }

    [Theory]
    [InlineData("if(lt(0, x), log(x), 0)", -1, 1)]
    [InlineData("if(eq(x, 0), 1, div(sin(x), x))", 0, 1)]
    [InlineData("if(le(x, 0.3), 0, div(1, sub(x, 0.3)))", 0, 1)]
    public void A_condition_guards_what_is_not_defined_everywhere(string text, double low, double high) =>
        ScalarExpression.Parse(text).Range(Fixed.FromDouble(low), Fixed.FromDouble(high), Unit);

    [Fact]
    public void Behind_its_bounds_a_formula_goes_on_as_it_ends()
    {
        Func<Fixed, Fixed> root = ScalarExpression.Parse("within(0.25, 1, sqrt(sub(1.25, x)))").Function;
        Assert.Equal(1, root(Fixed.FromDouble(0)).ToDouble(), 1e-12);
        Assert.Equal((2 * 0.5) - Math.Sqrt(0.5), root(Fixed.FromDouble(1.25)).ToDouble(), 1e-12);
    }

    [Theory]
    [InlineData("cbrt(x)")]
    [InlineData("add(x)")]
    [InlineData("add(x, 1")]
    [InlineData("add(x, 1))")]
    [InlineData("y")]
    [InlineData("")]
    public void What_is_no_formula_is_refused(string text) => Assert.Throws<FormatException>(() => ScalarExpression.Parse(text));
}
