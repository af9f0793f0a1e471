using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Gives every value its ring. A value needs two bits more than its interval; beyond that, rings are demanded by who uses a value: a
/// product in Z_2^m needs both operands in Z_2^m, linear maps pass the demand on, comparisons and lookups take the low bits and demand
/// nothing. A gate that opens a value gives it the demanded ring at once. Only where a truncation or a state cannot, an extension is
/// placed. Values that nobody uses disappear here.
/// <para>Where the extension stands is a choice: a gate may also give no more than its interval needs, and be extended behind, beside other
/// flights, rather than demand a larger ring of all before it. Every gate that waits for an extension is tried, and what makes the longest
/// chains shorter is kept.</para>
/// </summary>
internal sealed class Rings
{
    private static readonly HashSet<string> Linear = new(StringComparer.Ordinal)
    {
        "add", "sub", "neg", "scale", "add.scalar", "shl", "relabel", "reshape", "permute", "broadcast", "slice", "index", "concat", "sum",
        "where", "rotary", "cumsum", "shuffle", "gather", "scatter",
    };

    /// <summary>What a dimension counts where nothing is said of it.</summary>
    private const long TypicalSize = 64;

    /// <summary>What makes new values of what it reads; everything else moves, truncates or extends.</summary>
    private static readonly HashSet<string> Computes = new(StringComparer.Ordinal)
    {
        "mul", "matmul", "weights.linear", "weights.scale", "weights.lookup", "exponential", "piecewise", "piecewise.octaves", "for", "sum",
        "add", "sub",
    };

    /// <summary>Gates whose result can be extended behind them.</summary>
    private static readonly HashSet<string> Gates = new(StringComparer.Ordinal)
    {
        "mul", "matmul", "weights.linear", "weights.scale", "piecewise", "piecewise.octaves", "octaves.choose",
    };

    private readonly Dictionary<int, int> demands = [];
    private readonly Dictionary<int, Op> definitions;
    private readonly Dictionary<int, Value> replaced = [];
    private readonly HashSet<int> used = [];
    private readonly Dictionary<int, Value> values = [];
    private readonly Dictionary<int, long> counts;
    private readonly HashSet<int> small;
    private readonly HashSet<int> larger = [];

    /// <summary>Rings that the uses of what a loop carries demand inside of it, where that is extended there.</summary>
    private readonly Dictionary<int, int> inside = [];
    private int nextId;

    private Rings(Function function, HashSet<int> small, Dictionary<int, Op> definitions, Dictionary<int, long> counts)
    {
        this.small = small;
        this.definitions = definitions;
        this.counts = counts;
        nextId = function.NextId;
    }

    public static Function Apply(Function function)
    {
        HashSet<int> small = [];
        Dictionary<int, Op> definitions = function.Body.Walk().SelectMany(o => o.Results.Select(r => (r.Id, o)))
            .ToDictionary(p => p.Id, p => p.o);
        Dictionary<int, long> counts = Counts(function, definitions);
        (Function best, IEnumerable<int> candidates) = Apply(function, small, definitions, counts);
        HashSet<int> waiting = Chains.BehindExtensions(best);
        best = WideProducts.Apply(best);
        int flights = Chains.Flights(best);
        foreach (int candidate in candidates.Where(waiting.Contains).Concat(Squared(function, definitions)))
        {
            small.Add(candidate);
            Function other = WideProducts.Apply(Apply(function, small, definitions, counts).Function);
            int needed = Chains.Flights(other);
            if (needed < flights)
            {
                (best, flights) = (other, needed);
            }
            else
            {
                small.Remove(candidate);
            }
        }

        return best;
    }

    /// <summary>
    /// Sums and what loops carry, of which squares are summed: these can be taken before the value is extended.
    /// </summary>
    private static IEnumerable<int> Squared(Function function, Dictionary<int, Op> definitions)
    {
        HashSet<int> carried = [.. function.Body.All().SelectMany(b => b.Parameters).Select(p => p.Id)];
        SortedSet<int> squared = [];
        foreach (Op squares in function.Body.Walk().Where(WideProducts.IsSquares))
        {
            int id = squares.Operands[0];
            while (definitions.TryGetValue(id, out Op? op) && op.Kind is "truncate" or "reshape")
            {
                id = op.Operands[0];
            }

            if (carried.Contains(id) || (definitions.TryGetValue(id, out Op? sum) && sum.Kind == "add"))
            {
                squared.Add(id);
            }
        }

        return squared;
    }

