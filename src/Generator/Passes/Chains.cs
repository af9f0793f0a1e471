using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// How many flights a typed function will take, by its longest chains: what passes compare their choices by before anything is lowered.
/// </summary>
internal static class Chains
{
    /// <summary>What a loop's step counts, whose number is no constant.</summary>
    private const int Steps = 16;

    private static readonly Dictionary<int, EarlyOperand> None = [];

    /// <summary>
    /// The flights of all stretches between loops and branches, those of a loop as often as it is taken to run, those of both branches.
    /// </summary>
    public static int Flights(Function function) => Flights(function, None);

    /// <summary>The same, where some products read an operand as it was before.</summary>
    /// <param name="function">The typed function.</param>
    /// <param name="early">By product, the operand and the value that is read in its place.</param>
    public static int Flights(Function function, IReadOnlyDictionary<int, EarlyOperand> early) => Flights(function.Body, early);

    private static int Flights(Block block, IReadOnlyDictionary<int, EarlyOperand> early)
    {
        Dictionary<int, int> depth = [];
        int total = 0;
        int longest = 0;
        foreach (Op op in block.Ops)
        {
            if (op.Body is not null)
            {
                // A session takes one of two branches, and a choice that shortens either is a good one.
                total += longest + (op.Kind == "if" ? op.Blocks.Sum(b => Flights(b, early)) : Steps * Flights(op.Body, early));
                longest = 0;
                depth.Clear();
                continue;
            }

            int done = Own(op.Kind) + Start(op, early, depth);
            longest = Math.Max(longest, done);
            foreach (Value result in op.Results)
            {
                depth[result.Id] = done;
            }
        }

        return total + longest;
    }

    /// <summary>When the last of an operation's operands is there.</summary>
    private static int Start(Op op, IReadOnlyDictionary<int, EarlyOperand> early, Dictionary<int, int> depth)
    {
        int start = 0;
        bool isEarly = early.Count > 0 && op.Results.Length == 1 && early.ContainsKey(op.Result.Id);
        for (int i = 0; i < op.Operands.Length; i++)
        {
            // A square reads the same operand twice.
            int operand = isEarly && early[op.Result.Id] is EarlyOperand read && op.Operands[i] == op.Operands[read.Operand]
                ? read.Source : op.Operands[i];
            start = Math.Max(start, depth.TryGetValue(operand, out int at) ? at : 0);
        }

        return start;
    }

    /// <summary>What gates make of values that are extended right before them, local steps aside.</summary>
    public static HashSet<int> BehindExtensions(Function function)
    {
        HashSet<int> extended = [];
        HashSet<int> behind = [];
        foreach (Op op in function.Body.Walk().Where(o => o.Body is null && o.Operands.Any(extended.Contains) | o.Kind == "extend"))
        {
            (op.Kind == "extend" || Own(op.Kind) == 0 ? extended : behind).UnionWith(op.Results.Select(r => r.Id));
        }

        return behind;
    }

    private static int Own(string kind) => kind switch
    {
        "mul" or "mul.wide" or "squares" or "matmul" or "weights.linear" or "weights.scale" or "weights.lookup" or "extend" or "choose" or "champion" or "bits.combine"
            or "octaves.choose" or "input" or "reveal" or "locate" => 1,
        "sign" or "piecewise" or "piecewise.octaves" or "exponential" or "order" or "shuffle" or "gather" or "scatter" => 2,
        "coarse.maximum" => 4,
        _ => 0,
    };
}

/// <summary>An operand of a product, and the value that is read in its place: as it was before it was extended.</summary>
internal readonly record struct EarlyOperand(int Operand, int Source);
