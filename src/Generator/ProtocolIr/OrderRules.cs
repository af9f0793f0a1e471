using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.ProtocolIr;

/// <summary>
/// Holds a lowered function against the rules of what may be revealed about rows, as the typed function was before: the two agree only if
/// lowering and scheduling moved nothing out of its order. Every value in a secret order is known with the permutation it is under. Only
/// comparisons of such rows are revealed, once a permutation, and once more between rows that the first comparisons left undecided; slots
/// are revealed under a permutation of their own; positions index what is under theirs; what was placed at positions goes back the way by
/// which they came.
/// </summary>
internal sealed class OrderRules
{
    private readonly Dictionary<int, Value> defined = [];
    private readonly Dictionary<int, int> under = [];
    private readonly Dictionary<int, int> positionsUnder = [];
    private readonly Dictionary<int, int> standings = [];
    private readonly Dictionary<int, Compared> compared = [];

    /// <summary>Rows that the first comparisons left undecided, by the positions where they stood.</summary>
    private readonly Dictionary<int, int> undecided = [];
    private readonly HashSet<(int Order, bool Again)> revealed = [];

    /// <summary>Comparisons on their way: of which rows, of which undecided ones, and whether digits have become signs.</summary>
    private sealed record Compared(int Order, int? Undecided, bool Combined);

    /// <exception cref="InvalidOperationException">The function breaks a rule; the message names operation and rule.</exception>
    public static void Verify(Function function) => new OrderRules().Walk(function.Body, [], null);

