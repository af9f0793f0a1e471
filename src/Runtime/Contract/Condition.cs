using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Contract;

/// <summary>
/// A condition on session values: comparisons of session expressions, joined by <c>&amp;&amp;</c> and <c>||</c>. A negation is one of the
/// comparisons, and what is certain by the normal form of the two sides is <c>true</c> or <c>false</c>. Both parties and the dealer know
/// whether it holds before a call.
/// </summary>
public abstract class Condition : IEquatable<Condition>
{
    private Condition()
    {
    }

    /// <summary>Whether the condition holds, where that is certain whatever the symbols are.</summary>
    public virtual bool? AsConstant => null;

    /// <summary>The opposite condition.</summary>
    public abstract Condition Negation { get; }

    /// <summary>The condition that always or never holds.</summary>
    public static Condition Constant(bool holds) => new Certain(holds);

    /// <summary>Compares two expressions.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="comparison">One of <c>&lt; &lt;= &gt; &gt;= == !=</c>.</param>
    /// <param name="right">The right side.</param>
    public static Condition Compare(Expr left, string comparison, Expr right) => (left - right).AsConstant is long difference
        ? Constant(Compares(comparison, difference, 0))
        : new Comparison(left, comparison, right);

    /// <summary>Both conditions; the second matters only where the first holds.</summary>
    public static Condition And(Condition a, Condition b) => a.AsConstant is bool first ? (first ? b : a)
        : b.AsConstant == true ? a : new Junction(a, isAnd: true, b);

    /// <summary>At least one of the conditions; the second matters only where the first does not hold.</summary>
    public static Condition Or(Condition a, Condition b) => a.AsConstant is bool first ? (first ? a : b)
        : b.AsConstant == false ? a : new Junction(a, isAnd: false, b);

    /// <summary>Whether the condition holds under an assignment of the symbols.</summary>
    /// <param name="value">The value of a symbol; throws for a symbol it does not know.</param>
    /// <exception cref="ArithmeticException">A side that matters has no value of 64 bits.</exception>
    public abstract bool Evaluate(Func<string, long> value);

    /// <summary>Whether the condition holds wherever the symbols lie in their intervals; null where that depends.</summary>
    /// <param name="range">The interval of a symbol, both ends included.</param>
    public abstract bool? Decide(Func<string, (long Low, long High)> range);

    /// <summary>The condition with every symbol replaced for which <paramref name="replacement"/> gives an expression.</summary>
    public abstract Condition Substitute(Func<string, Expr?> replacement);

    /// <summary>The free symbols in the condition, sorted.</summary>
    public IReadOnlyCollection<string> Symbols() => new SortedSet<string>(Sides().SelectMany(s => s.Symbols()), StringComparer.Ordinal);

    /// <summary>Whether a symbol occurs in the condition.</summary>
    public bool Mentions(string symbol) => Sides().Any(s => s.Mentions(symbol));

    /// <summary>The condition as C#, its sides spelt as <see cref="Expr.ToCSharp"/> spells them.</summary>
    /// <param name="name">How a symbol is spelt.</param>
    public string ToCSharp(Func<string, string> name) => Print(side => side.ToCSharp(name));

    /// <inheritdoc/>
    public bool Equals(Condition? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Condition);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode();

    /// <summary>The canonical text, which <see cref="ConditionParser"/> reads back.</summary>
    public override string ToString() => Print(side => side.ToString());

    /// <summary>The expressions that are compared.</summary>
    private protected abstract IEnumerable<Expr> Sides();

    private protected abstract string Print(Func<Expr, string> side);

    private static bool Compares(string comparison, long a, long b) => comparison switch
    {
        "<" => a < b,
        "<=" => a <= b,
        ">" => a > b,
        ">=" => a >= b,
        "==" => a == b,
        "!=" => a != b,
        _ => throw new FormatException($"'{comparison}' is no comparison"),
    };

    private sealed class Certain(bool holds) : Condition
    {
        public override bool? AsConstant => holds;

        public override Condition Negation => Constant(!holds);

        public override bool Evaluate(Func<string, long> value) => holds;

        public override bool? Decide(Func<string, (long Low, long High)> range) => holds;

        public override Condition Substitute(Func<string, Expr?> replacement) => this;

        private protected override IEnumerable<Expr> Sides() => [];

        private protected override string Print(Func<Expr, string> side) => holds ? "true" : "false";
    }

    private sealed class Comparison(Expr left, string comparison, Expr right) : Condition
    {
        public override Condition Negation => new Comparison(left, comparison switch
        {
            "<" => ">=",
            "<=" => ">",
            ">" => "<=",
            ">=" => "<",
            "==" => "!=",
            _ => "==",
        }, right);

        public override bool Evaluate(Func<string, long> value) => Compares(comparison, left.Evaluate(value), right.Evaluate(value));

        public override bool? Decide(Func<string, (long Low, long High)> range)
        {
            (long low, long high) = (left - right).Range(range);
            return comparison switch
            {
                "<" => high < 0 ? true : low >= 0 ? false : null,
                "<=" => high <= 0 ? true : low > 0 ? false : null,
                ">" => low > 0 ? true : high <= 0 ? false : null,
                ">=" => low >= 0 ? true : high < 0 ? false : null,
                "==" => low > 0 || high < 0 ? false : null,
                _ => low > 0 || high < 0 ? true : null,
            };
        }

        public override Condition Substitute(Func<string, Expr?> replacement) =>
            Compare(left.Substitute(replacement), comparison, right.Substitute(replacement));

        private protected override IEnumerable<Expr> Sides() => [left, right];

        private protected override string Print(Func<Expr, string> side) => $"{side(left)} {comparison} {side(right)}";
    }

    private sealed class Junction(Condition a, bool isAnd, Condition b) : Condition
    {
        public override Condition Negation => isAnd ? Or(a.Negation, b.Negation) : And(a.Negation, b.Negation);

        private bool IsAnd => isAnd;

        public override bool Evaluate(Func<string, long> value) =>
            isAnd ? a.Evaluate(value) && b.Evaluate(value) : a.Evaluate(value) || b.Evaluate(value);

        public override bool? Decide(Func<string, (long Low, long High)> range)
        {
            // false decides a conjunction, true a disjunction; else both sides must be decided.
            (bool? first, bool? second) = (a.Decide(range), b.Decide(range));
            return first == !isAnd || second == !isAnd ? !isAnd : first is null || second is null ? null : isAnd;
        }

        public override Condition Substitute(Func<string, Expr?> replacement)
        {
            (Condition first, Condition second) = (a.Substitute(replacement), b.Substitute(replacement));
            return isAnd ? And(first, second) : Or(first, second);
        }

        private protected override IEnumerable<Expr> Sides() => a.Sides().Concat(b.Sides());

        private protected override string Print(Func<Expr, string> side) => $"{Part(a, side)} {(isAnd ? "&&" : "||")} {Part(b, side)}";

        private string Part(Condition part, Func<Expr, string> side) =>
            isAnd && part is Junction { IsAnd: false } ? $"({part.Print(side)})" : part.Print(side);
    }
}
