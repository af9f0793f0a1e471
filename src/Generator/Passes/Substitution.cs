using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Replaces operations by others, or their results by values that exist. What a trace shows of a replaced value it shows of the other one.
/// </summary>
internal abstract class Substitution
{
    private readonly Dictionary<int, int> replaced = [];

    protected Function Rewrite(Function function)
    {
        foreach (Parameter parameter in function.Parameters)
        {
            Define(parameter.Value);
        }

        return function with { Body = Rewrite(function.Body) };
    }

    /// <summary>What stands for an operation whose operands are replaced already: itself, another one, or a value that exists.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="block">The block that it stands in, as it was.</param>
    protected abstract (Op? Op, int Value) Replace(Op op, Block block);

    /// <summary>A value is there from here on.</summary>
    protected virtual void Define(Value value)
    {
    }

    protected virtual Block Rewrite(Block block)
    {
        foreach (Value parameter in block.Parameters)
        {
            Define(parameter);
        }

        ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
        foreach (Op op in block.Ops)
        {
            Op current = op with { Operands = op.Operands.Select(Of).ToImmutableArray() };
            if (op.Body is not null)
            {
                ops.Add(current.WithBlocks(Rewrite));
                Define(ops[ops.Count - 1]);
                continue;
            }

            (Op? kept, int value) = Replace(current, block);
            if (kept is not null)
            {
                ops.Add(kept);
                Define(kept);
            }
            else
            {
                replaced[op.Result.Id] = value;
            }
        }

        return block with
        {
            Ops = ops.ToImmutable(),
            Yields = block.Yields.Select(Of).ToImmutableArray(),
            Observed = block.Observed.Select(o => o with { Value = Of(o.Value) }).ToImmutableArray(),
        };
    }

    private void Define(Op op)
    {
        foreach (Value result in op.Results)
        {
            Define(result);
        }
    }

    private int Of(int id) => replaced.TryGetValue(id, out int value) ? value : id;
}
