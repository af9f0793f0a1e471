using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// A sum or mean over the last axis of a product becomes a dot product, whose summands need neither an opening nor a correction each.
/// </summary>
internal static class DotProducts
{
    public static Function Apply(Function function)
    {
        Dictionary<int, int> uses = [];
        foreach (int operand in function.Body.All().SelectMany(b => b.Ops.SelectMany(o => o.Operands).Concat(b.Yields)))
        {
            uses[operand] = uses.TryGetValue(operand, out int n) ? n + 1 : 1;
        }

        return function with { Body = Rewrite(function.Body, uses) };
    }

    private static Block Rewrite(Block block, Dictionary<int, int> uses)
    {
        Dictionary<int, Op> products = block.Ops.Where(o => o.Kind == "mul" && uses.TryGetValue(o.Result.Id, out int n) && n == 1)
            .ToDictionary(o => o.Result.Id);
        HashSet<int> fused = [];
        ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
        foreach (Op op in block.Ops)
        {
            if (op.Kind is "sum" or "mean" && products.TryGetValue(op.Operands[0], out Op? product)
                && op.Attributes.Int("axis") == product.Result.Tensor.Rank - 1)
            {
                fused.Add(product.Result.Id);
                ops.Add(
                    op with { Kind = op.Kind == "sum" ? "dot" : "dot.mean", Operands = product.Operands, Attributes = Attributes.None });
            }
            else
            {
                ops.Add(op.WithBlocks(b => Rewrite(b, uses)));
            }
        }

        return block with
        {
            Ops = ops.Where(o => o.Results.Length != 1 || !fused.Contains(o.Result.Id)).ToImmutableArray(),
            Observed = block.Observed.Where(o => !fused.Contains(o.Value)).ToImmutableArray(),
        };
    }
}
