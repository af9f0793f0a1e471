using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Numerics;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Choosing rows. A selection becomes a secret order of the rows and the positions that were revealed under it: rows are gathered by
/// shuffling and taking what stands at those positions, and scattered by the way back.
/// <para>Comparisons that are revealed need ranges that hold whatever happens, because a difference that wraps would show that a bound was
/// exceeded. An asserted range is none; but what an extension gives lies within [−3·2^(m−2), 3·2^(m−2)) for every element of Z_2^m, so keys
/// are extended by two bits before they are shuffled.</para>
/// </summary>
internal sealed partial class Numbers
{
    /// <summary>Bits in which the asserted range of a key fits; two more are compared.</summary>
    private const int KeyRing = 22;

    /// <summary>Bits that a key has at least: with two more, comparisons take two digits, so that none is open before it is revealed.</summary>
    private const int LeastKeyRing = 3;

    private readonly Dictionary<int, (int Order, int Positions)> selections = [];

    /// <summary>Moves whole rows and changes no value.</summary>
    private static bool MovesRows(Op op) => op.Kind is "reshape" or "permute" or "broadcast" or "slice" or "index" or "concat" or "gather";

    /// <summary>The operands of a row-moving operation that are values; orders and positions are none.</summary>
    private static IEnumerable<int> Moved(Op op) => op.Kind == "gather" ? [op.Operands[0]] : op.Operands;

    private void TopK(Op op)
    {
        int scores = Use(op.Operands[0]);
        ImmutableArray<Expr> shape = Shape(scores);
        Expr count = op.Result.Tensor.Shape[op.Result.Tensor.Rank - 1];
        int order = Permutation(shape);
        int key = Proven(scores, KeyScale(scores));
        int shuffled = Emit("shuffle", [key, order], Attributes.None, shape, numbers[key].Scale, numbers[key].Low, numbers[key].High);
        selections[op.Result.Id] = (order, Emit(
            "order", [shuffled, order], Attributes.Of(("count", count)), op.Result.Tensor.Shape, 0, 0, 0, Form.Positions));
    }

    private void ShuffleRows(Op op)
    {
        ImmutableArray<Expr> shape = op.Result.Tensor.Shape;
        int order = Permutation(shape);
        selections[op.Result.Id] = (order, Emit("everyrow", [order], Attributes.None, shape, 0, 0, 0, Form.Positions));
    }

    /// <summary>
    /// The same rows, slot by slot in their original order. Each selected row learns its slot in secret: how many rows up to it are selected,
    /// and 0 where it is not; then rows are shuffled anew and the slots revealed, a uniformly random subset in a uniformly random order.
    /// </summary>
    private void InOrder(Op op)
    {
        (int order, int positions) = selections[op.Operands[0]];
        ImmutableArray<Expr> slots = op.Result.Tensor.Shape;
        ImmutableArray<Expr> rows = slots.SetItem(slots.Length - 1, op.Attributes.Expr("rows"));
        BigInteger most = Maximum(slots[slots.Length - 1]);
        int one = Emit("constant", [], Attributes.Of(("scalar", RealAttr.Of(1)), ("bits", 0L)), slots, 0, 1, 1, Form.Public);
        int ones = Emit("public", [one], Attributes.None, slots, 0, 1, 1);
        int selected = Emit("scatter", [ones, order, positions], Attributes.None, rows, 0, 0, 1);
        int before = Emit("cumsum", [selected], Attributes.None, rows, 0, 0, most);
        int slot = Emit("mul", [selected, before], Attributes.None, rows, 0, 0, most);
        int anew = Permutation(rows);
        selections[op.Result.Id] = (anew, Emit(
            "locate", [slot, anew], Attributes.Of(("count", slots[slots.Length - 1])), slots, 0, 0, 0, Form.Positions));
    }

    private int Gather(Op op)
    {
        int x = Use(op.Operands[0]);
        (int order, int positions) = selections[op.Operands[1]];
        return Emit("gather", [x, order, positions], Attributes.None, op.Result.Tensor.Shape, numbers[x].Scale, numbers[x].Low,
            numbers[x].High);
    }

