using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;

namespace MPCache.Bench.Costs;

/// <summary>What bytes of a step are for.</summary>
internal enum Purpose
{
    /// <summary>How much each cluster may matter.</summary>
    Similarity,

    /// <summary>Bringing similarities into an order that nobody knows.</summary>
    OrderShuffle,

    /// <summary>Comparisons between shuffled clusters or tokens.</summary>
    Order,

    /// <summary>Products of the query with the keys.</summary>
    Score,

    /// <summary>Bringing scores into the order in which they were selected.</summary>
    Shuffle,

    /// <summary>Fresh masks for what was selected.</summary>
    Remask,

    /// <summary>A softmax's maximum.</summary>
    Maximum,

    /// <summary>A softmax's exponentials.</summary>
    Exponential,

    /// <summary>A softmax's sums, their reciprocals and the products with them.</summary>
    Normalization,

    /// <summary>Bringing probabilities back to where their tokens stand.</summary>
    Scatter,

    /// <summary>The product with the values, and extending probabilities to its ring.</summary>
    Values,

    /// <summary>The messages' headers.</summary>
    Header,
}

/// <summary>The bytes of a step by purpose: both directions and the tape.</summary>
internal static class GateCosts
{
    /// <summary>Sums a plan's bytes by purpose.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="dimension">The value of each dimension.</param>
    public static IReadOnlyDictionary<Purpose, long> Of(Plan plan, Func<string, long> dimension)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Walk walk = new();
        walk.Visit(plan.Nodes, dimension, inLoop: false);
        return walk.Bytes;
    }

    /// <summary>
    /// Goes through a plan in the order of the program. A gate's name and the author's expression say what it is for, and within a softmax
    /// whether the exponentials have been seen.
    /// </summary>
    private sealed class Walk
    {
        private bool scored;
        private bool exponentials;

        public Dictionary<Purpose, long> Bytes { get; } = Enum.GetValues<Purpose>().ToDictionary(p => p, _ => 0L);

        public void Visit(IReadOnlyList<PlanNode> nodes, Func<string, long> at, bool inLoop)
        {
            foreach (PlanNode node in nodes)
            {
                switch (node)
                {
                    case FlightNode flight:
                        Bytes[Purpose.Header] += ((flight.ServerSends ? 1 : 0) + (flight.ClientSends ? 1 : 0)) * Wire.HeaderBytes;
                        foreach (PlanEntry entry in flight.Entries)
                        {
                            long bytes = entry.ServerToClient.Evaluate(at) + entry.ClientToServer.Evaluate(at);
                            Add(entry.Gate, entry.Expression, bytes, inLoop);
                        }

                        break;
                    case TapeNode tape:
                        Add(tape.Gate, tape.Expression, tape.Bytes.Evaluate(at), inLoop);
                        break;
                    case IfNode choice:
                        Visit(choice.Taken(at), at, inLoop);
                        break;
                    case LoopNode loop:
                        for (long i = loop.Low.Evaluate(at), high = loop.High.Evaluate(at); i < high; i++)
                        {
                            long index = i;
                            Visit(loop.Body, name => name == loop.Index ? index : at(name), inLoop: true);
                        }

                        break;
                }
            }
        }

        private static bool Has(string text, string part) => text.Contains(part, StringComparison.Ordinal);

        private void Add(string gate, string expression, long bytes, bool inLoop)
        {
            if (gate == "product.matmul")
            {
                scored = Has(expression, "keys.");
                exponentials = !scored && exponentials;
            }

            Bytes[Find(gate, expression, inLoop)] += bytes;
            exponentials |= Has(gate, "exponential");
        }

        private Purpose Find(string gate, string expression, bool inLoop) => gate switch
        {
            _ when Has(gate, "exponential") => Purpose.Exponential,
            _ when Has(expression, "Append(newest.Key.") => Purpose.Score,
            _ when Has(expression, "Append(newest.Value.") => Purpose.Values,
            "product.matmul" when scored => Purpose.Score,
            "product.matmul" => exponentials ? Purpose.Values : Purpose.Similarity,
            "shuffle back" => Purpose.Scatter,
            "re-mask" => Purpose.Remask,
            _ when Has(expression, "Scatter(") || (exponentials && gate is "tell" or "open to one") => Purpose.Scatter,
            _ when Has(expression, "TopK(") => gate is "shuffle" or "open to one" or "tell" ? Purpose.OrderShuffle : Purpose.Order,
            "shuffle" or "open to one" or "tell" => Purpose.Shuffle,
            "product" when !exponentials => scored ? Purpose.Score : Purpose.Similarity,
            _ when exponentials && IsMixed(gate, expression) => Purpose.Values,
            _ when exponentials => Purpose.Normalization,
            _ when Has(expression, "Softmax(") || inLoop => Purpose.Maximum,
            _ => scored ? Purpose.Shuffle : Purpose.Similarity,
        };

        private static bool IsMixed(string gate, string expression) =>
            Has(expression, "MatMul(probabilities") || Has(expression, "output.") || Has(expression, "mixed")
            || (Has(gate, "extend") && (Has(expression, "probabilities.") || Has(expression, "Rounded(Precision)")));
    }
}
