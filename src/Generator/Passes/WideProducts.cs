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
        values = function.Body.All().SelectMany(b => b.Parameters.Concat(b.Ops.SelectMany(o => o.Results))).ToDictionary(v => v.Id);
    }

    /// <summary>The function with wide products where they shorten its longest chains or leave an extension without use.</summary>
    public static Function Apply(Function function)
    {
        WideProducts pass = new(function);
        List<Candidate> candidates = [.. pass.Candidates(function.Body)];
        Dictionary<int, Candidate> chosen = [];
        Dictionary<int, EarlyOperand> early = [];
        if (candidates.Count == 0)
        {
            return function;
        }

        Chains chains = new(function);
        int flights = chains.Flights(early);

        // A product reads one operand early: the one that it waits for, and any other only where nothing waits.
        foreach (Candidate candidate in candidates)
        {
            int product = candidate.Product.Result.Id;
            bool wasChosen = early.TryGetValue(product, out EarlyOperand before);
            early[product] = candidate.Early;
            int needed = chains.Flights(early);
            if (needed < flights)
            {
                (chosen[product], flights) = (candidate, needed);
            }
            else if (wasChosen)
            {
                early[product] = before;
            }
            else
            {
                early.Remove(product);
            }
        }

        Dictionary<int, int> uses = pass.Uses(function.Body);
        foreach (Candidate candidate in candidates.Where(c => !chosen.ContainsKey(c.Product.Result.Id)))
        {
            if (candidate.Path.All(o => uses[o.Result.Id] == 1))
            {
                chosen[candidate.Product.Result.Id] = candidate;
            }
        }

        if (chosen.Count == 0)
        {
            return function;
        }

        pass.nextId = function.NextId;
        Block body = pass.Rewrite(function.Body, chosen);
        return function with { Body = pass.Swept(body, Used(body)) };
    }

    /// <summary>A product, one of its operands, and the steps that led there from an extension, which comes first.</summary>
    private sealed record Candidate(Op Product, int Operand, List<Op> Path)
    {
        public EarlyOperand Early => new(Operand, Path[0].Operands[0]);
    }

    private IEnumerable<Candidate> Candidates(Block block) =>
        from op in block.Walk()
        where op.Kind == "mul" || IsSquares(op)
        from operand in Enumerable.Range(0, op.Kind == "mul" ? 2 : 1)
        let path = Path(op, operand)
        where path is not null
        select new Candidate(op, operand, path);

    /// <summary>How many operations and blocks use each value; a square that uses it twice does so once.</summary>
    private Dictionary<int, int> Uses(Block body)
    {
        Dictionary<int, int> uses = values.Keys.ToDictionary(id => id, _ => 0);
        void Count(IEnumerable<int> ids)
        {
            foreach (int id in ids)
            {
                uses[id] = uses.TryGetValue(id, out int n) ? n + 1 : 1;
            }
        }

        foreach (Op op in body.Walk())
        {
            Count(op.Operands.Distinct());
        }

        foreach (Block block in body.All())
        {
            Count(block.Yields);
        }

        return uses;
    }

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

    private Block Rewrite(Block block, Dictionary<int, Candidate> chosen)
    {
        ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
        foreach (Op op in block.Ops)
        {
            if (op.Body is not null)
            {
                ops.Add(op.WithBlocks(b => Rewrite(b, chosen)));
            }
            else if (op.Results.Length == 1 && chosen.TryGetValue(op.Result.Id, out Candidate? candidate))
            {
                int small = Early(candidate.Path, ops);
                ops.Add(op.Kind == "mul"
                    ? op with { Kind = "mul.wide", Operands = [small, op.Operands[1 - candidate.Operand]] }
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
        HashSet<int> used = [.. body.All().SelectMany(b => b.Yields)];
        Mark(body, used);
        return used;
    }

    private static void Mark(Block block, HashSet<int> used)
    {
        foreach (Op op in block.Ops.Reverse())
        {
            foreach (Block inner in op.Blocks.Reverse())
            {
                Mark(inner, used);
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
            .Select(o => o.WithBlocks(b => Swept(b, used))).ToImmutableArray(),
        Observed = block.Observed
            .Select(o => !used.Contains(o.Value) && standIns.TryGetValue(o.Value, out int standIn) ? o with { Value = standIn } : o)
            .ToImmutableArray(),
    };
}
