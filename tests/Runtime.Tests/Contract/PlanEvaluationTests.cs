using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MPCache.Contract;
using Xunit;

namespace MPCache.Runtime.Tests.Contract;

public class PlanEvaluationTests
{
    private static readonly string[] Names = ["n", "layers", "i", "j"];

    private static readonly Gen<Expr> Bytes = Gen.Select(
        Gen.Long[0, 9], Gen.Int[0, 3].Select(i => Names[i]), Gen.Long[0, 5]).Select((a, name, b) => (a * Expr.Symbol(name)) + b);

    private static readonly Gen<PlanNode> Leaf = Gen.OneOf(
        Gen.Select(Gen.Bool, Bytes, Gen.Bool, Bytes).Array[0, 3].Select<(bool, Expr, bool, Expr)[], PlanNode>(entries => new FlightNode(
            0, [.. entries.Select(e => new PlanEntry("g", "x", e.Item1 ? e.Item2 : Expr.Zero, e.Item3 ? e.Item4 : Expr.Zero, ""))])),
        Bytes.Select<Expr, PlanNode>(b => new TapeNode(0, "g", "x", b)),
        Bytes.Select<Expr, PlanNode>(b => new PreparedNode("g", "x", b)),
        Bytes.Select<Expr, PlanNode>(b => new CheckNode(b, b, "x")),
        Bytes.Select<Expr, PlanNode>(b => new CheckNode(b, b + 1, "x", CheckNode.AtMost)));

    [Fact]
    public void A_plan_costs_what_its_unrolled_flights_cost() =>
        Gen.Select(Nodes(2), Gen.Long[0, 4], Gen.Long[0, 3]).Sample((nodes, n, layers) =>
        {
            Dictionary<string, long> dimensions = new() { ["n"] = n, ["layers"] = layers, ["i"] = 1, ["j"] = 2 };
            PlanTotals expected = Unrolled(nodes, dimensions);
            expected = expected with { Prepared = expected.Prepared + (expected.Prepared == 0 ? 0 : Wire.HeaderBytes) };
            Assert.Equal(expected, new Plan("P", nodes).Evaluate(name => dimensions[name]));
            Assert.Equal(expected, PlanText.Parse(PlanText.Print(new Plan("P", nodes))).Evaluate(name => dimensions[name]));
        });

    private static Gen<PlanNode[]> Nodes(int depth) => depth == 0
        ? Leaf.Array[0, 3]
        : Gen.OneOf(
            Leaf,
            Gen.Select(Bytes, Bytes, Nodes(depth - 1), Nodes(depth - 1))
                .Select<Expr, Expr, PlanNode[], PlanNode[], PlanNode>((a, b, then, otherwise) =>
                    new IfNode(Condition.Compare(a, "<=", b), then, otherwise)),
            Gen.Select(Gen.Int[2, 3].Select(i => Names[i]), Bytes, Bytes, Nodes(depth - 1))
                .Select<(string, Expr, Expr, PlanNode[]), PlanNode>(l => new LoopNode(l.Item1, l.Item2, l.Item3, l.Item4))).Array[0, 3];

    /// <summary>The sum over every iteration of every loop, flights as the messages that they are.</summary>
    private static PlanTotals Unrolled(IReadOnlyList<PlanNode> nodes, Dictionary<string, long> values)
    {
        PlanTotals sum = default;
        foreach (PlanNode node in nodes)
        {
            switch (node)
            {
                case FlightNode flight:
                    sum += new PlanTotals(
                        1, flight.ServerToClient.Evaluate(n => values[n]), flight.ClientToServer.Evaluate(n => values[n]), 0, 0);
                    break;
                case TapeNode tape:
                    sum += new PlanTotals(0, 0, 0, 0, tape.Bytes.Evaluate(n => values[n]));
                    break;
                case PreparedNode prepared:
                    sum += new PlanTotals(0, 0, 0, prepared.Bytes.Evaluate(n => values[n]), 0);
                    break;
                case LoopNode loop:
                    for (long i = loop.Low.Evaluate(n => values[n]); i < loop.High.Evaluate(n => values[n]); i++)
                    {
                        sum += Unrolled(loop.Body, new Dictionary<string, long>(values) { [loop.Index] = i });
                    }

                    break;
                case IfNode choice:
                    sum += Unrolled(choice.Condition.Evaluate(n => values[n]) ? choice.Then : choice.Otherwise, values);
                    break;
            }
        }

        return sum;
    }
}
