using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Numerics;
using MPCache.Contract;

namespace MPCache.Generator.Ir;

/// <summary>
/// Holds a typed function against the rules of what may be revealed about rows. One permutation, one total order: comparisons are revealed
/// between rows that were shuffled under a permutation of their own, once a permutation, in the block that draws it. Their range is
/// derived, not asserted. Slots are revealed only of what is a slot by construction. Positions index what was shuffled under their own
/// permutation. What a permutation covers are whole rows: order and slots are revealed of tensors that have its shape and no further axes,
/// because within a row nothing is shuffled.
/// </summary>
internal sealed class SelectionRules
{
    private readonly Dictionary<int, Value> defined = [];
    private readonly Dictionary<int, Op> definitions = [];
    private readonly Dictionary<int, int> shuffledUnder = [];
    private readonly Dictionary<int, int> positionsUnder = [];
    private readonly HashSet<int> revealed = [];
    private readonly ProvenRanges proven = new();

    /// <exception cref="InvalidOperationException">The function breaks a rule; the message names operation and rule.</exception>
    public static void Verify(Function function) => new SelectionRules().Walk(function.Body);

    private static void Require(bool condition, Op op, string rule)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"{op.Kind}: {rule}");
        }
    }

    private void Walk(Block block)
    {
        HashSet<int> drawnHere = [];
        foreach (Value parameter in block.Parameters)
        {
            defined[parameter.Id] = parameter;
            proven.Parameter(parameter);
        }

        foreach (Op op in block.Ops)
        {
            if (op.Body is not null)
            {
                foreach (Block inner in op.Blocks)
                {
                    Walk(inner);
                }

                foreach (Value result in op.Results)
                {
                    proven.Parameter(result);
                }
            }
            else if (op.Kind != "check")
            {
                proven.Visit(op, defined);
                Visit(op, drawnHere);
            }

            foreach (Value result in op.Results)
            {
                defined[result.Id] = result;
                definitions[result.Id] = op;
            }
        }
    }

    private void Visit(Op op, HashSet<int> drawnHere)
    {
        switch (op.Kind)
        {
            case "permutation":
                drawnHere.Add(op.Result.Id);
                break;
            case "shuffle":
                Require(Begins(Operand(op, 0), Order(op, 1)), op, "the rows are not those of the permutation");
                Require(Begins(op.Result.Tensor, Operand(op, 0).Shape), op, "the shape changes");
                shuffledUnder[op.Result.Id] = op.Operands[1];
                break;
            case "narrow" or "truncate" when shuffledUnder.TryGetValue(Id(op, 0), out int order):
                shuffledUnder[op.Result.Id] = order;
                break;
            case "order":
                Require(shuffledUnder.TryGetValue(Id(op, 0), out int under) && under == Id(op, 1), op,
                    "comparisons are revealed between rows in public order; shuffle them under this permutation first");
                WholeRows(op);
                Once(op, Id(op, 1), drawnHere);
                Derived(op);
                positionsUnder[op.Result.Id] = op.Operands[1];
                break;
            case "locate":
                Require(IsSlot(op), op, "the revealed values are not slots by construction");
                WholeRows(op);
                Once(op, Id(op, 1), drawnHere);
                positionsUnder[op.Result.Id] = op.Operands[1];
                break;
            case "state.keep":
                Require(positionsUnder.TryGetValue(Id(op, 1), out int kept) && kept == Id(op, 0), op,
                    "the positions were revealed under another permutation");
                break;
            case "state.positions":
                // Nothing is revealed here: these positions were, under this order, when the state kept them.
                positionsUnder[op.Result.Id] = Id(op, 0);
                break;
            case "reveal":
                Require(!shuffledUnder.ContainsKey(Id(op, 0)), op, "rows are told in the order in which their key was compared");
                break;
            case "everyrow":
                // Whoever learns rows in this order must not learn how a key orders them.
                Require(Begins(op.Result.Tensor, Order(op, 0)), op, "the positions are not those of the permutation's rows");
                Once(op, Id(op, 0), drawnHere);
                positionsUnder[op.Result.Id] = op.Operands[0];
                break;
            case "gather" or "scatter":
                Require(positionsUnder.TryGetValue(Id(op, 2), out int revealedUnder), op, "what is to be positions was never revealed");
                Require(revealedUnder == Id(op, 1), op, "the positions were revealed under another permutation");
                ImmutableArray<Expr> slots = Operand(op, 2).Shape;
                bool gathers = op.Kind == "gather";
                Require(Begins(Operand(op, 0), gathers ? Order(op, 1) : slots), op, "the rows are not those of the permutation");
                Require(Begins(op.Result.Tensor, gathers ? slots : Order(op, 1)), op, "the result's rows are not those of the permutation");
                break;
        }
    }

    private static int Id(Op op, int operand) => operand < op.Operands.Length
        ? op.Operands[operand]
        : throw new InvalidOperationException($"{op.Kind}: operand {operand} is missing");

    private TensorType Operand(Op op, int operand) => defined.TryGetValue(Id(op, operand), out Value? value)
        ? value.Tensor
        : throw new InvalidOperationException($"{op.Kind}: %{op.Operands[operand]} is used before it is defined");

    private ImmutableArray<Expr> Order(Op op, int operand)
    {
        TensorType order = Operand(op, operand);
        Require(order.Form == Form.Permutation && order.Rank > 0, op, $"%{op.Operands[operand]} is no permutation");
        return order.Shape;
    }

    /// <summary>Whether a tensor begins with axes, as far as that is known before the session's sizes are checked.</summary>
    private static bool Begins(TensorType tensor, ImmutableArray<Expr> axes) =>
        tensor.Rank >= axes.Length && axes.Zip(tensor.Shape, (a, b) => (a - b).AsConstant).All(difference => difference is null or 0);

    private void WholeRows(Op op)
    {
        ImmutableArray<Expr> rows = Order(op, 1);
        Require(Operand(op, 0).Shape.SequenceEqual(rows), op,
            "what is revealed lies within the permutation's rows, where nothing is shuffled");
        Require(op.Result.Tensor.Shape.SequenceEqual(rows.SetItem(rows.Length - 1, op.Attributes.Expr("count"))), op,
            "the positions are not as many as are counted");
    }

    private void Once(Op op, int order, HashSet<int> drawnHere)
    {
        Require(drawnHere.Contains(order), op, "the permutation is drawn outside of the loop that reveals under it");
        Require(revealed.Add(order), op, "a second order is revealed under one permutation");
    }

    private void Derived(Op op)
    {
        (BigInteger low, BigInteger high) = proven.Of(defined[op.Operands[0]]);
        int ring = defined[op.Operands[0]].Tensor.Number!.Ring;
        Require(high - low < BigInteger.One << (ring - 1), op,
            $"the range of what is compared is asserted, not derived: differences within ±{high - low} wrap in {ring} bits");
    }

    /// <summary>
    /// A selected row's slot, 0 elsewhere: what was scattered from ones, times how many of them there are so far. One number a row: ones
    /// with further axes would be counted along those, row by row in public order.
    /// </summary>
    private bool IsSlot(Op op)
    {
        TensorType slots = Operand(op, 0);
        Op? slot = Definition(op.Operands[0]);
        if (slot?.Kind != "mul" || Definition(slot.Operands[0]) is not { Kind: "scatter" } selected
            || Definition(slot.Operands[1]) is not { Kind: "cumsum" } before || Source(before.Operands[0]) != selected.Result.Id
            || Definition(selected.Operands[0]) is not { Kind: "public" } ones
            || Definition(ones.Operands[0]) is not { Kind: "constant" } one)
        {
            return false;
        }

        ImmutableArray<Expr> rows = Order(selected, 1);
        ImmutableArray<Expr> counted = Operand(selected, 2).Shape;
        return one.Attributes.Has("scalar") && one.Attributes.All.First(a => a.Key == "scalar").Value is RealAttr { Decimal: "1" }
            && one.Attributes.Int("bits", -1) == 0 && ones.Result.Tensor.Shape.SequenceEqual(counted)
            && selected.Result.Tensor.Shape.SequenceEqual(rows) && slots.Shape.SequenceEqual(rows)
            && counted[counted.Length - 1].Equals(op.Attributes.Expr("count")) && slots.Number!.RequiredRing <= slots.Number.Ring;
    }

    private Op? Definition(int value) => definitions.TryGetValue(Source(value), out Op? op) ? op : null;

    private int Source(int value)
    {
        while (definitions.TryGetValue(value, out Op? op) && op.Kind is "narrow")
        {
            value = op.Operands[0];
        }

        return value;
    }
}