    private static void Require(bool condition, Op op, string rule)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"{op.Kind}: {rule}");
        }
    }

    private void Walk(Block block, IReadOnlyCollection<int> drawnAround, Op? loop)
    {
        HashSet<int> drawnHere = [];
        foreach (Value parameter in block.Parameters)
        {
            defined[parameter.Id] = parameter;
        }

        foreach (Op op in block.Ops)
        {
            if (op.Kind == "if")
            {
                foreach (Block branch in op.Blocks)
                {
                    Walk(branch, drawnHere, null);
                }
            }
            else if (op.Body is not null)
            {
                Loop(op, drawnHere);
            }
            else if (op.Kind != "check")
            {
                Visit(op, drawnHere, drawnAround, loop);
            }

            foreach (Value result in op.Results)
            {
                defined[result.Id] = result;
            }
        }
    }

    private void Loop(Op op, IReadOnlyCollection<int> drawnHere)
    {
        Block body = op.Body!;
        for (int i = 0; i < body.Parameters.Length; i++)
        {
            Carry(op.Operands[i], body.Parameters[i].Id);
        }

        Walk(body, drawnHere, op);
        for (int i = 0; i < op.Results.Length; i++)
        {
            Carry(body.Yields[i], op.Results[i].Id);
            bool ranks = standings.TryGetValue(body.Parameters[i].Id, out int before);
            Require(!ranks || (standings.TryGetValue(body.Yields[i], out int after) && after == before), op,
                "what a loop carries of an order changes to another permutation's");
        }
    }

    private void Carry(int from, int to)
    {
        // A masked value may come out of a loop in any order; standings are of one permutation all the way.
        if (standings.TryGetValue(from, out int order))
        {
            standings[to] = order;
        }
    }

    private void Visit(Op op, HashSet<int> drawnHere, IReadOnlyCollection<int> drawnAround, Op? loop)
    {
        int result = op.Results.Length > 0 ? op.Result.Id : -1;
        switch (op.Kind)
        {
            case "permutation":
                drawnHere.Add(result);
                break;
            case "shuffle":
                bool back = op.Attributes.Int("inverse") == 1;
                Require(op.Attributes.Text("from") == (back ? "client" : "server"), op,
                    "the server shuffles first, the client shuffles back");
                Require(!back || Under(op, 0) == op.Operands[1], op, "rows go back through another permutation than they came by");
                if (!back)
                {
                    under[result] = op.Operands[1];
                }

                break;
            case "tell" or "open" or "opento" or "local.narrow" or "local.additive" or "truncate.reduce" when op.Operands.Length == 1:
                Follow(op);
                break;
            case "reveal":
                Require(Under(op, 0) < 0, op, "rows are told in the order in which their key was compared");
                break;
            case "everyrow":
                Once(op, op.Operands[0], drawnHere);
                positionsUnder[result] = op.Operands[0];
                break;
            case "state.positions":
                // They were revealed under this order when the state kept them; nothing is revealed under it any more.
                positionsUnder[result] = op.Operands[0];
                break;
            case "state.keep":
                Require(Positions(op) == op.Operands[0], op, "the positions were revealed under another permutation");
                break;
            case "locate":
                Require(Under(op, 0) == op.Operands[1], op,
                    "slots are revealed in public order; shuffle them under this permutation first");
                WholeRows(op, op.Operands[1]);
                Once(op, op.Operands[1], drawnHere);
                positionsUnder[result] = op.Operands[1];
                break;
            case "remask.gather":
                int taken = Positions(op);
                Require(Under(op, 0) == taken, op, "the positions were revealed under another permutation");
                if (undecided.ContainsKey(op.Operands[1]))
                {
                    undecided[result] = op.Operands[1];
                }

                break;
            case "remask.scatter":
                under[result] = Positions(op);
                break;
            default:
                Comparisons(op, result, drawnHere, drawnAround, loop);
                break;
        }
    }

    private void Comparisons(Op op, int result, HashSet<int> drawnHere, IReadOnlyCollection<int> drawnAround, Op? loop)
    {
        switch (op.Kind)
        {
            case "order.pairs" when undecided.TryGetValue(op.Operands[0], out int left):
                compared[result] = new Compared(positionsUnder[left], left, Combined: false);
                break;
            case "order.pairs":
                int order = Under(op, 0);
                Require(order >= 0, op, "comparisons are revealed between rows in public order; shuffle them under a permutation first");
                WholeRows(op, order);
                compared[result] = new Compared(order, null, Combined: false);
                break;
            case "compare.digits" or "openbits" when compared.TryGetValue(op.Operands[0], out Compared? digits):
                compared[result] = digits;
                break;
            case "compare.combine" when compared.TryGetValue(op.Operands[0], out Compared? signs):
                compared[result] = signs with { Combined = true };
                break;
            case "order.reveal":
                Require(compared.TryGetValue(op.Operands[0], out Compared? told), op,
                    "a comparison is revealed that is none of shuffled rows");
                Require(told!.Combined, op, "digits are revealed instead of signs");
                Require(told.Undecided == (op.Operands.Length > 1 ? op.Operands[1] : null), op,
                    "these are not the slots that were compared");
                if (told.Undecided is null)
                {
                    Once(op, told.Order, drawnHere);
                }
                else
                {
                    Again(op, told.Order, drawnAround, loop);
                }

                compared[result] = told;
                break;
            case "order.rank":
                Require(compared.TryGetValue(op.Operands[0], out Compared? ranked) && ranked.Undecided is null, op,
                    "rows are ranked by the first comparisons of all of them");
                standings[result] = ranked!.Order;
                break;
            case "order.undecided":
                positionsUnder[result] = Standing(op);
                undecided[result] = result;
                break;
            case "order.refine":
                Require(compared.TryGetValue(op.Operands[2], out Compared? refined) && refined.Undecided == op.Operands[1]
                    && refined.Order == Standing(op), op, "the comparisons are not those of the undecided rows");
                standings[result] = refined!.Order;
                break;
            case "order.kept":
                positionsUnder[result] = Standing(op);
                break;
        }
    }

    /// <summary>The secret order that a value's rows stand in; −1 for public order.</summary>
    private int Under(Op op, int operand) => under.TryGetValue(op.Operands[operand], out int order) ? order : -1;

    private int Standing(Op op) => standings.TryGetValue(op.Operands[0], out int order)
        ? order
        : throw new InvalidOperationException($"{op.Kind}: where rows stand was never revealed");

    private int Positions(Op op) => positionsUnder.TryGetValue(op.Operands[1], out int order)
        ? order
        : throw new InvalidOperationException($"{op.Kind}: what is to be positions was never revealed");

    private void Follow(Op op)
    {
        if (under.TryGetValue(op.Operands[0], out int order))
        {
            under[op.Result.Id] = order;
        }

        if (undecided.TryGetValue(op.Operands[0], out int left))
        {
            undecided[op.Result.Id] = left;
        }
    }

    private void WholeRows(Op op, int order)
    {
        Require(defined.TryGetValue(order, out Value? permutation) && defined.TryGetValue(op.Operands[0], out Value? rows)
            && rows.Tensor.Shape.SequenceEqual(permutation.Tensor.Shape), op,
            "what is revealed lies within the permutation's rows, where nothing is shuffled");
    }

    private void Once(Op op, int order, IReadOnlyCollection<int> drawnHere, bool again = false)
    {
        Require(drawnHere.Contains(order), op, "the permutation is drawn outside of the loop that reveals under it");
        Require(revealed.Add((order, again)), op, "a second order is revealed under one permutation");
    }

    /// <summary>
    /// Rows that the first comparisons left undecided are compared in a loop that runs once, where there are so many rows, and not at all.
    /// </summary>
    private void Again(Op op, int order, IReadOnlyCollection<int> drawnAround, Op? loop)
    {
        ImmutableArray<Expr> shape = defined[order].Tensor.Shape;
        Require(loop is not null && loop.Attributes.Expr("low").AsConstant == 0
            && loop.Attributes.Expr("high").Equals(Gates.Order.Refines(shape[shape.Length - 1])), op,
            "undecided rows are compared once, in a loop of one step");
        Once(op, order, drawnAround, again: true);
    }
}
