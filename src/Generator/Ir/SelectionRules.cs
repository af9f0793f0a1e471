using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace MPCache.Generator.Ir;

/// <summary>
/// Holds a typed function against the rules of what may be revealed about rows. One permutation, one total order: comparisons are revealed
/// between rows that were shuffled under a permutation of their own, once a permutation, in the block that draws it. Their range is derived,
/// not asserted. Slots are revealed only of what is a slot by construction. Positions index what was shuffled under their own permutation.
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
                Walk(op.Body);
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
                shuffledUnder[op.Result.Id] = op.Operands[1];
                break;
            case "narrow" or "truncate" when shuffledUnder.TryGetValue(op.Operands[0], out int order):
                shuffledUnder[op.Result.Id] = order;
                break;
            case "order":
                Require(shuffledUnder.TryGetValue(op.Operands[0], out int under) && under == op.Operands[1], op,
                    "comparisons are revealed between rows in public order; shuffle them under this permutation first");
                Once(op, drawnHere);
                Derived(op);
                positionsUnder[op.Result.Id] = op.Operands[1];
                break;
            case "locate":
                Require(IsSlot(op.Operands[0]), op, "the revealed values are not slots by construction");
                Once(op, drawnHere);
                positionsUnder[op.Result.Id] = op.Operands[1];
                break;
            case "state.keep":
                Require(positionsUnder.TryGetValue(op.Operands[1], out int kept) && kept == op.Operands[0], op,
                    "the positions were revealed under another permutation");
                break;
            case "everyrow" or "state.positions":
                positionsUnder[op.Result.Id] = op.Operands[0];
                break;
            case "gather" or "scatter":
                Require(positionsUnder[op.Operands[2]] == op.Operands[1], op, "the positions were revealed under another permutation");
                break;
        }
    }

    private void Once(Op op, HashSet<int> drawnHere)
    {
        Require(drawnHere.Contains(op.Operands[1]), op, "the permutation is drawn outside of the loop that reveals under it");
        Require(revealed.Add(op.Operands[1]), op, "a second order is revealed under one permutation");
    }

    private void Derived(Op op)
    {
        (BigInteger low, BigInteger high) = proven[op.Operands[0]];
        int ring = defined[op.Operands[0]].Tensor.Number!.Ring;
        Require(high - low < BigInteger.One << (ring - 1), op,
            $"the range of what is compared is asserted, not derived: differences within ±{high - low} wrap in {ring} bits");
    }

    /// <summary>A selected row's slot, 0 elsewhere: what was scattered from ones, times how many of them there are so far.</summary>
    private bool IsSlot(int value)
    {
        Op? slot = Definition(value);
        return slot?.Kind == "mul" && Definition(slot.Operands[0]) is { Kind: "scatter" } selected
            && Definition(slot.Operands[1]) is { Kind: "cumsum" } before && Source(before.Operands[0]) == selected.Result.Id
            && Definition(selected.Operands[0]) is { Kind: "public" } ones && Definition(ones.Operands[0]) is { Kind: "constant" } one
            && one.Attributes.All.First(a => a.Key == "scalar").Value is RealAttr { Decimal: "1" };
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
