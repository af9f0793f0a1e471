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
            int longest = name == "Flights" ? LongestFormulaOfFlights : LongestFormula;
            string text = formula.ToString().Replace("*", "·");
            IReadOnlyCollection<string> symbols = formula.Symbols();
            string? number = null;
            if (symbols.Count > 0 && symbols.All(s => typical(s) is not null))
            {
                number = formula.Evaluate(s => typical(s)!.Value).ToString("N0", CultureInfo.InvariantCulture) + " typically";
                used.UnionWith(symbols);
            }

            yield return text.Length > longest ? $"{name}: {number ?? $"a formula of {string.Join(", ", symbols)}"}."
                : number is null ? $"{name}: {text}." : $"{name}: {text}; {number}.";
        }

        if (used.Count > 0)
        {
            yield return $"Typical sizes: {string.Join(", ", used.Select(s => $"{s} = {typical(s)}"))}.";
        }
    }

    /// <summary>Loops are factored out where an iteration does not depend on the index.</summary>
    private static Expr Sum(IReadOnlyList<PlanNode> nodes, Func<PlanNode, Expr?> cost) => Expr.Total(nodes.Select(node =>
        node is LoopNode loop ? Expr.Sum(loop.Index, loop.Low, loop.High, Sum(loop.Body, cost)) : cost(node) ?? Expr.Zero));
}
