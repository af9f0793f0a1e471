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
    /// <summary>What disappears where nothing uses it any more.</summary>
    private static readonly HashSet<string> Removable = new(StringComparer.Ordinal)
    {
        "broadcast", "reshape", "permute", "narrow", "relabel", "truncate", "extend",
    };

    private readonly Sketch sketch;
    private readonly SketchStep?[] definitions;
    private readonly Dictionary<int, Candidate> chosen = [];

    /// <summary>Chooses the products of a sketched function that read an operand early.</summary>
    public WideProducts(Sketch sketch)
    {
        this.sketch = sketch;
        Chains chains = new(sketch);
        definitions = new SketchStep?[sketch.Count];
        foreach (SketchStep step in chains.Steps)
        {
            foreach (int result in step.Results)
            {
                definitions[result] = step;
            }
        }

        List<Candidate> candidates = [.. Candidates(chains.Steps)];

        // A product reads one operand early: the one that it waits for, and any other only where nothing waits.
        foreach (Candidate candidate in candidates.Where(c => chains.Shorten(c.Step, c.Early)))
        {
            Choose(candidate);
        }

        if (chosen.Count < candidates.Count)
        {
            int[] uses = Uses(chains.Steps);
            foreach (Candidate candidate in candidates.Where(c => !chosen.ContainsKey(c.Product) && c.Path.All(id => uses[id] == 1)))
            {
                Choose(candidate);
            }
        }

        Flights = chains.Flights;

        void Choose(Candidate candidate)
        {
            chosen[candidate.Product] = candidate;
            chains.Read(candidate.Step, candidate.Early);
        }
    }

    /// <summary>The flights that the function takes with them.</summary>
    public int Flights { get; }

    /// <summary>The function with wide products.</summary>
    /// <param name="function">What the sketch was of.</param>
    public Function Rewrite(Function function) => chosen.Count == 0 ? function : new Rewriting(function, chosen).Rewritten;

    /// <summary>A product, one of its operands, and the values that led there from an extension's, which comes first.</summary>
    private sealed record Candidate(int Step, int Product, int Operand, EarlyOperand Early, List<int> Path);

    private IEnumerable<Candidate> Candidates(IReadOnlyList<SketchStep> steps)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            SketchStep step = steps[i];
            bool isLength = step.Op is { IsLength: true } && step.Operands[0] == step.Operands[1];
            if (step.Kind != "mul" && !isLength)
            {
                continue;
            }

            for (int operand = 0; operand < (isLength ? 1 : 2); operand++)
            {
                if (Path(step, operand, isLength) is { } path)
                {
                    yield return new Candidate(
                        i, step.Results[0], operand, new EarlyOperand(step.Operands[operand], definitions[path[0]]!.Operands[0]), path);
                }
            }
        }
    }

    /// <summary>The values from an extension's to a product's operand, the extension's first; null where the operand is none.</summary>
    private List<int>? Path(SketchStep product, int operand, bool isLength)
    {
        List<int> path = [];
        int id = product.Operands[operand];
        int truncated = 0;
        while (definitions[id] is { } step)
        {
            path.Insert(0, id);
            if (step.Kind == "extend")
            {
                // A quarter of the small ring is free on either side, so that its wrap can be told.
                int ring = sketch.Ring(step.Operands[0]) - truncated;
                return ring >= 2 && ring < sketch.Ring(product.Results[0]) && sketch.Required(path.Last()) <= ring ? path : null;
            }

            if (step.Reading != RingReading.Moves && !(step.Reading == RingReading.Truncates && isLength))
            {
                return null;
            }

            truncated += step.Reading == RingReading.Truncates ? step.Op!.By : 0;
            id = step.Operands[0];
        }

        return null;
    }

    /// <summary>How many operations and blocks use each value; a square that uses it twice does so once.</summary>
    private int[] Uses(IReadOnlyList<SketchStep> steps)
    {
        int[] uses = new int[sketch.Count];
        foreach (int id in sketch.Body.Yields.Concat(steps.SelectMany(s => s.Blocks).SelectMany(b => b.Yields)))
        {
            uses[id]++;
        }

        foreach (SketchStep step in steps)
        {
            for (int i = 0; i < step.Operands.Length; i++)
            {
                uses[step.Operands[i]] += Array.IndexOf(step.Operands, step.Operands[i]) == i ? 1 : 0;
            }
        }

        return uses;
    }

    /// <summary>Writes the chosen products into a function.</summary>
    private sealed class Rewriting
    {
        private readonly Dictionary<int, Op> definitions;
        private readonly Dictionary<int, Candidate> chosen;
        private readonly Dictionary<int, Value> values;
        private readonly Dictionary<int, int> standIns = [];
        private int nextId;

        public Rewriting(Function function, Dictionary<int, Candidate> chosen)
        {
            this.chosen = chosen;
            definitions = function.Body.Walk().SelectMany(o => o.Results.Select(r => (r.Id, o))).ToDictionary(p => p.Id, p => p.o);
            values = function.Body.All().SelectMany(b => b.Parameters.Concat(b.Ops.SelectMany(o => o.Results))).ToDictionary(v => v.Id);
            nextId = function.NextId;
            Block body = Rewrite(function.Body);
            Rewritten = function with { Body = Swept(body, Used(body)) };
        }

        public Function Rewritten { get; }

        private Block Rewrite(Block block)
        {
            ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
            foreach (Op op in block.Ops)
            {
                if (op.Body is not null)
                {
                    ops.Add(op.WithBlocks(b => Rewrite(b)));
                }
                else if (op.Results.Length == 1 && chosen.TryGetValue(op.Result.Id, out Candidate? candidate))
                {
                    int small = Early([.. candidate.Path.Select(id => definitions[id])], ops);
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
}
