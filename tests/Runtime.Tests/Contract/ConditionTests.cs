using System;
using CsCheck;
using MPCache.Contract;
using Xunit;

namespace MPCache.Runtime.Tests.Contract;

/// <summary>Conditions on session values, and the expressions that they decide.</summary>
public class ConditionTests
{
    private static readonly string[] Comparisons = ["<", "<=", ">", ">=", "==", "!="];

    private static readonly Gen<Expr> Side = Gen.Select(Gen.Long[-3, 3], Gen.Long[-3, 3], Gen.Long[-9, 9])
        .Select((a, b, c) => (a * Expr.Symbol("n")) + (b * Expr.Symbol("m")) + c);

    private static readonly Gen<Condition> Comparison = Gen.Select(Side, Gen.Int[0, Comparisons.Length - 1], Side)
        .Select((a, by, b) => Condition.Compare(a, Comparisons[by], b));

    [Fact]
    public void Texts_come_back_negations_are_opposites_and_decisions_hold() =>
        Gen.Select(Conditions(3), Gen.Long[0, 9], Gen.Long[0, 9], Gen.Long[0, 5]).Sample((condition, n, m, width) =>
        {
            long Value(string name) => name == "n" ? n : m;
            bool holds = condition.Evaluate(Value);
            Assert.Equal(condition, ConditionParser.Parse(condition.ToString()));
            Assert.Equal(!holds, condition.Negation.Evaluate(Value));
            Assert.Equal(condition, condition.Negation.Negation);
            Assert.Equal(holds, condition.Substitute(name => Expr.Constant(Value(name))).AsConstant);
            bool? decided = condition.Decide(name => (Value(name) - width, Value(name) + width));
            Assert.True(decided is null || decided == holds, $"{condition} at n = {n}, m = {m} is {holds}, decided as {decided}");

            Expr choice = Expr.If(condition, Expr.Symbol("n") * 2, Expr.Symbol("m") - 1) + Expr.Symbol("n");
            Assert.Equal((holds ? 3 * n : m - 1 + n), choice.Evaluate(Value));
            Assert.Equal(choice, ExprParser.Parse(choice.ToString()));
            (long low, long high) = choice.Range(name => (Value(name) - width, Value(name) + width));
            Assert.InRange(choice.Evaluate(Value), low, high);
        });

    [Theory]
    [InlineData("n < 3 && (m == 2 || n >= m)", "n >= 3 || m != 2 && n < m")]
    [InlineData("mod(n, 2) == 0", "mod(n, 2) != 0")]
    [InlineData("true", "false")]
    public void Negation_stands_in_the_comparisons(string text, string negation) =>
        Assert.Equal(negation, ConditionParser.Parse(text).Negation.ToString());

    [Theory]
    [InlineData("n + 1 > n", "true")]
    [InlineData("2*n == 2*n + 1 || m < 3", "m < 3")]
    [InlineData("n < n && m < 3", "false")]
    public void What_is_certain_is_left_out(string text, string expected) => Assert.Equal(expected, ConditionParser.Parse(text).ToString());

    [Fact]
    public void What_does_not_count_is_not_evaluated()
    {
        Expr quotient = ExprParser.Parse("if(n > 0 && floordiv(m, n) > 2, floordiv(m, n), 7)");
        Assert.Equal(7, quotient.Evaluate(name => name == "n" ? 0 : 12));
        Assert.Equal(4, quotient.Evaluate(name => name == "n" ? 3 : 12));
        Assert.Equal("(d_n > 0 && Contract::SessionMath.FloorDiv(d_m, d_n) > 2 ? Contract::SessionMath.FloorDiv(d_m, d_n) : 7)",
            quotient.ToCSharp(name => "d_" + name));
    }

    [Theory]
    [InlineData("n")]
    [InlineData("n = 3")]
    [InlineData("(n < 3")]
    [InlineData("n < 3 &&")]
    [InlineData("n < 3)")]
    public void What_is_no_condition_is_refused(string text) => Assert.Throws<FormatException>(() => ConditionParser.Parse(text));

    private static Gen<Condition> Conditions(int depth) => depth == 0
        ? Comparison
        : Gen.OneOf(
            Comparison,
            Gen.Select(Conditions(depth - 1), Gen.Bool, Conditions(depth - 1))
                .Select((a, isAnd, b) => isAnd ? Condition.And(a, b) : Condition.Or(a, b)));
}
