using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;
using MPCache.Gates;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Planning;

/// <summary>Reads the communication plan off a scheduled program: what each flight carries and what each slot takes on the tape.</summary>
internal sealed class Planner(Function function)
{
    private readonly Dictionary<int, Value> values = [];

    public Plan Plan()
    {
        foreach (Op op in function.Body.Walk())
        {
            foreach (Value result in op.Results)
            {
                values[result.Id] = result;
            }

            foreach (Value parameter in op.Blocks.SelectMany(b => b.Parameters))
            {
                values[parameter.Id] = parameter;
            }
        }

        return new Plan(function.Name, Walk(function.Body));
    }

    /// <summary>Bytes that an operation takes on the tape; null where it takes none.</summary>
    public static Expr? TapeBytes(Op op, Func<int, TensorType> operand)
    {
        Attributes a = op.Attributes;
        Expr count = op.Results.Length > 0 ? op.Result.Tensor.Count : Expr.Zero;
        return op.Kind switch
        {
            "product.multiply" or "product.matmul" => Product.TapeBytes(count, a.Int("ring")),
            "serverlinear.linear" or "serverlinear.scale" or "serverlinear.lookup" => ServerLinear.TapeBytes(count, a.Int("ring")),
            "truncate.reduce" => Truncate.TapeBytes(count, a.Int("ring"), a.Int("by")),
            "extend.start" => Extend.TapeBytes(count, a.Int("from"), a.Int("ring")),
            "wide.multiply" => WideProduct.MultiplyTapeBytes(count, a.Int("from"), a.Int("ring")),
            "wide.squares" => WideProduct.SquaresTapeBytes(count, operand(1).Count, a.Int("from"), a.Int("ring")),
            "compare.digits" => Compare.DigitsTapeBytes(operand(0).Count, a.Int("ring")),
            "compare.combine" => Compare.CombineTapeBytes(count, a.Int("ring")),
            "select.choose" => Select.TapeBytes(operand(0).Count, count, a.Int("ring")),
            "champion.choose" => Champion.TapeBytes(count, a.Int("contenders"), a.Int("ring")),
            "coarse.hashes" => CoarseMaximum.HashesTapeBytes(operand(0).Count, a.Int("ring")),
            "coarse.digits" => CoarseMaximum.DigitsTapeBytes(count),
            "coarse.occupied" => CoarseMaximum.OccupiedTapeBytes(count),
            "bittoring.combine" or "bittoring.count" => BitToRing.TapeBytes(count, a.Int("groups"), a.Int("ring")),
            "exponential.lookup" => Exponential.LookupTapeBytes(count, a.Int("highBits")),
            "exponential.scale" => Exponential.ScaleTapeBytes(count, a.Int("lookupRing"), a.Int("ring")),
            "shuffle.put" => Shuffle.TapeBytes(count, a.Int("ring")),
            "piecewise.lookup" => Piecewise.LookupTapeBytes(operand(0).Count, a.Int("highBits")),
            "piecewise.combine" => Piecewise.CombineTapeBytes(count, a.Int("degree"), a.Int("ring")),
            _ => null,
        };
    }

