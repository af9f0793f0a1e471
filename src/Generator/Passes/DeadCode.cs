using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Drops what nobody needs: operations, whole loops and conditions, and what a loop carries for itself alone. Needed are results, what is
/// written to states, and what the session checks. A selection that nobody uses is not drawn, and nothing of its order is revealed.
/// </summary>
internal sealed class DeadCode
{
    private readonly HashSet<int> used = [];

    public static Function Apply(Function function)
    {
        DeadCode pass = new();
        pass.used.UnionWith(function.Body.Yields);
        pass.Mark(function.Body);
        return function with { Body = pass.Sweep(function.Body) };
    }

    private static bool HasEffect(Op op) =>
        op.Kind is "check" or "reveal" || StateWrites.IsWrite(op) || op.Blocks.Any(b => b.Ops.Any(HasEffect));

    private bool IsNeeded(Op op) => HasEffect(op) || op.Results.Any(r => used.Contains(r.Id));

    private void Mark(Block block)
    {
        foreach (Op op in block.Ops.Reverse().Where(IsNeeded))
        {
            if (op.Body is null)
            {
                used.UnionWith(op.Operands);
            }
            else if (op.Kind == "if")
            {
                MarkBranches(op);
            }
            else
            {
                Mark(op);
            }
        }
    }

    /// <summary>What a loop carries is needed where its result is, or where a step needs it for something else than for itself.</summary>
    private void Mark(Op loop)
    {
        Block body = loop.Body!;
        int before;
        do
        {
            before = used.Count;
            for (int i = 0; i < body.Parameters.Length; i++)
            {
                if (used.Contains(loop.Results[i].Id) || used.Contains(body.Parameters[i].Id))
                {
                    used.UnionWith([body.Yields[i], body.Parameters[i].Id, loop.Operands[i], loop.Results[i].Id]);
                }
            }

            Mark(body);
        }
        while (used.Count > before);
    }

    private void MarkBranches(Op choice)
    {
        foreach (Block branch in choice.Blocks)
        {
            used.UnionWith(branch.Yields.Where((_, i) => used.Contains(choice.Results[i].Id)));
            Mark(branch);
        }
    }

    private Block Sweep(Block block)
    {
        ImmutableArray<Op> ops = block.Ops.Where(IsNeeded)
            .Select(o => o.Body is null ? o : o.Kind == "if" ? SweepBranches(o) : Sweep(o)).ToImmutableArray();
        IEnumerable<int> Ids(IEnumerable<Op> from) => from.SelectMany(o => o.Results).Select(r => r.Id);
        HashSet<int> gone = [.. Ids(block.Ops).Except(Ids(ops))];
        return block with { Ops = ops, Observed = block.Observed.Where(o => !gone.Contains(o.Value)).ToImmutableArray() };
    }

    private Op Sweep(Op loop)
    {
        Block body = loop.Body!;
        int[] kept = [.. Enumerable.Range(0, body.Parameters.Length).Where(i => used.Contains(body.Parameters[i].Id))];
        HashSet<int> dropped = [.. body.Parameters.Select(p => p.Id).Where(p => !used.Contains(p))];
        Block swept = Sweep(body);
        return loop with
        {
            Results = kept.Select(i => loop.Results[i]).ToImmutableArray(),
            Operands = kept.Select(i => loop.Operands[i]).ToImmutableArray(),
            Body = swept with
            {
                Parameters = kept.Select(i => body.Parameters[i]).ToImmutableArray(),
                Yields = kept.Select(i => swept.Yields[i]).ToImmutableArray(),
                Observed = swept.Observed.Where(o => !dropped.Contains(o.Value)).ToImmutableArray(),
            },
        };
    }

    private Op SweepBranches(Op choice)
    {
        int[] kept = [.. Enumerable.Range(0, choice.Results.Length).Where(i => used.Contains(choice.Results[i].Id))];
        Block Swept(Block branch) => Sweep(branch) with { Yields = kept.Select(i => branch.Yields[i]).ToImmutableArray() };
        return choice.WithBlocks(Swept) with { Results = kept.Select(i => choice.Results[i]).ToImmutableArray() };
    }
}
