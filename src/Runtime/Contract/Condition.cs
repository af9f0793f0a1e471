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
    public bool? Decide(Func<string, (long Low, long High)> range) => Decide(e => e.Range(range).Low >= 0);

    /// <summary>Whether the condition holds, as far as it is known which expressions are at least 0; null where that does not decide.</summary>
    /// <param name="isNotNegative">Whether an expression is at least 0 for certain.</param>
    internal abstract bool? Decide(Func<Expr, bool> isNotNegative);

    /// <summary>The comparisons all of which hold where the condition does.</summary>
    internal abstract IEnumerable<(Expr Left, string Comparison, Expr Right)> Conjuncts();

    /// <summary>The condition with other expressions on the sides of its comparisons.</summary>
    internal abstract Condition Map(Func<Expr, Expr> side);

    /// <summary>The condition with every symbol replaced for which <paramref name="replacement"/> gives an expression.</summary>
    public Condition Substitute(Func<string, Expr?> replacement) => Map(side => side.Substitute(replacement));

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

        internal override bool? Decide(Func<Expr, bool> isNotNegative) => holds;

        internal override IEnumerable<(Expr Left, string Comparison, Expr Right)> Conjuncts() => [];

        internal override Condition Map(Func<Expr, Expr> side) => this;

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

        internal override bool? Decide(Func<Expr, bool> isNotNegative)
        {
            bool NotAbove(Expr a, Expr b) => isNotNegative(b - a);
            bool Below(Expr a, Expr b) => isNotNegative(b - a - 1);
            bool? Decided(bool holds, bool fails) => holds ? true : fails ? false : null;
            return comparison switch
            {
                "<" => Decided(Below(left, right), NotAbove(right, left)),
                "<=" => Decided(NotAbove(left, right), Below(right, left)),
                ">" => Decided(Below(right, left), NotAbove(left, right)),
                ">=" => Decided(NotAbove(right, left), Below(left, right)),
                "==" => Decided(NotAbove(left, right) && NotAbove(right, left), Below(left, right) || Below(right, left)),
                _ => Decided(Below(left, right) || Below(right, left), NotAbove(left, right) && NotAbove(right, left)),
            };
        }

        internal override IEnumerable<(Expr Left, string Comparison, Expr Right)> Conjuncts() => [(left, comparison, right)];

        internal override Condition Map(Func<Expr, Expr> side) => Compare(side(left), comparison, side(right));

        private protected override IEnumerable<Expr> Sides() => [left, right];

        private protected override string Print(Func<Expr, string> side) => $"{side(left)} {comparison} {side(right)}";
    }

    private sealed class Junction(Condition a, bool isAnd, Condition b) : Condition
    {
        public override Condition Negation => isAnd ? Or(a.Negation, b.Negation) : And(a.Negation, b.Negation);

        private bool IsAnd => isAnd;

        public override bool Evaluate(Func<string, long> value) =>
            isAnd ? a.Evaluate(value) && b.Evaluate(value) : a.Evaluate(value) || b.Evaluate(value);

        internal override bool? Decide(Func<Expr, bool> isNotNegative)
        {
            // false decides a conjunction, true a disjunction; else both sides must be decided.
            (bool? first, bool? second) = (a.Decide(isNotNegative), b.Decide(isNotNegative));
            return first == !isAnd || second == !isAnd ? !isAnd : first is null || second is null ? null : isAnd;
        }

        internal override IEnumerable<(Expr Left, string Comparison, Expr Right)> Conjuncts() =>
            isAnd ? a.Conjuncts().Concat(b.Conjuncts()) : [];

        internal override Condition Map(Func<Expr, Expr> side)
        {
            (Condition first, Condition second) = (a.Map(side), b.Map(side));
            return isAnd ? And(first, second) : Or(first, second);
        }

        private protected override IEnumerable<Expr> Sides() => a.Sides().Concat(b.Sides());

        private protected override string Print(Func<Expr, string> side) => $"{Part(a, side)} {(isAnd ? "&&" : "||")} {Part(b, side)}";

        private string Part(Condition part, Func<Expr, string> side) =>
            isAnd && part is Junction { IsAnd: false } ? $"({part.Print(side)})" : part.Print(side);
    }
}
