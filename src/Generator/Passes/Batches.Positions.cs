using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

// Rows and slices. Those at the iteration's number are, of all iterations, one part of the tensor.
internal sealed partial class Batches
{
    private const string Positions =
        "here positions depend on the iteration's number in another way than as x[first + i] or x.Slice(axis, first + i * length, length) of "
        + "a tensor that is the same in all iterations; reshape the tensor so that its rows are those of the iterations, or use a 'for' loop";

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

        if (batched.Contains(x) || Step(position)?.AsConstant != 1)
        {
            throw Separate(op, Positions);
        }

        Expr first = First(position);
        CheckWithin(op, first, count, Shape(x)[0]);
        Give(op, "slice", [x], Part(0, first, count));
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

        if (batched.Contains(x) || !length.Equals(Step(start)))
        {
            throw Separate(op, Positions);
        }

        Expr first = First(start);
        CheckWithin(op, first, count * length, Shape(x)[axis]);
        int part = Emit(op, "slice", [x], Part(axis, first, count * length), Shape(x).SetItem(axis, count * length));
        int parts = Emit(op, "reshape", [part], Attributes.None, Shape(x).SetItem(axis, length).Insert(axis, count));
        Permute(op, parts, [axis, .. Enumerable.Range(0, Shape(x).Length + 1).Where(a => a != axis).Select(a => Expr.Constant(a))]);
    }

    private static Attributes Part(int axis, Expr start, Expr length) =>
        Attributes.Of(("axis", (long)axis), ("start", start), ("length", length));

    /// <summary>By how much a position grows from one iteration to the next, where that is always the same.</summary>
    private Expr? Step(Expr position)
    {
        Expr step = position.Substitute(index, Expr.Symbol(index) + 1) - position;
        return step.Mentions(index) || (position - (step * Expr.Symbol(index))).Mentions(index) ? null : step;
    }

    private Expr First(Expr position) => position.Substitute(index, Expr.Zero);

    /// <summary>The parts of all iterations lie within the axis: for certain, or the session checks.</summary>
    private void CheckWithin(Op op, Expr first, Expr length, Expr size)
    {
        Within(op, Expr.Zero, first);
        Within(op, first + length, size);

        void Within(Op op, Expr a, Expr b)
        {
            if (known.IsNotNegative(b - a))
            {
                return;
            }

            if (known.IsNotNegative(a - b - 1))
            {
                throw new CompileError(
                    "MPC2002", $"{length} rows from {first} on reach beyond the {size} that there are; stack fewer iterations", op.Site);
            }

            Keep(new Op("check", [], [], Attributes.Of(("left", a), ("right", b), ("by", CheckNode.AtMost)), op.Site));
        }
    }
}
