using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Contract;

namespace MPCache.Sessions;

/// <summary>
/// Finds the value of every dimension from the sizes that arguments have: a plain symbol binds, and so does the only unknown symbol of an
/// expression that is linear in it; everything is compared in the end.
/// </summary>
/// <param name="subject">What is being bound, for errors: the program's or class's name.</param>
internal sealed class DimensionBinding(string subject)
{
    private readonly Dictionary<string, (long Value, string From)> values = new(StringComparer.Ordinal);
    private readonly List<(Expr Declared, long Actual, string From)> sizes = [];

    /// <summary>Reads a declared shape's text: expressions separated by commas.</summary>
    public static IReadOnlyList<Expr> ParseShape(string text)
    {
        List<Expr> shape = [];
        int position = 0;
        while (position < text.Length)
        {
            shape.Add(ExprParser.Parse(text, ref position));
            while (position < text.Length && text[position] is ' ' or ',')
            {
                position++;
            }
        }

        return shape;
    }

    /// <summary>Gives a dimension its value.</summary>
    /// <exception cref="MPCacheException">It has another value already.</exception>
    public void Set(string name, long value, string from)
    {
        if (!values.TryGetValue(name, out (long Value, string From) present))
        {
            values.Add(name, (value, from));
        }
        else if (present.Value != value)
        {
            throw new MPCacheException(
                string.Create(
                    CultureInfo.InvariantCulture, $"{subject}: {name} is {present.Value} by {present.From}, but {value} by {from}"),
                "Give arguments whose sizes fit each other");
        }
    }

    /// <summary>States that a declared shape has these sizes.</summary>
    /// <exception cref="MPCacheException">The numbers of axes differ.</exception>
    public void Unify(IReadOnlyList<Expr> declared, ReadOnlySpan<int> actual, string parameter)
    {
        if (declared.Count != actual.Length)
        {
            string expected = string.Join(", ", declared);
            throw new MPCacheException(
                $"{subject}: {parameter} has the shape {Shapes.Text(actual)}, declared are {declared.Count} axes [{expected}]",
                "Give a tensor of the declared shape");
        }

        for (int axis = 0; axis < actual.Length; axis++)
        {
            string from = string.Create(CultureInfo.InvariantCulture, $"axis {axis} of {parameter}");
            if (declared[axis].AsSymbol is string symbol)
            {
                Set(symbol, actual[axis], from);
            }
            else
            {
                sizes.Add((declared[axis], actual[axis], from));
            }
        }
    }

    /// <summary>Solves what is left and compares every size.</summary>
    /// <exception cref="MPCacheException">A size differs from what is declared.</exception>
    public void Solve()
    {
        bool progress = true;
        while (progress)
        {
            progress = false;
            foreach ((Expr declared, long actual, string from) in sizes)
            {
                string[] unknown = [.. declared.Symbols().Where(s => !values.ContainsKey(s))];
                if (unknown.Length == 1 && SolveLinear(declared, unknown[0], actual) is long solution)
                {
                    Set(unknown[0], solution, from);
                    progress = true;
                }
            }
        }

        foreach ((Expr declared, long actual, string from) in sizes)
        {
            long expected = declared.Evaluate(Value);
            if (expected != actual)
            {
                throw new MPCacheException(
                    string.Create(CultureInfo.InvariantCulture, $"{subject}: {from} is {actual}, where {declared} is {expected}"),
                    "Give arguments whose sizes fit each other");
            }
        }
    }

    /// <summary>A dimension's value.</summary>
    /// <exception cref="MPCacheException">No argument determines it.</exception>
    public long Value(string name) => values.TryGetValue(name, out (long Value, string From) found)
        ? found.Value
        : throw new MPCacheException($"{subject}: nothing determines the dimension {name}", "Pass an argument whose shape names it");

    private long? SolveLinear(Expr declared, string unknown, long actual)
    {
        long At(long value) => declared.Evaluate(s => s == unknown ? value : Value(s));
        long offset = At(0);
        long slope = At(1) - offset;
        return slope != 0 && (actual - offset) % slope == 0 ? (actual - offset) / slope : null;
    }
}
