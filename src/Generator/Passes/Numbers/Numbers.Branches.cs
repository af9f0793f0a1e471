using System.Collections.Immutable;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Conditions of the session. What leaves two branches is masked, has the program's fraction bits, and lies in the join of both intervals,
/// like what a loop carries. What a branch asserts says nothing of a session that takes the other one; in the branch, sizes are no larger than its
/// condition says, and what is summed over them needs fewer bits.
/// </summary>
internal sealed partial class Numbers
{
    /// <summary>The first value of the branch under way; 0 outside of branches.</summary>
    private int firstOfBranch;

    private void Branches(Op op)
    {
        Contract.Condition condition = op.Attributes.Condition("condition");
        Block then = sizes.Where(condition, () => Branch(op.Body!, op.Site));
        Block otherwise = sizes.Where(condition.Negation, () => Branch(op.Otherwise!, op.Site));
        ImmutableArray<Value> results = op.Results.Select(r => new Value(nextId++, r.Tensor with { Form = Form.Masked })).ToImmutableArray();
        Op choice = new("if", results, [], op.Attributes, site, then, otherwise);
        for (int i = 0; i < results.Length; i++)
        {
            numbers[results[i].Id] = Joint(numbers[then.Yields[i]], numbers[otherwise.Yields[i]]);
            definitions[results[i].Id] = choice;
            values[op.Results[i].Id] = results[i].Id;
        }

        ops.Add(choice);
    }

    private Block Branch(Block source, int end)
    {
        ImmutableArray<Op>.Builder outer = ops;
        ops = ImmutableArray.CreateBuilder<Op>();
        aligned.Push([]);
        entered.Push([]);
        int around = firstOfBranch;
        firstOfBranch = nextId;
        foreach (Op inner in source.Ops)
        {
            Visit(inner);
        }

        site = end;
        ImmutableArray<int> yields = source.Yields.Select(y => Align(Use(y), fraction)).ToImmutableArray();
        firstOfBranch = around;
        aligned.Pop();
        entered.Pop();
        Block branch = new([], ops.ToImmutable(), yields) { Observed = Observed(source) };
        ops = outer;
        return branch;
    }

    /// <summary>Whether a value is there whichever branch is taken.</summary>
    private bool IsAround(int id) => firstOfBranch > 0 && (id < firstOfBranch || hoisted.Any(h => h.Result.Id == id));
}