    /// <summary>The function with rings, where the given gates give small ones; and the gates that gave larger ones than they need.</summary>
    private static (Function Function, IEnumerable<int> Larger) Apply(
        Function function, HashSet<int> small, Dictionary<int, Op> definitions, Dictionary<int, long> counts)
    {
        Rings pass = new(function, small, definitions, counts);
        foreach (int yield in function.Body.Yields)
        {
            pass.used.Add(yield);
        }

        pass.Demands(function.Body);
        Block body = pass.Assign(function.Body, []);
        return (function with { Body = body }, pass.larger.OrderBy(id => id));
    }

    private static int Required(Value value, Op op)
    {
        Number number = value.Tensor.Number!;
        int ring = number.RequiredRing;
        if (ring <= 64)
        {
            return ring;
        }

        double reach = (double)System.Numerics.BigInteger.Max(-number.Low, number.High) / Math.Pow(2, number.Scale);
        throw new CompileError("MPC3002",
            FormattableString.Invariant($"the value may reach ±{reach:G4} with {number.Scale} fraction bits, which needs {ring} bits; ")
                + "the largest ring has 64: declare a narrower range with .Within(low, high)",
            op.Site);
    }

    private void Demand(int id, int ring)
    {
        used.Add(id);
        demands[id] = demands.TryGetValue(id, out int present) ? Math.Max(present, ring) : ring;
    }

    private int Demanded(Value value, Op op) => Math.Max(Required(value, op), demands.TryGetValue(value.Id, out int ring) ? ring : 0);

    /// <summary>
    /// The ring that an operation gives. A matrix product of what is stored over a long axis gives no more than its interval needs, whatever
    /// its users demand: its few elements are extended behind it rather than every element before it.
    /// </summary>
    private int Given(Op op) => small.Contains(op.Result.Id)
        || (op.Kind == "matmul" && op.Operands.All(o => Longer(o, op.Result)) && op.Operands.Any(Stored))
        ? Required(op.Result, op)
        : Demanded(op.Result, op);

    /// <summary>Whether a value is read of a state, and perhaps moved or truncated.</summary>
    private bool Stored(int id) => definitions.TryGetValue(id, out Op? op)
        && (op.Kind.StartsWith("state.", StringComparison.Ordinal) || (!Computes.Contains(op.Kind) && op.Operands.Any(Stored)));

    private bool Longer(int operand, Value result) => counts.TryGetValue(operand, out long count) && count > counts[result.Id];

    /// <summary>How many elements the operands and results of matrix products typically have.</summary>
    private static Dictionary<int, long> Counts(Function function, Dictionary<int, Op> definitions)
    {
        Attributes sizes = function.Attributes;
        long Typical(Expr count) => count.Range(name => sizes.Has($"dim.{name}.typical")
            ? (sizes.Int($"dim.{name}.typical"), sizes.Int($"dim.{name}.typical"))
            : (TypicalSize, TypicalSize)).High;
        Dictionary<int, long> counts = [];
        foreach (Op product in function.Body.Walk().Where(o => o.Kind == "matmul"))
        {
            foreach (int id in product.Operands.Append(product.Result.Id).Where(id => definitions.ContainsKey(id)))
            {
                counts[id] = Typical(definitions[id].Results.First(r => r.Id == id).Tensor.Count);
            }
        }

        return counts;
    }

    private bool Dead(Op op) => !(StateWrites.IsWrite(op) || op.Kind is "check" or "for" or "if") && !op.Results.Any(r => used.Contains(r.Id));

