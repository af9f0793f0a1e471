using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Contract;

namespace MPCache.Generator.Planning;

/// <summary>What a call costs, as an editor shows it beside the generated method: formulas, and the numbers at typical sizes.</summary>
internal static class CostSummary
{
    /// <summary>A formula of bytes that is longer says less than the number does.</summary>
    private const int LongestFormula = 240;

    /// <summary>Flights are the rarer and dearer, so that their formula may be longer.</summary>
    private const int LongestFormulaOfFlights = 600;

    /// <summary>So many terms stand for a formula that is too long, and only those that can be taken in at a glance.</summary>
    private const int LargestTerms = 4;

    private const int LongestTerm = 60;

    private static readonly (string Name, Func<PlanNode, Expr?> Cost)[] Costs =
    [
        ("Flights", node => node is FlightNode ? Expr.One : null),
        ("Bytes from server to client", node => (node as FlightNode)?.ServerToClient),
        ("Bytes from client to server", node => (node as FlightNode)?.ClientToServer),
        ("Bytes that the client sends before", node => (node as PreparedNode)?.Bytes),
        ("Bytes from the dealer", node => (node as TapeNode)?.Bytes),
    ];

    /// <summary>A line for each cost that there is, and one with the typical sizes that numbers are for.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="typical">The typical size of a dimension, where its declaration states one.</param>
    public static IEnumerable<string> Lines(Plan plan, Func<string, long?> typical)
    {
        SortedSet<string> used = new(StringComparer.Ordinal);
        foreach ((string name, Func<PlanNode, Expr?> cost) in Costs)
        {
            Expr formula = Sum(plan.Nodes, cost);
            if (formula.Equals(Expr.Zero))
            {
                continue;
            }

            formula += name.EndsWith("before", StringComparison.Ordinal) ? Wire.HeaderBytes : 0;
            IReadOnlyCollection<string> symbols = formula.Symbols();
            bool isTypical = symbols.Count > 0 && symbols.All(s => typical(s) is not null) && HasValue(formula, typical);
            if (isTypical)
            {
                used.UnionWith(symbols);
            }

            int longest = name == "Flights" ? LongestFormulaOfFlights : LongestFormula;
            yield return $"{name}: {Text(formula, longest, isTypical ? typical : null)}.";
        }

        if (used.Count > 0)
        {
            yield return $"Typical sizes: {string.Join(", ", used.Select(s => $"{s} = {typical(s)}"))}.";
        }
    }

    /// <summary>Typical sizes need not be ones that a session can have: divisors may be 0 there.</summary>
    private static bool HasValue(Expr formula, Func<string, long?> typical)
    {
        try
        {
            return formula.Evaluate(s => typical(s)!.Value) >= 0;
        }
        catch (ArithmeticException)
        {
            return false;
        }
    }

    /// <summary>Loops are factored out where an iteration does not depend on the index.</summary>
    private static Expr Sum(IReadOnlyList<PlanNode> nodes, Func<PlanNode, Expr?> cost) => Expr.Total(nodes.Select(node => node switch
    {
        LoopNode loop => Expr.Sum(loop.Index, loop.Low, loop.High, Sum(loop.Body, cost)),
        IfNode choice => Expr.If(choice.Condition, Sum(choice.Then, cost), Sum(choice.Otherwise, cost)),
        _ => cost(node) ?? Expr.Zero,
    }));

    /// <summary>A formula, or what is largest in one that is too long, with its value where there are typical sizes.</summary>
    private static string Text(Expr formula, int longest, Func<string, long?>? typical)
    {
        string text = Write(formula);
        if (typical is null)
        {
            return text.Length <= longest ? text : $"a formula of {string.Join(", ", formula.Symbols())}";
        }

        long Value(Expr expression) => expression.Evaluate(s => typical(s)!.Value);
        string value = $"{Value(formula).ToString("N0", CultureInfo.InvariantCulture)} typically";
        if (text.Length <= longest)
        {
            return $"{text}; {value}";
        }

        string[] largest = formula.Terms().OrderByDescending(Value).Where(t => Value(t) > 0).Select(Write)
            .Where(t => t.Length <= LongestTerm).Take(LargestTerms).ToArray();
        return largest.Length == 0 ? value : $"{value}, of it {string.Join(" + ", largest)}";
    }

    private static string Write(Expr formula) => formula.ToString().Replace("*", "·");
}
