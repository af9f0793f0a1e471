using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

// Operations over a further axis in front. Those that name axes name them one further on.
internal sealed partial class Batches
{
    private void Widen(Op op)
    {
        switch (op.Kind)
        {
            case "add" or "sub" or "mul" or "neg" or "add.real" or "sub.real" or "mul.real" or "div.real" or "exp" or "rsqrt" or "reciprocal"
                or "silu" or "gelu" or "relu" or "map" or "maximum" or "minimum" or "less" or "select" or "softmax" or "rounded" or "within"
                or "reveal" or "reshape" or "broadcast" or "rotary" or "topk" or "inorder" or "shuffle" when !op.Attributes.All.Any(Depends):
                Give(op, op.Kind, Batched(op), op.Attributes);
                break;
            case "sum" or "mean" or "max" or "min" or "argmax" or "concat":
                Give(op, op.Kind, Batched(op), op.Attributes.With("axis", op.Attributes.Expr("axis") + 1));
                break;
            case "permute":
                Permute(op, op.Operands[0], [Expr.Zero, .. op.Attributes.List("axes").Select(a => a + 1)]);
                break;
            case "index":
                Row(op);
                break;
            case "slice":
                Slice(op);
                break;
            case "matmul":
                MatMul(op);
                break;
            case "linear":
                Linear(op);
                break;
            case "rotary":
                Rotary(op);
                break;
            case "check":
                // Of a part that all iterations together have checked where they read it.
                break;
            case "gather" or "scatter":
                MoveRows(op);
                break;
            case "embedding":
                throw Separate(op, "look up all tokens before, and read the rows of each iteration from what that gives");
            case "state.read" or "state.selection":
                throw Separate(
                    op, $"each tensor of '{op.Attributes.Text("field")}' is held for itself; read one of them in all iterations, or compute "
                    + "them one after the other in a 'for' loop");
            default:
                throw Separate(op, "this is no operation that has a form for all of them; compute it before, or use a 'for' loop");
        }
    }

    private static CompileError Separate(Op op, string why) =>
        new("MPC1025", "the iterations of a Stack are computed at once: " + why, op.Site);

    private ImmutableArray<int> Batched(Op op) => op.Operands.Select(o => Batched(op, o)).ToImmutableArray();

    private void Permute(Op op, int operand, ImmutableArray<Expr> axes) =>
        Give(op, "permute", [operand], Attributes.Of(("axes", new ListAttr(axes))));

    /// <summary>
    /// A product of matrices in each iteration; one with the same right matrix in all of them, or in several in a row, is one product of more
    /// rows.
    /// </summary>
    private void MatMul(Op op)
    {
        ImmutableArray<Expr> left = Shape(op.Operands[0]);
        ImmutableArray<Expr> right = Shape(op.Operands[1]);
        ImmutableArray<Expr>? joined = !levels.TryGetValue(op.Operands[1], out Level? own)
            ? right.Length == 2 ? [left[0] * left[1], left[2]] : null
            : IsShared(op) && right.Length == 3 ? [own.Count, own.Times * left[1], left[2]] : null;
        if (joined is not { } rows)
        {
            Give(op, "matmul", Batched(op), Attributes.None);
            return;
        }

        int together = Emit(op, "reshape", [op.Operands[0]], Attributes.None, rows);
        int product = Emit(op, "matmul", [together, op.Operands[1]], Attributes.None, rows.SetItem(rows.Length - 1, right[right.Length - 1]));
        Give(op, "reshape", [product], Attributes.None);
    }

    /// <summary>Whether iterations in a row, each of which has a left factor of its own, have the right one in common.</summary>
    private bool IsShared(Op op) => levels.TryGetValue(op.Operands[0], out Level? left) && left.Equals(each)
        && !levels[op.Operands[1]].Equals(each) && IsWhole(levels[op.Operands[1]]);

    /// <summary>
    /// A layer in each iteration: of the same weight, or of one for each iteration, or for several in a row, as a product with its transpose.
    /// </summary>
    private void Linear(Op op)
    {
        if (!levels.ContainsKey(op.Operands[1]))
        {
            Give(op, "linear", op.Operands, Attributes.None);
            return;
        }

        bool shared = IsShared(op);
        int matrices = shared ? op.Operands[1] : Batched(op, op.Operands[1]);
        int x = levels.ContainsKey(op.Operands[0]) ? Batched(op, op.Operands[0]) : op.Operands[0];
        ImmutableArray<Expr> weight = Shape(matrices);
        bool own = x != op.Operands[0] || levels.ContainsKey(x);
        Expr rows = Shape(x).Take(Shape(x).Length - 1).Skip(own ? 1 : 0).Aggregate(Expr.One, (a, b) => a * b);
        rows = shared ? rows * levels[matrices].Times : rows;
        x = Emit(op, "reshape", [x], Attributes.None, [own ? weight[0] : Expr.One, rows, weight[2]]);
        x = own ? x : Emit(op, "broadcast", [x], Attributes.None, [weight[0], rows, weight[2]]);
        int transposed = Emit(
            op, "permute", [matrices], Attributes.Of(("axes", new ListAttr([0, 2, 1]))), [weight[0], weight[2], weight[1]]);
        int product = Emit(op, "matmul", [x, transposed], Attributes.None, [weight[0], rows, weight[1]]);
        Give(op, "reshape", [product], Attributes.None);
    }

    /// <summary>Positions that go on from one iteration to the next are those of all rows, one behind the other.</summary>
    private void Rotary(Op op)
    {
        ImmutableArray<Expr> shape = op.Result.Tensor.Shape;
        Expr first = op.Attributes.Expr("first");
        if (Step(first) is not Expr step || !step.Equals(shape[0]))
        {
            throw Separate(
                op, "here positions do not go on from one iteration to the next as RotaryEmbedding(x, first + i * x.Size(0), theta) does; rotate "
                + "before, or use a 'for' loop");
        }

        ImmutableArray<Expr> all = shape.SetItem(0, level.Count * shape[0]);
        int rows = Emit(op, "reshape", Batched(op), Attributes.None, all);
        int rotated = Emit(op, "rotary", [rows], op.Attributes.With("first", first.Substitute(index, Expr.Zero)), all);
        Give(op, "reshape", [rotated], Attributes.None);
    }

    /// <summary>Rows moved by a selection of each iteration, or by one for all of them, which moves what they hold together.</summary>
    private void MoveRows(Op op)
    {
        (int x, int selection) = (op.Operands[0], op.Operands[1]);
        if (levels.ContainsKey(selection))
        {
            Give(op, op.Kind, [Batched(op, x), selection], op.Attributes);
            return;
        }

        // The axis of the iterations goes behind that of the rows and back.
        int groups = Shape(selection).Length;
        ImmutableArray<Expr> shape = Shape(x);
        Expr[] axes = [.. Enumerable.Range(0, shape.Length).Select(a => Expr.Constant(a < groups ? a + 1 : a > groups ? a : 0))];
        ImmutableArray<Expr> result = op.Result.Tensor.Shape;
        int together = Emit(
            op, "permute", [x], Attributes.Of(("axes", new ListAttr([.. axes]))), [.. axes.Select(a => shape[(int)a.AsConstant!.Value])]);
        int moved = Emit(op, op.Kind, [together, selection], op.Attributes, result.Insert(groups, level.Count));
        Permute(
            op, moved, [.. Enumerable.Range(0, shape.Length).Select(a => Expr.Constant(a == 0 ? groups : a <= groups ? a - 1 : a))]);
    }
}
