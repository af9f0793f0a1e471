using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Lowering;

/// <summary>
/// Matrix products read their operands where they stand. A permutation of axes becomes strides of the right operand, if its rows or its
/// columns stay contiguous; a change to a smaller ring is no step of its own, because words are multiplied modulo 2^64 and the product is
/// reduced. So no step copies a cache.
/// </summary>
internal static class OperandViews
{
    private const string Product = "product.matmul";

    private static readonly HashSet<string> Views = ["local.narrow", "local.permute"];

    public static Function Apply(Function function)
    {
        Dictionary<int, Op> definitions = function.Body.Walk().Where(o => o.Results.Length == 1).ToDictionary(o => o.Result.Id);
        Block body = Fold(function.Body, definitions);
        Dictionary<int, int> uses = [];
        foreach (int use in Uses(body))
        {
            uses[use] = uses.TryGetValue(use, out int count) ? count + 1 : 1;
        }

        HashSet<int> dead = [];
        foreach (Op op in body.Walk().Reverse().Where(o => Views.Contains(o.Kind) && !uses.ContainsKey(o.Result.Id)))
        {
            Kill(op, definitions, uses, dead);
        }

        return function with { Body = Remove(body, dead) };
    }

    private static Block Fold(Block block, Dictionary<int, Op> definitions) => block with
    {
        Ops =
        [
            .. block.Ops.Select(o => o.Kind == Product ? Read(o, definitions) : o.WithBlocks(b => Fold(b, definitions))),
        ],
    };

    /// <summary>The product over what its operands are views of.</summary>
    private static Op Read(Op product, Dictionary<int, Op> definitions)
    {
        int left = Wide(product.Operands[0], definitions);
        int right = Wide(product.Operands[1], definitions);
        Op folded = product with { Operands = [left, right] };
        return definitions.TryGetValue(right, out Op? permute) && permute.Kind == "local.permute"
            && Strides(product.Attributes, permute) is Attributes strided
            ? folded with { Operands = [left, Wide(permute.Operands[0], definitions)], Attributes = strided }
            : folded;
    }

    /// <summary>The value before it was reduced to smaller rings.</summary>
    private static int Wide(int value, Dictionary<int, Op> definitions)
    {
        while (definitions.TryGetValue(value, out Op? op) && op.Kind == "local.narrow")
        {
            value = op.Operands[0];
        }

        return value;
    }

    /// <summary>The product's attributes with the strides of a permuted right operand; null if neither its rows nor its columns are contiguous.</summary>
    private static Attributes? Strides(Attributes product, Op permute)
    {
        ImmutableArray<Expr> shape = permute.Attributes.List("shape");
        int[] axes = [.. permute.Attributes.List("axes").Select(a => (int)a.AsConstant!.Value)];
        int rank = axes.Length;
        if (rank < 2)
        {
            return null;
        }

        bool transposed = product.Int("transposed") == 1;
        (Expr rows, Expr columns) = transposed
            ? (product.Expr("columns"), product.Expr("inner"))
            : (product.Expr("inner"), product.Expr("columns"));
        if (!shape[axes[rank - 2]].Equals(rows) || !shape[axes[rank - 1]].Equals(columns))
        {
            return null;
        }

        // Axes of length 1 have no stride; those of the batch must follow each other as they did before.
        int[] batch = [.. axes.Take(rank - 2).Where(a => shape[a].AsConstant != 1)];
        if (batch.Zip(batch.Skip(1), (a, b) => shape.Skip(a + 1).Take(b - a - 1).All(e => e.AsConstant == 1) && a < b).Contains(false))
        {
            return null;
        }

        Expr Stride(int axis) => shape.Skip(axis + 1).Aggregate(Expr.One, (x, y) => x * y);
        Expr row = Stride(axes[rank - 2]);
        Expr column = Stride(axes[rank - 1]);
        Expr step = batch.Length == 0 ? Expr.Zero : Stride(batch[batch.Length - 1]);
        return column.AsConstant == 1 ? product.With("batchStride", step).With("rowStride", row)
            : row.AsConstant == 1
                ? product.With("batchStride", step).With("rowStride", column).With("transposed", transposed ? 0L : 1L)
                : null;
    }

    private static IEnumerable<int> Uses(Block block) =>
        block.Ops.SelectMany(o => o.Operands.Concat(o.Blocks.SelectMany(Uses))).Concat(block.Yields);

    /// <summary>Marks a view that nobody reads, and the views that only it read.</summary>
    private static void Kill(Op op, Dictionary<int, Op> definitions, Dictionary<int, int> uses, HashSet<int> dead)
    {
        if (!dead.Add(op.Result.Id))
        {
            return;
        }

        int operand = op.Operands[0];
        if (--uses[operand] == 0)
        {
            uses.Remove(operand);
            if (definitions.TryGetValue(operand, out Op? before) && Views.Contains(before.Kind))
            {
                Kill(before, definitions, uses, dead);
            }
        }
    }

    private static Block Remove(Block block, HashSet<int> dead) => block with
    {
        Ops =
        [
            .. block.Ops.Where(o => o.Results.Length != 1 || !dead.Contains(o.Result.Id))
                .Select(o => o.WithBlocks(b => Remove(b, dead))),
        ],
        // What a view shows stands in the trace where it was made.
        Observed = [.. block.Observed.Where(o => !dead.Contains(o.Value))],
    };
}