    private void Demands(Block block)
    {
        foreach (Op op in block.Ops.Reverse())
        {
            if (Dead(op))
            {
                continue;
            }

            if (op.Kind == "for")
            {
                LoopDemands(op);
                continue;
            }

            if (op.Kind == "if")
            {
                BranchDemands(op);
                continue;
            }

            if (op.Kind == "check")
            {
                continue;
            }

            int ring = op.Result.Tensor.Form == Form.Masked ? Math.Min(Given(op), 64) : 0;
            for (int i = 0; i < op.Operands.Length; i++)
            {
                int operand = op.Operands[i];
                int demand = op.Kind switch
                {
                    "choose" when i == 0 => 0,
                    "where" when i == 1 => 0,
                    "shuffle" or "gather" or "scatter" when i > 0 => 0,
                    "mul" or "matmul" or "weights.linear" or "weights.scale" or "weights.lookup" or "weights.add" or "choose" => ring,
                    "octaves.choose" or "champion" => i == 0 ? 0 : ring,
                    "shl" => Math.Max(0, ring - op.Attributes.Int("by")),
                    "truncate" =>
                        Math.Min(64, (ring + op.Attributes.Int("by") <= 64 ? ring : Required(op.Result, op)) + op.Attributes.Int("by")),
                    "state.append" or "state.assign" => op.Attributes.Int("ring"),
                    "exponential" or "piecewise" => LookedUp(op),
                    _ when Linear.Contains(op.Kind) => ring,
                    _ => 0,
                };
                Demand(operand, demand);
            }
        }
    }

    /// <summary>What a loop carries has one ring: the largest that the body, the yields and the uses behind the loop demand.</summary>
    private void LoopDemands(Op loop)
    {
        Block body = loop.Body!;
        int[] carried = body.Parameters.Select((p, i) => small.Contains(p.Id) ? Required(p, loop)
            : Math.Max(Required(p, loop), demands.TryGetValue(loop.Results[i].Id, out int after) ? after : 0)).ToArray();
        while (true)
        {
            // What a smaller ring demanded holds no longer: a gate may meet a larger demand by an extension behind it.
            foreach (Value value in body.All().SelectMany(b => b.Parameters.Concat(b.Ops.SelectMany(o => o.Results))))
            {
                demands.Remove(value.Id);
            }

            for (int i = 0; i < carried.Length; i++)
            {
                Demand(body.Yields[i], carried[i]);
            }

            Demands(body);
            int[] next = body.Parameters.Select(
                (p, i) => small.Contains(p.Id) ? carried[i]
                    : Math.Min(64, Math.Max(carried[i], demands.TryGetValue(p.Id, out int needed) ? needed : 0))).ToArray();
            if (next.SequenceEqual(carried))
            {
                break;
            }

            carried = next;
        }

        for (int i = 0; i < carried.Length; i++)
        {
            foreach (int id in (int[])[body.Parameters[i].Id, loop.Results[i].Id])
            {
                inside[id] = Math.Min(64, demands.TryGetValue(id, out int needed) ? needed : 0);
                demands[id] = carried[i];
            }

            Demand(loop.Operands[i], carried[i]);
        }
    }

    /// <summary>What leaves two branches has one ring: the one that the uses behind them demand.</summary>
    private void BranchDemands(Op choice)
    {
        foreach (Value result in choice.Results)
        {
            demands[result.Id] = Math.Min(64, Demanded(result, choice));
        }

        foreach (Block branch in choice.Blocks)
        {
            for (int i = 0; i < branch.Yields.Length; i++)
            {
                Demand(branch.Yields[i], demands[choice.Results[i].Id]);
            }

            Demands(branch);
        }
    }

    /// <summary>Extends what a loop carries in a small ring, for those that need it in a larger one.</summary>
    private void Extended(Value carried, int site, ImmutableArray<Op>.Builder ops)
    {
        if (inside[carried.Id] > carried.Tensor.Number!.Ring)
        {
            Value extended = Define(carried with { Id = nextId++ }, inside[carried.Id]);
            ops.Add(new Op("extend", [extended], [carried.Id], Attributes.None, site));
            replaced[carried.Id] = extended;
        }
    }

    /// <summary>Bits of an argument that a lookup takes apart, which may be more than a narrow interval needs.</summary>
    private static int LookedUp(Op op) => op.Attributes.Int("lowBits") + op.Attributes.Int("highBits");

