using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Products that read an operand before it is extended. A product whose operand was extended right before it waits for the opening of the
/// extension; the wide product takes the operand as it is, in its smaller ring, for a few more bytes of the dealer's. So do the squares of
/// which a length is the sum. Done where flights become fewer, or where the extension serves nothing else.
/// </summary>
internal sealed class WideProducts
{
    /// <summary>Steps that only move an extended value, and may as well move it before it is extended.</summary>
    private static readonly HashSet<string> Moves = new(StringComparer.Ordinal) { "broadcast", "reshape", "permute", "narrow", "relabel" };

    /// <summary>What disappears where nothing uses it any more.</summary>
    private static readonly HashSet<string> Removable = new(StringComparer.Ordinal)
    {
        "broadcast", "reshape", "permute", "narrow", "relabel", "truncate", "extend",
    };

    private readonly Dictionary<int, Op> definitions;
    private readonly Dictionary<int, Value> values;
    private readonly Dictionary<int, int> standIns = [];
    private int nextId;

    private WideProducts(Function function)
    {
        definitions = function.Body.Walk().SelectMany(o => o.Results.Select(r => (r.Id, o))).ToDictionary(p => p.Id, p => p.o);
        values = function.Body.Walk().SelectMany(o => o.Results.Concat(o.Body?.Parameters ?? [])).ToDictionary(v => v.Id);
        nextId = function.NextId;
    }

    /// <summary>The function with wide products where they shorten its longest chains or leave an extension without use.</summary>
    public static Function Apply(Function function)
    {
        List<(int Product, int Operand)> candidates = [.. new WideProducts(function).Candidates(function.Body)];
        if (candidates.Count == 0)
        {
            return function;
        }

        int flights = Chains.Flights(function);

        // A product reads one operand early: the one that it waits for, and any other only where nothing waits.
        foreach (bool waiting in (bool[])[true, false])
        {
            foreach ((int product, int operand) in candidates)
            {
                if (new WideProducts(function).Rewritten(function, product, operand) is not Function other)
                {
                    continue;
                }

                int needed = Chains.Flights(other);
                if (waiting ? needed < flights : needed == flights && Extensions(other) < Extensions(function))
                {
                    (function, flights) = (other, needed);
                }
            }
        }

        return function;
    }

    private static int Extensions(Function function) => function.Body.Walk().Count(o => o.Kind == "extend");

    private IEnumerable<(int Product, int Operand)> Candidates(Block block) =>
        from op in block.Walk()
        where op.Kind == "mul" || IsSquares(op)
        from operand in Enumerable.Range(0, op.Kind == "mul" ? 2 : 1)
        where Path(op, operand) is not null
        select (op.Result.Id, operand);

    /// <summary>Whether a matrix product gives the length of each row: a row times itself.</summary>
    public static bool IsSquares(Op op) => op.Kind == "matmul" && op.Operands[0] == op.Operands[1]
        && op.Result.Tensor.Shape[op.Result.Tensor.Rank - 1].AsConstant == 1 && op.Result.Tensor.Shape[op.Result.Tensor.Rank - 2].AsConstant == 1;

    /// <summary>The steps from an extension to a product's operand, the extension first; null where the operand is none.</summary>
    private List<Op>? Path(Op product, int operand)
    {
        List<Op> path = [];
        int id = product.Operands[operand];
        while (definitions.TryGetValue(id, out Op? op))
        {
            path.Insert(0, op);
            if (op.Kind == "extend")
            {
                return Fits(path, product) ? path : null;
            }

            if (!Moves.Contains(op.Kind) && !(op.Kind == "truncate" && product.Kind == "matmul"))
            {
                return null;
            }

            id = op.Operands[0];
        }

        return null;
    }

    /// <summary>Whether the operand's interval leaves a quarter of its small ring free on either side, so that its wrap can be told.</summary>
    private bool Fits(List<Op> path, Op product)
    {
        int ring = Ring(path[0]) - path.Sum(o => o.Kind == "truncate" ? o.Attributes.Int("by") : 0);
        return ring >= 2 && ring < product.Result.Tensor.Number!.Ring && path.Last().Result.Tensor.Number!.RequiredRing <= ring;
    }

    private Function? Rewritten(Function function, int product, int operand)
    {
        if (!definitions.TryGetValue(product, out Op? op) || !(op.Kind == "mul" || IsSquares(op)) || Path(op, operand) is not List<Op> path)
        {
            return null;
        }

        Block body = Rewrite(function.Body, op, operand, path);
        return function with { Body = Swept(body, Used(body)) };
    }

    private Block Rewrite(Block block, Op product, int operand, List<Op> path)
    {
        ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
        foreach (Op op in block.Ops)
        {
            if (op.Body is not null)
            {
                ops.Add(op with { Body = Rewrite(op.Body, product, operand, path) });
            }
            else if (op == product)
            {
                int small = Early(path, ops);
                ops.Add(op.Kind == "mul"
                    ? op with { Kind = "mul.wide", Operands = [small, op.Operands[1 - operand]] }
                    : op with { Kind = "squares", Operands = [small], Attributes = Attributes.None });
            }
            else
            {
                ops.Add(op);
            }
        }

        return block with { Ops = ops.ToImmutable() };
    }

    /// <summary>The steps behind an extension, taken by what it extends.</summary>
    private int Early(List<Op> path, ImmutableArray<Op>.Builder ops)
    {
        int small = path[0].Operands[0];
        int ring = Ring(path[0]);
        standIns[path[0].Result.Id] = small;
        foreach (Op step in path.Skip(1))
        {
            if (step.Kind != "narrow")
            {
                ring -= step.Kind == "truncate" ? step.Attributes.Int("by") : 0;
                Value moved = new(nextId++, step.Result.Tensor with { Number = step.Result.Tensor.Number! with { Ring = ring } });
                ops.Add(step with { Results = [moved], Operands = [small] });
                small = moved.Id;
            }

            standIns[step.Result.Id] = small;
        }

        return small;
    }

    /// <summary>Bits of what is extended.</summary>
    private int Ring(Op extension) => values[extension.Operands[0]].Tensor.Number!.Ring;

    private static HashSet<int> Used(Block body)
    {
        HashSet<int> used = [.. body.Yields];
        foreach (Op op in body.Walk())
        {
            used.UnionWith(op.Body?.Yields ?? []);
        }

        Mark(body, used);
        return used;
    }

    private static void Mark(Block block, HashSet<int> used)
    {
        foreach (Op op in block.Ops.Reverse())
        {
            if (op.Body is not null)
            {
                Mark(op.Body, used);
            }

            if (!Removable.Contains(op.Kind) || op.Results.Any(r => used.Contains(r.Id)))
            {
                used.UnionWith(op.Operands);
            }
        }
    }

    /// <summary>Without what nothing uses any more; whoever observed it observes what stands in for it.</summary>
    private Block Swept(Block block, HashSet<int> used) => block with
    {
        Ops = block.Ops.Where(o => !Removable.Contains(o.Kind) || o.Results.Any(r => used.Contains(r.Id)))
            .Select(o => o.Body is null ? o : o with { Body = Swept(o.Body, used) }).ToImmutableArray(),
        Observed = block.Observed
            .Select(o => !used.Contains(o.Value) && standIns.TryGetValue(o.Value, out int standIn) ? o with { Value = standIn } : o)
            .ToImmutableArray(),
    };
}
