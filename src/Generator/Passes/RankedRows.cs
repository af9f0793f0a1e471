using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Finds rows that a party learns in the order of a selection's slots. TopK compares shuffled rows, and both parties know how the slots
/// rank: who then learns a row of each slot learns how the scores order the rows. In their own order, through InOrder, rows tell nothing of
/// it. What a sum or a product takes from all slots together does not have their order; neither has a selection of one row.
/// </summary>
internal sealed class RankedRows
{
    /// <summary>The operations whose results keep an operand's rows where they are.</summary>
    private static readonly HashSet<string> Keep =
    [
        "within", "rounded", "add", "sub", "neg", "mul", "add.real", "sub.real", "mul.real", "div.real", "select", "less", "maximum",
        "minimum", "exp", "silu", "gelu", "relu", "rsqrt", "reciprocal", "softmax", "linear", "rotary", "reshape", "permute", "broadcast",
        "slice", "index", "concat", "append",
    ];

    private readonly HashSet<int> selections = [];
    private readonly Dictionary<int, Op> gathered = [];
    private readonly List<Diagnosis> found = [];
    private readonly Function function;

    private RankedRows(Function function) => this.function = function;

    /// <summary>What the author must hear: a warning, because it may be what is meant.</summary>
    /// <param name="function">An entry point with its shapes.</param>
    public static ImmutableArray<Diagnosis> Check(Function function)
    {
        RankedRows pass = new(function);
        pass.Walk(function.Body);
        return pass.found.Distinct().ToImmutableArray();
    }

    private void Walk(Block block)
    {
        foreach (Op op in block.Ops)
        {
            switch (op.Kind)
            {
                case "topk" when Last(op.Result) is not (0 or 1):
                    selections.Add(op.Result.Id);
                    break;
                case "gather" when selections.Contains(op.Operands[1]):
                    gathered[op.Result.Id] = op;
                    break;
                case "for":
                    Loop(op);
                    break;
                case "if":
                    foreach (Block branch in op.Blocks)
                    {
                        Walk(branch);
                        Carry(branch.Yields, i => op.Results[i].Id);
                    }

                    break;
                case string kind when Keep.Contains(kind) && Gather(op.Operands) is Op gather:
                    foreach (Value result in op.Results)
                    {
                        gathered[result.Id] = gather;
                    }

                    break;
            }

            if (op.Kind == "reveal" && Gather(op.Operands) is Op told)
            {
                string party = op.Attributes.Text("to").ToLowerInvariant();
                found.Add(new CompileError("MPC4003",
                    $"the {party} learns these rows slot by slot, and how the slots of TopK rank is known; gather them through "
                    + ".InOrder(), or sum over the slots before they are revealed", told.Site).ToDiagnosis(function));
            }
        }
    }

    /// <summary>What a loop carries is ranked where any iteration ranks it; a second walk sees what the first one carried.</summary>
    private void Loop(Op loop)
    {
        Block body = loop.Body!;
        int counters = body.Parameters.Length - loop.Operands.Length;
        Carry(loop.Operands, i => body.Parameters[i + counters].Id);
        Walk(body);
        Carry(body.Yields, i => body.Parameters[i + counters].Id);
        Walk(body);
        Carry(body.Yields, i => loop.Results[i].Id);
    }

    private void Carry(ImmutableArray<int> from, System.Func<int, int> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            if (gathered.TryGetValue(from[i], out Op? gather))
            {
                gathered[to(i)] = gather;
            }
        }
    }

    private Op? Gather(ImmutableArray<int> operands) =>
        operands.Select(o => gathered.TryGetValue(o, out Op? gather) ? gather : null).FirstOrDefault(g => g is not null);

    private static long? Last(Value selection) => selection.Tensor.Shape[selection.Tensor.Rank - 1].AsConstant;
}
