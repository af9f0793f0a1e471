using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// What is known of session values at a place in the program: sizes lie within what is declared of them, counters within their loops, and
/// the conditions of the branches around hold.
/// </summary>
internal sealed class Known(Function function)
{
    /// <summary>Conditions as they were written: one that is asked for again is decided whatever it compares.</summary>
    private readonly List<Condition> holding = [];

    /// <summary>Expressions that are at least 0 here.</summary>
    private readonly List<Expr> facts = [];

    private readonly Dictionary<string, (Expr Low, Expr High)> counters = new(StringComparer.Ordinal);

    // What was asked here before: sizes recur, and so do questions about them.
    private readonly Dictionary<Expr, bool> answers = [];
    private readonly Dictionary<string, (long Low, long High)> bounds = new(StringComparer.Ordinal);

    /// <summary>Sizes that are never 0.</summary>
    private readonly HashSet<string> positive = new(StringComparer.Ordinal);

    /// <summary>States for the whole program that a size is never 0; of one that is no single symbol nothing follows for its symbols.</summary>
    public void AtLeastOne(Expr size)
    {
        if (size.AsSymbol is string symbol)
        {
            positive.Add(symbol);
            Forget();
        }
    }

    /// <summary>Visits what happens only where a condition holds.</summary>
    public T Where<T>(Condition condition, Func<T> visit) => Under(() =>
    {
        holding.Add(condition);
        foreach ((Expr left, string comparison, Expr right) in condition.Conjuncts())
        {
            facts.AddRange(Differences(left, comparison, right));
        }
    }, visit);

    /// <summary>Visits the steps of a loop, or iterations that are independent of each other.</summary>
    public T Counting<T>(string counter, Expr low, Expr high, Func<T> visit) => Under(() =>
    {
        Count(counter, low, high);
        facts.Add(Expr.Symbol(counter) - low);
        facts.Add(high - 1 - Expr.Symbol(counter));
    }, visit);

    /// <summary>The interval of a counter from here on: from one expression up to, not including, another one.</summary>
    public void Count(string counter, Expr low, Expr high)
    {
        counters[counter] = (low, high);
        Forget();
    }

    public bool IsCounter(string symbol) => counters.ContainsKey(symbol);

    /// <summary>Whether a condition holds here for all sizes that a session may have; null where that depends.</summary>
    public bool? Decide(Condition condition) =>
        holding.Contains(condition) ? true : holding.Contains(condition.Negation) ? false : condition.Decide(IsNotNegative);

    /// <summary>
    /// Whether an expression is at least 0 here for certain: by the intervals of its symbols, because it is no less than one or two of the
    /// expressions of which that is known, or because of how a minimum, a maximum or a quotient in it compares with its arguments.
    /// </summary>
    public bool IsNotNegative(Expr expression)
    {
        if (!answers.TryGetValue(expression, out bool answer))
        {
            answers[expression] = answer = Follows(Chosen(expression), []);
        }

        return answer;
    }

    /// <summary>The largest value that an expression can have here.</summary>
    public long Most(Expr expression) => Chosen(expression).Range(Bounds).High;

    /// <summary>The interval of a size, a parameter or a counter.</summary>
    public (long Low, long High) Bounds(string symbol)
    {
        if (!bounds.TryGetValue(symbol, out (long Low, long High) interval))
        {
            bounds[symbol] = interval = Bound(symbol);
        }

        return interval;
    }

    /// <summary>The expression without the choices that the conditions around decide.</summary>
    private Expr Chosen(Expr expression) =>
        expression.Assuming(c => holding.Contains(c) ? true : holding.Contains(c.Negation) ? false : null);

    /// <param name="open">What should be at least 0.</param>
    /// <param name="tried">What has been tried on the way, by another order of the same steps.</param>
    private bool Follows(Expr open, HashSet<Expr> tried) => tried.Add(open)
        && (IsPositive(open) || Without(open).Any(rest => IsPositive(rest) || Without(rest).Any(IsPositive))
            || open.Relaxed().Any(r => Follows(r, tried)));

    private bool IsPositive(Expr rest) => rest.Range(Bounds).Low >= 0;

    /// <summary>What is left of an expression above a fact: one that says something of it, and shares a symbol with it.</summary>
    private IEnumerable<Expr> Without(Expr open) => facts.Where(f => open.Symbols().Any(f.Mentions)).Select(f => open - f);

    private (long Low, long High) Bound(string symbol)
    {
        (long low, long high) = Declared(symbol);
        foreach (Expr fact in facts.Where(f => f.Mentions(symbol)))
        {
            // A multiple of the symbol and something else that does not depend on it: the other sizes bound it.
            Expr rest = fact.Substitute(symbol, Expr.Zero);
            Expr multiple = fact - rest;
            if (multiple.Substitute(symbol, Expr.One).AsConstant is long factor && multiple.Equals(factor * Expr.Symbol(symbol)))
            {
                long reach = rest.Range(Declared).High;
                low = factor > 0 ? Math.Max(low, SessionMath.CeilDiv(-reach, factor)) : low;
                high = factor < 0 ? Math.Min(high, SessionMath.FloorDiv(reach, -factor)) : high;
            }
        }

        return (low, high);
    }

    private (long Low, long High) Declared(string symbol) => counters.TryGetValue(symbol, out (Expr Low, Expr High) counter)
        ? (counter.Low.Range(Declared).Low, counter.High.Range(Declared).High - 1)
        : (positive.Contains(symbol) ? 1 : 0, function.Attributes.Int($"dim.{symbol}.max", Numbers.DefaultMaximum));

    /// <summary>What a comparison says to be at least 0. Sizes that differ say something where it is known which is the larger one.</summary>
    private IEnumerable<Expr> Differences(Expr left, string comparison, Expr right) => comparison switch
    {
        "<" => [right - left - 1],
        "<=" => [right - left],
        ">" => [left - right - 1],
        ">=" => [left - right],
        "==" => [left - right, right - left],
        _ when IsNotNegative(left - right) => [left - right - 1],
        _ when IsNotNegative(right - left) => [right - left - 1],
        _ => [],
    };

    private T Under<T>(Action assume, Func<T> visit)
    {
        (int conditions, int expressions) = (holding.Count, facts.Count);
        assume();
        Forget();
        T result = visit();
        holding.RemoveRange(conditions, holding.Count - conditions);
        facts.RemoveRange(expressions, facts.Count - expressions);
        Forget();
        return result;
    }

    private void Forget()
    {
        answers.Clear();
        bounds.Clear();
    }
}
