using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Generator.Passes;

/// <summary>
/// The rings that the users of each value demand, from the last to the first. A product in Z_2^m needs both operands in Z_2^m, linear maps pass
/// the demand on, comparisons and lookups take the low bits and demand nothing.
/// </summary>
internal sealed class RingDemands
{
    private readonly RingProgram program;
    private readonly HashSet<int> small;
    private readonly int[] demands;
    private readonly int[] inside;
    private readonly bool[] used;

    /// <param name="program">The program.</param>
    /// <param name="small">The values that are no larger than their interval needs, whatever their users demand.</param>
    public RingDemands(RingProgram program, HashSet<int> small)
    {
        this.program = program;
        this.small = small;
        demands = new int[program.Values.Length];
        inside = new int[demands.Length];
        used = new bool[demands.Length];
        foreach (int yield in program.Body.Yields)
        {
            used[yield] = true;
        }

        Visit(program.Body);
    }

    /// <summary>The largest ring that the users of a value demand; 0 for none.</summary>
    public int Of(int value) => demands[value];

    /// <summary>Rings that the uses of what a loop carries demand, where that is extended inside or behind it.</summary>
    public int Extended(int carried) => inside[carried];

    public bool IsUsed(int value) => used[value];

    /// <summary>Whether nobody uses what an operation gives.</summary>
    public bool IsDead(RingOp op) => !(op.IsWrite || op.Kind is "check" or "for" or "if") && !op.Results.Any(r => used[r]);

    /// <summary>The ring that an operation's users need; more than 64 where there is none.</summary>
    public int Needed(RingOp op) => Math.Max(program.Required(op.Result, op.Op), demands[op.Result]);

    /// <summary>The ring that an operation gives.</summary>
    public int Given(RingOp op) => op.IsShortened || small.Contains(op.Result) ? program.Required(op.Result, op.Op) : Needed(op);

    private void Demand(int value, int ring)
    {
        used[value] = true;
        demands[value] = Math.Max(demands[value], ring);
    }

    private void Visit(RingBlock block)
    {
        for (int i = block.Ops.Length - 1; i >= 0; i--)
        {
            RingOp op = block.Ops[i];
            if (op.Kind == "for")
            {
                VisitLoop(op);
            }
            else if (op.Kind == "if")
            {
                VisitBranches(op);
            }
            else if (op.Kind != "check" && !IsDead(op))
            {
                int ring = op.Form == Ir.Form.Masked ? Math.Min(Given(op), 64) : 0;
                for (int o = 0; o < op.Operands.Length; o++)
                {
                    Demand(op.Operands[o], Demanded(op, op.Demands[o], ring));
                }
            }
        }
    }

    private int Demanded(RingOp op, RingDemand demand, int ring) => demand switch
    {
        RingDemand.Same => ring,
        RingDemand.Shifted => Math.Max(0, ring - op.By),
        RingDemand.Truncated => Math.Min(64, (ring + op.By <= 64 ? ring : program.Required(op.Result, op.Op)) + op.By),
        RingDemand.State => op.StateRing,
        RingDemand.LookedUp => op.LookedUp,
        _ => 0,
    };

    /// <summary>What a loop carries has one ring: the largest that the body, the yields and the uses behind the loop demand.</summary>
    private void VisitLoop(RingOp loop)
    {
        RingBlock body = loop.Blocks[0];
        int[] carried = [.. body.Parameters.Select((p, i) => small.Contains(p)
            ? program.Required(p, loop.Op)
            : Math.Max(program.Required(p, loop.Op), demands[loop.Results[i]]))];
        bool isStable = false;
        while (!isStable)
        {
            // What a smaller ring demanded holds no longer: a gate may meet a larger demand by an extension behind it.
            foreach (int value in body.Inside)
            {
                demands[value] = 0;
            }

            for (int i = 0; i < carried.Length; i++)
            {
                Demand(body.Yields[i], carried[i]);
            }

            Visit(body);
            isStable = true;
            for (int i = 0; i < carried.Length; i++)
            {
                int parameter = body.Parameters[i];
                if (!small.Contains(parameter) && Math.Min(64, demands[parameter]) > carried[i])
                {
                    carried[i] = Math.Min(64, demands[parameter]);
                    isStable = false;
                }
            }
        }

        for (int i = 0; i < carried.Length; i++)
        {
            foreach (int id in (int[])[body.Parameters[i], loop.Results[i]])
            {
                inside[id] = Math.Min(64, demands[id]);
                demands[id] = carried[i];
            }

            Demand(loop.Operands[i], carried[i]);
        }
    }

    /// <summary>What leaves two branches has one ring: the one that the uses behind them demand.</summary>
    private void VisitBranches(RingOp choice)
    {
        foreach (int result in choice.Results)
        {
            demands[result] = Math.Min(64, Math.Max(program.Required(result, choice.Op), demands[result]));
        }

        foreach (RingBlock branch in choice.Blocks)
        {
            for (int i = 0; i < branch.Yields.Length; i++)
            {
                Demand(branch.Yields[i], demands[choice.Results[i]]);
            }

            Visit(branch);
        }
    }
}
