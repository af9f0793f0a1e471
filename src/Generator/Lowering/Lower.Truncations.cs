using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Lowering;

/// <summary>
/// Truncations that belong to an opening. A share is truncated before it is opened, so what a gate gives is not opened first where only a
/// truncation follows, and not where local steps lead to one either: those are taken on shares.
/// </summary>
internal sealed partial class Lower
{
    private static readonly HashSet<string> Truncatable = new(StringComparer.Ordinal)
    {
        "mul", "mul.wide", "squares", "matmul", "weights.linear", "weights.scale", "weights.lookup", "exponential", "piecewise", "piecewise.octaves",
        "octaves.choose",
    };

    /// <summary>Local steps that a share takes like a masked value: between a gate and a truncation they wait for no opening.</summary>
    private static readonly HashSet<string> Unopened = new(StringComparer.Ordinal)
    {
        "scale", "add.scalar", "rotary", "permute", "neg", "sum", "narrow",
    };

    private readonly Dictionary<int, int> fused = [];
    private readonly HashSet<int> aliases = [];
    private readonly HashSet<int> unopened = [];

    /// <summary>Those of products with the server's weights. The client's share was sent before the call, where no trace sees it.</summary>
    private readonly HashSet<int> rehearsed = [];
    private readonly Dictionary<int, Op> closing = [];
    private readonly Dictionary<int, Op> openings = [];
    private readonly Dictionary<int, int> dropped = [];

    /// <summary>Finds the truncations that become part of an opening: the opened value has no other use.</summary>
    private void Fuse(Block block)
    {
        Dictionary<int, Op> definitions = block.Ops.SelectMany(o => o.Results.Select(r => (r.Id, o))).ToDictionary(p => p.Id, p => p.o);
        foreach (Op truncate in block.Ops.Where(o => o.Kind == "truncate"))
        {
            if (Waiting(truncate, definitions))
            {
                continue;
            }

            List<int> chain = [truncate.Result.Id];
            int id = truncate.Operands[0];
            while (uses[id] == 1 && definitions.TryGetValue(id, out Op? op))
            {
                if (Truncatable.Contains(op.Kind)
                    && op.Result.Tensor.Number!.Ring - truncate.Attributes.Int("by") == truncate.Result.Tensor.Number!.Ring)
                {
                    fused[id] = truncate.Attributes.Int("by");
                    aliases.UnionWith(chain);
                    foreach (int shortened in chain.Skip(1).Append(id))
                    {
                        dropped[shortened] = fused[id];
                    }

                    break;
                }

                if (op.Kind is not ("reshape" or "relabel"))
                {
                    break;
                }

                chain.Add(id);
                id = op.Operands[0];
            }
        }
    }

    /// <summary>
    /// Whether local steps lead from a gate to a truncation, of values that nothing else uses: then they are taken on shares, and what is
    /// opened is the truncated value. Two openings become one, and no ring is left behind in between.
    /// </summary>
    private bool Waiting(Op truncate, Dictionary<int, Op> definitions)
    {
        List<int> steps = [];
        bool computes = false;
        int id = truncate.Operands[0];
        while (uses[id] == 1 && definitions.TryGetValue(id, out Op? op))
        {
            steps.Add(id);
            if (Truncatable.Contains(op.Kind))
            {
                if (computes)
                {
                    unopened.UnionWith(steps);
                    if (op.Kind.StartsWith("weights.", StringComparison.Ordinal))
                    {
                        rehearsed.UnionWith(steps);
                    }

                    closing[truncate.Result.Id] = op;
                }

                return computes;
            }

            if (op.Operands.Length != 1 || !(Unopened.Contains(op.Kind) || op.Kind is "reshape" or "relabel"))
            {
                return false;
            }

            computes |= Unopened.Contains(op.Kind);
            id = op.Operands[0];
        }

        return false;
    }

    /// <summary>Takes the opening back with which a gate ends, or makes a local step one of shares.</summary>
    private void Share(Op op)
    {
        if (op.Kind is "reshape" or "relabel")
        {
            return;
        }

        Op last = ops[ops.Count - 1];
        ops.RemoveAt(ops.Count - 1);
        if (Truncatable.Contains(op.Kind))
        {
            openings[op.Result.Id] = last;
            map[op.Result.Id] = ops.Last(o => o.Results.Any(r => r.Id == last.Operands[0])).Result;
        }
        else
        {
            Value share = last.Result with { Type = Additive(last.Result.Tensor) };
            ops.Add(last with { Results = [share] });
            map[op.Result.Id] = share;
        }
    }
}
