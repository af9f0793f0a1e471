using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Computes once what is written twice. Two operations are one where kind, operands, attributes and shape are the same, and the first is
/// there wherever the second stands: before it in its block, or in a block around.
/// <para>Never merged is what draws or reveals: <c>topk</c>, <c>shuffle</c> and <c>inorder</c> each have an order of their own, in which the
/// slots of one are no slots of another, and a <c>reveal</c> is a result. States are read and written by version, in their order.</para>
/// </summary>
internal sealed class CommonSubexpressions : Substitution
{
    private static readonly HashSet<string> OneOfItsKind = new(StringComparer.Ordinal) { "topk", "shuffle", "inorder", "reveal", "check" };

    private readonly Stack<Dictionary<string, int>> scopes = new();

    public static Function Apply(Function function) => new CommonSubexpressions().Rewrite(function);

    protected override Block Rewrite(Block block)
    {
        scopes.Push(new Dictionary<string, int>(StringComparer.Ordinal));
        Block result = base.Rewrite(block);
        scopes.Pop();
        return result;
    }

    protected override (Op? Op, int Value) Replace(Op op, Block block)
    {
        if (OneOfItsKind.Contains(op.Kind) || op.Kind.StartsWith("state.", StringComparison.Ordinal))
        {
            return (op, 0);
        }

        string key = $"{op.Kind}({string.Join(", ", op.Operands)}){op.Attributes}:{op.Result.Type}";
        if (scopes.Peek().TryGetValue(key, out int here))
        {
            return (null, here);
        }

        // What a loop's step ends with states its range in the step itself.
        bool ends = block.Yields.Contains(op.Result.Id);
        foreach (Dictionary<string, int> scope in ends ? [] : scopes.Skip(1))
        {
            if (scope.TryGetValue(key, out int outside))
            {
                return (null, outside);
            }
        }

        scopes.Peek()[key] = op.Result.Id;
        return (op, 0);
    }
}