    /// <param name="block">The block.</param>
    /// <param name="leaving">The values in whose rings the block's own leave it; none where those keep theirs.</param>
    private Block Assign(Block block, ImmutableArray<Value> leaving)
    {
        ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
        ImmutableArray<Value> parameters = block.Parameters.Select(p => Define(p, demands[p.Id])).ToImmutableArray();
        foreach (Value parameter in parameters)
        {
            Extended(parameter, block.Ops.FirstOrDefault(o => o.Operands.Contains(parameter.Id))?.Site ?? -1, ops);
        }

        foreach (Op op in block.Ops)
        {
            if (op.Kind == "check")
            {
                ops.Add(op);
            }
            else if (op.Kind == "for")
            {
                ImmutableArray<int> initial = op.Operands.Select((o, i) => Narrowed(o, demands[op.Body!.Parameters[i].Id], op, ops))
                    .ToImmutableArray();
                Block body = Assign(op.Body!, op.Body!.Parameters);
                ops.Add(op with
                {
                    Operands = initial,
                    Body = body,
                    Results = op.Results.Select(r => Define(r, demands[r.Id])).ToImmutableArray(),
                });
                foreach (Value result in op.Results)
                {
                    Extended(values[result.Id], op.Site, ops);
                }
            }
            else if (op.Kind == "if")
            {
                Op branches = op.WithBlocks(b => Assign(b, op.Results));
                ops.Add(branches with { Results = op.Results.Select(r => Define(r, demands[r.Id])).ToImmutableArray() });
            }
            else if (!Dead(op))
            {
                Assign(op, ops);
            }
        }

        ImmutableArray<int> yields = block.Yields
            .Select((y, i) => leaving.IsEmpty ? Current(y).Id : Narrowed(y, demands[leaving[i].Id], null, ops)).ToImmutableArray();
        return new Block(parameters, ops.ToImmutable(), yields) { Observed = Observed(block) };
    }

    /// <summary>
    /// Expressions whose values remain. A comparison that is used by choices alone stays a bit and is never brought into a ring: then the
    /// bit is what there is to see.
    /// </summary>
    private ImmutableArray<Observation> Observed(Block block)
    {
        Dictionary<int, Op> bits = block.Ops.Where(o => o.Kind == "bits.combine").ToDictionary(o => o.Result.Id);
        return block.Observed
            .Select(o => o with
            {
                Value = !used.Contains(o.Value) && bits.TryGetValue(o.Value, out Op? combine) ? combine.Operands[0] : o.Value,
            })
            .Where(o => replaced.ContainsKey(o.Value) || values.ContainsKey(o.Value))
            .Select(o => o with { Value = Current(o.Value).Id }).ToImmutableArray();
    }

