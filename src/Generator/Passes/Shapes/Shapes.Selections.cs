using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Selections. A selection of k rows of a tensor [groups…, n, rest…] has the shape [groups…, k]; what it selects from, [groups…, n], is
/// remembered beside it.
/// </summary>
internal sealed partial class Shapes
{
    private void Selecting(Op op)
    {
        switch (op.Kind)
        {
            case "topk":
                TensorType scores = Type(op, 0);
                Require(op, scores.Rank >= 1, $"rows are chosen along the last axis, and {scores} has none");
                Expr count = Int(op, 1);
                AtMost(op, Expr.Zero, count, $"{count} rows are none to choose; take at least 0");
                AtMost(op, count, scores.Shape[scores.Rank - 1], $"{count} rows of {scores} are asked for, more than there are");
                Choose(op, [tensors[op.Operands[0]].Id], scores.Shape, count);
                break;
            case "shuffle":
                ImmutableArray<Expr> all = op.Operands.Select(o => integers[o]).ToImmutableArray();
                Require(op, all.Length >= 1, "a shuffle needs the number of rows: Shuffle(groups, rows)");
                Choose(op, [], all, all[all.Length - 1]);
                break;
            case "inorder":
                ImmutableArray<Expr> ordered = selectedFrom[tensors[op.Operands[0]].Id];
                Choose(op, [tensors[op.Operands[0]].Id], ordered, Type(op, 0).Shape[Type(op, 0).Rank - 1]);
                break;
            case "gather":
                Apply(op, selectedFrom[tensors[op.Operands[1]].Id], Type(op, 1).Shape);
                break;
            case "scatter":
                Apply(op, Type(op, 1).Shape, selectedFrom[tensors[op.Operands[1]].Id]);
                break;
        }
    }

    /// <summary>
    /// A selection that a state keeps, [rows, groups…, slots]: read as it was at the entry, or replaced.
    /// </summary>
    private void StateSelection(Op op)
    {
        bool keeps = op.Kind == "state.keep";
        bool element = IsElement(op);
        ImmutableArray<Expr> declared = ShapeOf(op.Attributes.Text("shape"));
        Attributes attributes = StateAttributes(op, element)
            .With("declared", new ListAttr(declared.RemoveAt(declared.Length - 1)));
        declared = element ? declared.RemoveAt(0) : declared;
        Require(op, declared.Length >= 2, "a selection in a state has the shape [rows, groups…, slots]");
        ImmutableArray<Expr> groups = declared.RemoveAt(declared.Length - 1).RemoveAt(0);
        string key = StateKey(op);
        if (keeps)
        {
            NotInStack(op, op);
            Value selection = tensors[op.Operands.Last()];
            Require(op, selection.Tensor.Rank == groups.Length + 1,
                $"a selection with {selection.Tensor.Rank - 1} axes of groups does not fit the state's [{string.Join(", ", groups)}]");
            for (int i = 0; i < groups.Length; i++)
            {
                Same(op, groups[i], selection.Tensor.Shape[i]);
            }

            Value kept = Emit(op, "state.keep", [selection.Id], attributes, selection.Tensor.Shape);
            Written(op, key, new Version(kept, Expr.Zero, attributes) { IsSelection = true });
        }
        else if (held.Versions.TryGetValue(key, out Version? replaced))
        {
            throw replaced.IsEither
                ? new CompileError(
                    "MPC1023",
                    $"'{op.Attributes.Text("field")}' was replaced in a branch that the session decides, and the other branch has another "
                    + "selection; use each in the branch that makes it, and read the one kept in a later call",
                    op.Site)
                : new CompileError("MPC1019", "this selection was replaced before; use the one that replaced it", op.Site);
        }
        else
        {
            selectedFrom[op.Result.Id] = groups.Add(declared[0]);
            Define(op, "state.selection", [], attributes.With("rows", declared[0]), groups.Add(declared[declared.Length - 1]));
        }
    }

    private void Choose(Op op, ImmutableArray<int> operands, ImmutableArray<Expr> from, Expr count)
    {
        selectedFrom[op.Result.Id] = from;
        Define(op, op.Kind, operands, Attributes.Of(("rows", from[from.Length - 1])), from.SetItem(from.Length - 1, count));
    }

    /// <summary>Rows of the shape <paramref name="before"/> become rows of the shape <paramref name="after"/>; the rest of a row stays.</summary>
    private void Apply(Op op, ImmutableArray<Expr> before, ImmutableArray<Expr> after)
    {
        TensorType x = Type(op, 0);
        Require(op, x.Rank >= before.Length,
            $"a selection from [{string.Join(", ", before)}] takes rows along axis {before.Length - 1}, and {x} has not so many axes");
        for (int i = 0; i < before.Length; i++)
        {
            Same(op, before[i], x.Shape[i]);
        }

        Define(op, op.Kind, [tensors[op.Operands[0]].Id, tensors[op.Operands[1]].Id],
            Attributes.Of(("rows", op.Kind == "gather" ? before[before.Length - 1] : after[after.Length - 1])),
            after.Concat(x.Shape.Skip(before.Length)).ToImmutableArray());
    }
}
