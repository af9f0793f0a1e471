using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Conditions of the session. One that the declared sizes decide takes its branch here, and what the other one says of shapes does not
/// matter. Otherwise both stay: tensors that leave them have one shape, numbers become expressions of the condition, and so do the sizes of
/// states that a branch has written. In each branch it is known that the condition holds, or that it does not.
/// </summary>
internal sealed partial class Shapes
{
    /// <summary>Values that something uses: what leaves the branches for nobody may differ.</summary>
    private HashSet<int>? used;

    private Condition Condition(Op op) => op.Kind switch
    {
        "bool.const" => Contract.Condition.Constant(op.Attributes.Int("value") == 1),
        "bool.not" => conditions[op.Operands[0]].Negation,
        "bool.and" => Contract.Condition.And(conditions[op.Operands[0]], conditions[op.Operands[1]]),
        "bool.or" => Contract.Condition.Or(conditions[op.Operands[0]], conditions[op.Operands[1]]),
        _ => Contract.Condition.Compare(Int(op, 0), op.Attributes.Text("by"), Int(op, 1)),
    };

    private void Branches(Op op)
    {
        Condition condition = conditions[op.Operands[0]];
        if (known.Decide(condition) is bool holds)
        {
            Block taken = holds ? op.Body! : op.Otherwise!;
            Visit(taken);
            for (int i = 0; i < op.Results.Length; i++)
            {
                Rename(taken.Yields[i], op.Results[i]);
            }

            return;
        }

        if (condition.Symbols().Any(iterations.Contains))
        {
            throw NotAlike(op);
        }

        Held before = held;
        Block then = Branch(op.Body!, condition);
        Held behind = held;
        held = before;
        Block otherwise = Branch(op.Otherwise!, condition.Negation);
        List<int> leaving = [];
        used ??= [.. function.Body.All().SelectMany(b => b.Yields.Concat(b.Ops.SelectMany(o => o.Operands)))];
        for (int i = 0; i < op.Results.Length; i++)
        {
            (int first, int second) = (op.Body!.Yields[i], op.Otherwise!.Yields[i]);
            if (op.Results[i].Type is IntType)
            {
                integers[op.Results[i].Id] = Expr.If(condition, integers[first], integers[second]);
            }
            else if (used.Contains(op.Results[i].Id))
            {
                SameShape(op, i);
                tensors[op.Results[i].Id] = op.Results[i] with { Type = tensors[first].Type };
                leaving.Add(i);
            }
        }

        ImmutableArray<int> Yields(Block source) => leaving.Select(i => tensors[source.Yields[i]].Id).ToImmutableArray();
        ops.Add(new Op(
            "if", leaving.Select(i => tensors[op.Results[i].Id]).ToImmutableArray(), [],
            Attributes.Of(("condition", new ConditionAttr(condition))), op.Site,
            then with { Yields = Yields(op.Body!) }, otherwise with { Yields = Yields(op.Otherwise!) }));
        Join(op, condition, behind);
    }

    /// <summary>A branch; what it checks is not checked where the other one is taken.</summary>
    private Block Branch(Block block, Condition condition)
    {
        string[] before = [.. checks];
        Block branch = known.Where(condition, () => Walk(block, []));
        checks.IntersectWith(before);
        return branch;
    }

    private void Rename(int from, Value to)
    {
        if (to.Type is IntType)
        {
            integers[to.Id] = integers[from];
        }
        else
        {
            tensors[to.Id] = tensors[from];
        }
    }

    private void SameShape(Op op, int result)
    {
        (int first, int second) = (op.Body!.Yields[result], op.Otherwise!.Yields[result]);
        if (tensors[first].Tensor.Shape.SequenceEqual(tensors[second].Tensor.Shape))
        {
            return;
        }

        // At the expression that the second branch leaves, or the first where that is none of the second's own.
        Op? expression = op.Otherwise!.Ops.Concat(op.Body!.Ops).FirstOrDefault(o => o.Results.Any(r => r.Id == second || r.Id == first));
        string name = op.Attributes.Text("names").Split(',')[result];
        throw new CompileError(
            "MPC2002",
            $"the branches leave {(name.Length > 0 ? $"'{name}'" : "values")} of the shapes {tensors[first].Type} and {tensors[second].Type}, "
            + "which are not equal for every size; give both the same shape, as with Reshape",
            expression?.Site ?? op.Site);
    }
}
