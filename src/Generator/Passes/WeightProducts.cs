using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// A product of matrices of which the right one is a weight's transpose is a linear layer, whose gate reads the weight where the server has
/// it. As a value the transpose would go over the wire under a mask at each call.
/// </summary>
internal sealed class WeightProducts : Substitution
{
    private readonly Dictionary<int, Op> definitions = [];

    public static Function Apply(Function function) => new WeightProducts().Rewrite(function);

    protected override (Op? Op, int Value) Replace(Op op, Block block)
    {
        if (op.Kind is "resident" or "index" or "permute")
        {
            definitions[op.Result.Id] = op;
        }

        return op.Kind == "matmul" && Definition(op.Operands[1]) is { Kind: "permute" } transpose
            && transpose.Attributes.List("axes").Select(a => a.AsConstant).SequenceEqual([1, 0]) && IsWeight(transpose.Operands[0])
            ? (op with { Kind = "linear", Operands = [op.Operands[0], transpose.Operands[0]] }, 0)
            : (op, 0);
    }

    /// <summary>Whether a matrix is a weight, or one of a weight's matrices.</summary>
    private bool IsWeight(int id) =>
        Definition(id) is { } op && (op.Kind == "resident" || (op.Kind == "index" && Definition(op.Operands[0]) is { Kind: "resident" }));

    private Op? Definition(int id) => definitions.TryGetValue(id, out Op? op) ? op : null;
}