    private void Assign(Op op, ImmutableArray<Op>.Builder ops)
    {
        Form form = op.Result.Tensor.Form;
        if (form is Form.Permutation or Form.Positions)
        {
            // Revealed comparisons and slots are taken in the smallest ring that their proven range fits.
            ImmutableArray<int> chosen = op.Operands
                .Select((o, i) => i == 0 && op.Kind is "order" or "locate" ? Narrowed(o, Comparable(Current(o), op), op, ops) : Current(o).Id)
                .ToImmutableArray();
            ops.Add(op with { Operands = chosen, Results = [Define(op.Result, 0)] });
            return;
        }

        if (form is Form.Public or Form.MaskedBit)
        {
            ImmutableArray<int> plain = op.Operands
                .Select(o => form == Form.MaskedBit ? Narrowed(o, Signed(Current(o), op), op, ops) : Current(o).Id).ToImmutableArray();
            ops.Add(op with { Operands = plain, Results = [Define(op.Result, form == Form.Public ? 64 : 1)] });
            return;
        }

        int demanded = form == Form.Revealed ? 0 : Demanded(op.Result, op);
        if (demanded > 64 && Given(op) > 64)
        {
            throw new CompileError("MPC3002",
                $"the value is used where {demanded} bits are needed; the largest ring has 64: "
                    + "declare narrower ranges with .Within(low, high)",
                op.Site);
        }

        int ring = form == Form.Revealed ? 0 : Given(op);
        if (Gates.Contains(op.Kind) && ring > Required(op.Result, op))
        {
            larger.Add(op.Result.Id);
        }

        int[] rings = op.Operands.Select(o => Current(o).Tensor.Number!.Ring).ToArray();
        switch (op.Kind)
        {
            case "truncate":
                ring = rings[0] - op.Attributes.Int("by");
                break;
            case "state.read" or "state.append" or "state.assign":
                ring = op.Attributes.Int("ring");
                if (Required(op.Result, op) > ring)
                {
                    throw new CompileError("MPC3002", $"the state's range needs {Required(op.Result, op)} bits, its ring has {ring}",
                        op.Site);
                }

                rings = rings.Select(_ => ring).ToArray();
                break;
            case "shl":
                rings = [ring - op.Attributes.Int("by")];
                break;
            case "exponential" or "piecewise":
                rings = op.Operands.Select(o => Math.Max(Required(Current(o), op), LookedUp(op))).ToArray();
                ring = op.Kind == "exponential" ? Math.Max(ring, op.Attributes.Int("lookupRing") + 1) : ring;
                break;
            case "coarse.maximum":
                rings = [op.Attributes.Int("bits")];
                break;
            case "extend" or "piecewise.octaves":
                rings = op.Operands.Select(o => Required(Current(o), op)).ToArray();
                ring = op.Kind == "extend" ? Math.Max(ring, rings[0]) : ring;
                break;
            case "reveal":
                rings = op.Operands.Select(o => Required(Current(o), op)).ToArray();
                ring = rings[0];
                break;
            default:
                rings = rings.Select(
                    (r, i) => Current(op.Operands[i]).Tensor.Form != Form.Masked ? r : ring).ToArray();
                break;
        }

        ImmutableArray<int> operands = op.Operands.Select((o, i) => Narrowed(o, rings[i], op, ops)).ToImmutableArray();
        if (op.Kind == "extend" && Current(operands[0]).Tensor.Number!.Ring >= ring)
        {
            replaced[op.Result.Id] = Current(operands[0]);
            return;
        }

        if (ring >= demanded)
        {
            ops.Add(op with { Operands = operands, Results = [Define(op.Result, ring)] });
            return;
        }

        // The operation cannot give the ring that is needed: extend behind it.
        Value small = op.Result with { Id = nextId++ };
        ops.Add(op with { Operands = operands, Results = [Define(small, ring)] });
        Value extended = Define(op.Result, demanded);
        ops.Add(new Op("extend", [extended], [small.Id], Attributes.None, op.Site));
    }

    /// <summary>The ring in which a value's sign is taken: as it is neither truncated nor extended there, half of the ring is its own.</summary>
    private static int Signed(Value value, Op op) => Math.Max(2, Comparable(value, op) - 1);

    /// <summary>The ring in which shuffled rows are compared.</summary>
    private static int Comparable(Value value, Op op)
    {
        int ring = Required(value, op);
        return ring <= MPCache.Gates.Compare.LargestRing
            ? ring
            : throw new CompileError("MPC3002",
                $"comparing these values takes {ring} bits, and at most {MPCache.Gates.Compare.LargestRing} are compared; "
                + "declare narrower ranges with .Within(low, high)",
                op.Site);
    }

    private Value Define(Value value, int ring)
    {
        Value typed = value with { Type = value.Tensor with { Number = value.Tensor.Number! with { Ring = ring } } };
        values[value.Id] = typed;
        return typed;
    }

    private Value Current(int id) => replaced.TryGetValue(id, out Value? value) ? value : values[id];

    /// <summary>The value in a smaller ring: its low bits.</summary>
    private int Narrowed(int id, int ring, Op? op, ImmutableArray<Op>.Builder ops)
    {
        Value value = Current(id);
        Number number = value.Tensor.Number!;
        if (value.Tensor.Form != Form.Masked || number.Ring == ring)
        {
            return value.Id;
        }

        if (number.Ring < ring)
        {
            throw new CompileError("MPC9001", $"{value} has {number.Ring} bits where {ring} are needed by {op?.Kind ?? "yield"}",
                op?.Site ?? -1);
        }

        Value narrow = Define(value with { Id = nextId++ }, ring);
        ops.Add(new Op("narrow", [narrow], [value.Id], Attributes.None, op?.Site ?? -1));
        return narrow.Id;
    }
}