    private List<PlanNode> Walk(Block block)
    {
        List<PlanNode> nodes = [];
        List<PlanEntry> pending = [];
        foreach (Op op in block.Ops)
        {
            string expression = op.Site >= 0 ? function.Sites[op.Site].Text : "";
            Attributes a = op.Attributes;
            switch (op.Kind)
            {
                case "check":
                    nodes.Add(new CheckNode(
                        a.Expr("left"), a.Expr("right"), expression, a.Has("by") ? a.Text("by") : CheckNode.Equal));
                    break;
                case "for":
                    nodes.Add(new LoopNode(a.Text("index"), a.Expr("low"), a.Expr("high"), Walk(op.Body!)));
                    break;
                case "if":
                    nodes.Add(new IfNode(a.Condition("condition"), Walk(op.Body!), Walk(op.Otherwise!)));
                    break;
                case "flight":
                    nodes.Add(new FlightNode(a.Int("id"), pending));
                    pending = [];
                    break;
                case "open.put":
                    int kept = a.Int("ring") - a.Int("truncate");
                    Expr ring = Open.OnlineBytes(op.Result.Tensor.Count, a.Int("ring"), a.Int("truncate"));
                    if (a.Text("from") == "server")
                    {
                        nodes.Add(new PreparedNode(a.Text("gate"), expression, ring));
                        pending.Add(new PlanEntry(a.Text("gate"), expression, ring, Expr.Zero,
                            $"uniform mask of {kept} bits; the client's half was sent before the call"));
                    }
                    else
                    {
                        pending.Add(new PlanEntry(a.Text("gate"), expression, ring, ring, $"uniform mask of {kept} bits"));
                    }

                    break;
                case "openbits.put":
                    Expr bits = OpenBits.OnlineBytes(op.Result.Tensor.Count, a.Int("planes"));
                    pending.Add(new PlanEntry(a.Text("gate"), expression, bits, bits, "uniform mask bits"));
                    break;
                case "opento.put" or "shuffle.put" or "tell.put":
                    Sent(op, expression, nodes, pending);
                    break;
                case "order.reveal.put":
                    Expr outcomes = Order.RevealBytes(op.Result.Tensor.Count);
                    pending.Add(new PlanEntry("order", expression, outcomes, outcomes,
                        "the order of rows under a permutation of their own that neither party knows, ties broken in secret"));
                    break;
                case "locate.put":
                    Expr slots = Slots.OnlineBytes(values[op.Operands[0]].Tensor.Count, a.Int("ring"));
                    pending.Add(new PlanEntry("slots", expression, slots, slots,
                        "a subset of a public size in an order of its own, under a permutation that neither party knows"));
                    break;
                case "input.put":
                    Expr input = InputGate.OnlineBytes(op.Result.Tensor.Count, a.Int("ring"));
                    bool server = a.Text("owner") == "Server";
                    pending.Add(new PlanEntry(a.Has("field") ? "weights" : "input", a.Text("name"), server ? input : Expr.Zero, server ? Expr.Zero : input,
                        "uniform mask that only the owner and the dealer know"));
                    break;
                case "reveal.put":
                    Expr reveal = Reveal.OnlineBytes(op.Result.Tensor.Count, a.Int("ring"));
                    bool toClient = a.Text("to") == "Client";
                    pending.Add(new PlanEntry("reveal", expression, toClient ? reveal : Expr.Zero, toClient ? Expr.Zero : reveal,
                        $"meant: the {a.Text("to").ToLowerInvariant()} learns the value"));
                    break;
                default:
                    if (op.Kind == "piecewise.lookup" && a.Has("error"))
                    {
                        nodes.Add(new FitNode(a.Text("function"), expression, a.Int("degree"), 1 << a.Int("highBits"),
                            ((RealAttr)a.All.First(p => p.Key == "error").Value).Decimal));
                    }

                    if (Choice(op, expression) is ChoiceNode choice)
                    {
                        nodes.Add(choice);
                    }

                    if (TapeBytes(op, i => values[op.Operands[i]].Tensor) is Expr bytes)
                    {
                        nodes.Add(new TapeNode(a.Int("slot"), op.Kind, expression, bytes));
                    }

                    break;
            }
        }

        return nodes;
    }

    /// <summary>What the compiler chose where there is another way.</summary>
    private static ChoiceNode? Choice(Op op, string expression) => op.Kind switch
    {
        "coarse.hashes" => new ChoiceNode(expression, "coarse maximum",
            "4 flights for a row of any length, where a tournament takes 3 for each of its levels; "
                + $"the {op.Attributes.Int("thresholds")} thresholds of a row take more bytes, which cost less than flights over a wide area"),
        "wide.multiply" or "wide.squares" => new ChoiceNode(expression, "wide product",
            $"it reads an operand of {op.Attributes.Int("from")} bits before that is extended to {op.Attributes.Int("ring")}: "
                + "a flight fewer on the way, or an extension that nothing else needs"),
        _ => null,
    };

    /// <summary>What one party sends the other, who keeps it to itself or shares the knowledge of a mask.</summary>
    private void Sent(Op op, string expression, List<PlanNode> nodes, List<PlanEntry> pending)
    {
        Attributes a = op.Attributes;
        int ring = a.Int("ring") - a.Int("truncate", 0);
        bool fromServer = a.Text("from") == "server";
        (string gate, Expr bytes, string argument) = op.Kind switch
        {
            "opento.put" => ("open to one", OpenTo.OnlineBytes(op.Result.Tensor.Count, ring), $"uniform mask of {ring} bits"),
            "shuffle.put" => (a.Int("inverse") == 1 ? "shuffle back" : "shuffle", Shuffle.OnlineBytes(op.Result.Tensor.Count, ring),
                $"uniform pad of {ring} bits, in an order that only the sender knows"),
            _ => ("tell", Tell.OnlineBytes(op.Result.Tensor.Count, ring), $"uniform mask of {ring} bits"),
        };
        pending.Add(new PlanEntry(gate, expression, fromServer ? bytes : Expr.Zero, fromServer ? Expr.Zero : bytes, argument));
        if (TapeBytes(op, i => values[op.Operands[i]].Tensor) is Expr tape)
        {
            nodes.Add(new TapeNode(a.Int("slot"), gate, expression, tape));
        }
    }
}
