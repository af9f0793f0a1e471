using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

// Rows and slices. Those at the iteration's number are, of all iterations, one part of the tensor.
internal sealed partial class Batches
{
    private const string Positions =
        "here positions depend on the iteration's number in another way than as x[first + i * step] or x[first + i / times], or as slices that "
        + "begin in such places and do not overlap, of a tensor that is the same in all iterations; bring the tensor into such an order before, "
        + "or use a 'for' loop";

    private void Row(Op op)
    {
        int x = op.Operands[0];
        Expr position = op.Attributes.Expr("index");
        if (!position.Mentions(index))
        {
            int row = Emit(op, "slice", [x], Part(1, position, Expr.One), Shape(x).SetItem(1, Expr.One));
            Give(op, "reshape", [row], Attributes.None);
            return;
        }

        (int parts, Expr first) = Consecutive(op, x, 0, position, Expr.One);
        Give(op, "slice", [parts], Part(0, first, level.Count));
    }

    private void Slice(Op op)
    {
        int x = op.Operands[0];
        int axis = op.Attributes.Int("axis");
        (Expr start, Expr length) = (op.Attributes.Expr("start"), op.Attributes.Expr("length"));
        if (!start.Mentions(index))
        {
            Give(op, "slice", [x], Part(axis + 1, start, length));
            return;
        }

        (int from, Expr first) = Consecutive(op, x, axis, start, length);
        ImmutableArray<Expr> shape = Shape(x).SetItem(axis, level.Count * length);
        int part = Emit(op, "slice", [from], Part(axis, first, level.Count * length), shape);
        int parts = Emit(op, "reshape", [part], Attributes.None, shape.SetItem(axis, length).Insert(axis, level.Count));
        Permute(op, parts, [axis, .. Enumerable.Range(0, shape.Length + 1).Where(a => a != axis).Select(a => Expr.Constant(a))]);
    }

    /// <summary>
    /// A tensor in which the parts of all iterations stand one behind the other, and where they begin. Where several iterations in a row read
    /// the same part, the level becomes that of the parts.
    /// </summary>
    private (int Tensor, Expr First) Consecutive(Op op, int x, int axis, Expr start, Expr length)
    {
        Expr first = Expr.Total(start.Terms().Where(t => !t.Mentions(index)));
        Expr rest = start - first;
        if (levels.ContainsKey(x))
        {
            throw Separate(op, Positions);
        }

        if (rest.AsQuotient() is (Expr factor, Expr dividend, Expr times) && dividend.AsSymbol == index && !factor.Mentions(index)
            && !times.Mentions(index))
        {
            CheckAtMost(op, Expr.One, times);
            level = new Level(Expr.CeilDiv(each.Count, times), times);
            return Strided(op, x, axis, first, length, factor);
        }

        return Step(rest) is Expr step ? Strided(op, x, axis, first, length, step) : throw Separate(op, Positions);
    }

    /// <summary>Parts of which each begins a step behind the one before.</summary>
    private (int Tensor, Expr First) Strided(Op op, int x, int axis, Expr first, Expr length, Expr step)
    {
        ImmutableArray<Expr> shape = Shape(x);
        if (step.Equals(length))
        {
            CheckWithin(op, first, level.Count * length, shape[axis]);
            return (x, first);
        }

        if (known.IsNotNegative(length - step - 1))
        {
            throw Separate(op, Positions);
        }

        CheckAtMost(op, length, step);

        // Behind the last part nothing is read, and nothing need be there: a step is filled up with zeros where it may be short of rows.
        Expr read = ((level.Count - 1) * step) + length;
        Expr whole = level.Count * step;
        CheckWithin(op, first, read, shape[axis]);
        bool isThere = known.IsNotNegative(shape[axis] - first - whole);
        int steps = Emit(op, "slice", [x], Part(axis, first, isThere ? whole : read), shape.SetItem(axis, isThere ? whole : read));
        if (!isThere)
        {
            ImmutableArray<Expr> gap = shape.SetItem(axis, step - length);
            int zeros = Emit(op, "constant", [], Attributes.Of(("scalar", RealAttr.Of(0))), gap);
            steps = Emit(op, "concat", [steps, zeros], Attributes.Of(("axis", (long)axis)), shape.SetItem(axis, whole));
        }

        ImmutableArray<Expr> apart = shape.SetItem(axis, step).Insert(axis, level.Count);
        int separate = Emit(op, "reshape", [steps], Attributes.None, apart);
        ImmutableArray<Expr> begun = apart.SetItem(axis + 1, length);
        int parts = Emit(op, "slice", [separate], Part(axis + 1, Expr.Zero, length), begun);
        return (Emit(op, "reshape", [parts], Attributes.None, shape.SetItem(axis, level.Count * length)), Expr.Zero);
    }

    private static Attributes Part(int axis, Expr start, Expr length) =>
        Attributes.Of(("axis", (long)axis), ("start", start), ("length", length));

    /// <summary>By how much a position grows from one iteration to the next, where that is always the same.</summary>
    private Expr? Step(Expr position)
    {
        Expr step = position.Substitute(index, Expr.Symbol(index) + 1) - position;
        return step.Mentions(index) || (position - (step * Expr.Symbol(index))).Mentions(index) ? null : step;
    }

    /// <summary>The parts of all iterations lie within the axis: for certain, or the session checks.</summary>
    private void CheckWithin(Op op, Expr first, Expr length, Expr size)
    {
        if (known.IsNotNegative(-1 - first) || known.IsNotNegative(first + length - size - 1))
        {
            throw new CompileError(
                "MPC2002", $"{length} rows from {first} on reach beyond the {size} that there are; stack fewer iterations", op.Site);
        }

        CheckAtMost(op, Expr.Zero, first);
        CheckAtMost(op, first + length, size);
    }

    private void CheckAtMost(Op op, Expr a, Expr b)
    {
        if (!known.IsNotNegative(b - a))
        {
            Keep(new Op("check", [], [], Attributes.Of(("left", a), ("right", b), ("by", CheckNode.AtMost)), op.Site));
        }
    }
}
