using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// How many flights a typed function will take, by its longest chains: what passes compare their choices by before anything is lowered. They
/// ask many times, so what does not change from one question to the next is laid out once.
/// </summary>
internal sealed class Chains
{
    /// <summary>What a loop's step counts, whose number is no constant.</summary>
    private const int LoopSteps = 16;

    private static readonly Dictionary<int, EarlyOperand> None = [];

    private readonly Step[] steps;

    // When each value is there, and in which stretch that was found: what other stretches gave is there from the start.
    private readonly int[] times;
    private readonly int[] stretches;
    private int stretch;

    /// <param name="function">The typed function.</param>
    public Chains(Function function)
    {
        steps = Steps(function.Body);
        times = new int[function.NextId];
        stretches = new int[times.Length];
    }

    /// <summary>
    /// The flights of all stretches between loops and branches, those of a loop as often as it is taken to run, those of both branches.
    /// </summary>
    public static int Flights(Function function) => new Chains(function).Flights(None);

    /// <summary>The same, where some products read an operand as it was before.</summary>
    /// <param name="early">By product, the operand and the value that is read in its place.</param>
    public int Flights(IReadOnlyDictionary<int, EarlyOperand> early) => Flights(steps, early);

    private static Step[] Steps(Block block) => block.Ops.Select(op => new Step(
        Own(op.Kind), [.. op.Operands], [.. op.Results.Select(r => r.Id)], [.. op.Blocks.Select(Steps)], op.Kind == "if" ? 1 : LoopSteps))
        .ToArray();

    private int Flights(Step[] block, IReadOnlyDictionary<int, EarlyOperand> early)
    {
        int total = 0;
        int longest = 0;
        stretch++;
        foreach (Step step in block)
        {
            if (step.Blocks.Length > 0)
            {
                // A session takes one of two branches, and a choice that shortens either is a good one.
                total += longest + step.Times * step.Blocks.Sum(b => Flights(b, early));
                longest = 0;
                stretch++;
                continue;
            }

            int done = step.Own + Start(step, early);
            longest = Math.Max(longest, done);
            foreach (int result in step.Results)
            {
                times[result] = done;
                stretches[result] = stretch;
            }
        }

        return total + longest;
    }

    /// <summary>When the last of an operation's operands is there.</summary>
    private int Start(Step step, IReadOnlyDictionary<int, EarlyOperand> early)
    {
        int start = 0;
        EarlyOperand read = default;
        bool isEarly = early.Count > 0 && step.Results.Length == 1 && early.TryGetValue(step.Results[0], out read);
        foreach (int operand in step.Operands)
        {
            // A square reads the same operand twice.
            int source = isEarly && operand == step.Operands[read.Operand] ? read.Source : operand;
            start = stretches[source] == stretch ? Math.Max(start, times[source]) : start;
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

    /// <summary>An operation: the flights that it takes by itself, what it reads and gives; of a structured one its blocks, and how often they count.</summary>
    private readonly record struct Step(int Own, int[] Operands, int[] Results, Step[][] Blocks, int Times);
}

/// <summary>An operand of a product, and the value that is read in its place: as it was before it was extended.</summary>
internal readonly record struct EarlyOperand(int Operand, int Source);