    /// <summary>Whether rows come out of a gather, perhaps through other moves.</summary>
    private bool Gathers(Op op) => op.Kind == "gather"
        || (MovesRows(op) && op.Operands.Any(o => definitions.TryGetValue(o, out Op? made) && Gathers(made)));

    /// <summary>The same moves of what is truncated before them.</summary>
    private int Realigned(int id, Op moves, int scale)
    {
        if (aligned.Peek().TryGetValue(id, out List<int>? versions) && versions.Find(v => numbers[v].Scale == scale) is int found && found != 0)
        {
            return found;
        }

        int[] moved = Moved(moves).Select(o => Align(o, scale)).ToArray();
        Number[] ranges = moved.Select(m => numbers[m]).ToArray();
        int shift = numbers[id].Scale - scale;
        int result = Emit(moves.Kind, [.. moved, .. moves.Operands.Skip(moved.Length)], moves.Attributes, Shape(id), scale,
            BigInteger.Max(ranges.Min(r => r.Low), numbers[id].Low >> shift),
            BigInteger.Min(ranges.Max(r => r.High), (numbers[id].High >> shift) + 1));
        (aligned.Peek().TryGetValue(id, out List<int>? list) ? list : aligned.Peek()[id] = []).Add(result);
        return result;
    }

    private int Scatter(Op op)
    {
        int x = AtMost(Use(op.Operands[0]), fraction);
        (int order, int positions) = selections[op.Operands[1]];
        return Emit("scatter", [x, order, positions], Attributes.None, op.Result.Tensor.Shape, numbers[x].Scale,
            BigInteger.Min(0, numbers[x].Low), BigInteger.Max(0, numbers[x].High));
    }

    private int Permutation(ImmutableArray<Expr> shape) => Emit("permutation", [], Attributes.None, shape, 0, 0, 0, Form.Permutation);

    /// <summary>Whether a narrower range was declared of rows after they were moved: then they are extended as they stand there.</summary>
    private bool Narrower(int id, Op moves) => numbers[id].Low > Moved(moves).Min(m => numbers[m].Low)
        || numbers[id].High < Moved(moves).Max(m => numbers[m].High);

    /// <summary>The most fraction bits with which all that a key is put together from fits <see cref="KeyRing"/>.</summary>
    private int KeyScale(int id)
    {
        if (definitions.TryGetValue(id, out Op? op) && MovesRows(op) && !Narrower(id, op))
        {
            return Moved(op).Min(KeyScale);
        }

        Number number = numbers[id];
        int scale = Math.Min(Math.Min(number.Scale, fraction), number.Scale - Math.Max(0, number.RequiredRing - KeyRing));
        return scale >= 0 ? scale : throw new CompileError("MPC3004",
            FormattableString.Invariant($"scores within [{Real(number.Low, number.Scale):G4}, {Real(number.High, number.Scale):G4}] ")
                + "would be compared in steps larger than 1; declare a narrower range with .Within(low, high)",
            site);
    }

    /// <summary>The value with a range that holds for every element of its ring, extended before rows are moved.</summary>
    private int Proven(int id, int scale)
    {
        if (definitions.TryGetValue(id, out Op? op) && MovesRows(op) && !Narrower(id, op))
        {
            int[] moved = Moved(op).Select(o => Proven(o, scale)).ToArray();
            Number[] ranges = moved.Select(m => numbers[m]).ToArray();
            return Emit(op.Kind, [.. moved, .. op.Operands.Skip(moved.Length)], op.Attributes, Shape(id), scale,
                ranges.Min(r => r.Low), ranges.Max(r => r.High));
        }

        int key = Align(id, scale);
        BigInteger bound = 3 * (BigInteger.One << (Math.Max(numbers[key].RequiredRing, LeastKeyRing) - 2));
        return Emit("extend", [key], Attributes.None, Shape(key), scale, -bound, bound - 1);
    }
}
