using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Fusion;

/// <summary>A combination and where it stands in the value that it is part of.</summary>
internal sealed record Part(Combination Combination, Expr Start, ImmutableArray<Expr> Strides);

/// <summary>
/// Which local operations of a block are written, and as what. A region is what lies between two flights, loops, conditions or writes of
/// states: in it, a value that one operation takes, or that is only a view of another, is not stored but becomes part of what takes it. What is
/// observed, leaves the block, or is taken by a gate is stored.
/// </summary>
internal sealed class Regions
{
    private static readonly HashSet<string> Boundaries = new(StringComparer.Ordinal) { "flight", "for", "if", "state.append", "state.assign" };

    private readonly Block block;
    private readonly Func<Attributes, Factor> scalar;
    private readonly Dictionary<int, Value> values;
    private readonly Dictionary<int, ImmutableArray<Part>> lazy = [];
    private readonly Dictionary<int, int> regions = [];
    private readonly Dictionary<int, int> users = [];
    private readonly HashSet<int> stored = [];
    private readonly Dictionary<int, ImmutableArray<Part>> written = [];
    private readonly Dictionary<int, int> replaced = [];
    private readonly HashSet<int> skipped = [];

    /// <summary>Decides for a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="values">Values by number, those of the block and those around it.</param>
    /// <param name="scalar">A public factor or summand of an operation as the program writes it.</param>
    public Regions(Block block, Dictionary<int, Value> values, Func<Attributes, Factor> scalar)
    {
        this.block = block;
        this.values = values;
        this.scalar = scalar;
        Survey();
        foreach (Op op in block.Ops.Where(IsLinear))
        {
            Compose(op);
        }

        Choose();
    }

    /// <summary>Whether an operation is part of others and not written.</summary>
    public bool IsSkipped(Op op) => op.Results.Length == 1 && skipped.Contains(op.Result.Id);

    /// <summary>The combinations that an operation is written as, where it stands for several.</summary>
    public ImmutableArray<Part>? Combinations(Op op) =>
        op.Results.Length == 1 && written.TryGetValue(op.Result.Id, out ImmutableArray<Part> parts) ? parts : null;

    /// <summary>What an operation needs: the operands of all that it stands for.</summary>
    public IEnumerable<int> Operands(Op op) =>
        IsSkipped(op) ? []
        : Combinations(op) is { } parts ? parts.SelectMany(p => p.Combination.Summands).Select(s => s.Value).Distinct()
        : op.Operands.Select(Operand);

    /// <summary>What an operation that is written by itself takes in the place of an operand.</summary>
    public int Operand(int operand) => replaced.TryGetValue(operand, out int value) ? value : operand;

    /// <summary>Regions, uses, and what must be stored whatever its users are.</summary>
    private void Survey()
    {
        int region = 0;
        foreach (Op op in block.Ops)
        {
            region += Boundaries.Contains(op.Kind) ? 1 : 0;
            foreach (Value result in op.Results)
            {
                regions[result.Id] = region;
            }

            foreach (int operand in op.Operands.Distinct())
            {
                users[operand] = users.TryGetValue(operand, out int count) ? count + 1 : 1;
                if (!regions.TryGetValue(operand, out int home) || home != region || !(IsLinear(op) || op.Kind == "local.sum"))
                {
                    stored.Add(operand);
                }
            }

            stored.UnionWith(op.UsedInside());
        }

        stored.UnionWith(block.Yields);
        stored.UnionWith(block.Observed.Select(o => o.Value));
    }

    private bool IsLinear(Op op) =>
        op.Kind is "local.add" or "local.sub" or "local.neg" or "local.narrow" or "local.shl" or "local.scale" or "local.add.scalar"
            or "local.addconstant" or "local.additive" or "local.permute" or "local.broadcast" or "local.slice" or "local.concat"
        && IsOfWords(op.Result) && op.Operands.All(o => IsOfWords(values[o]))
        // Shares in which the server counts what is public are made by themselves.
        && !op.Attributes.Has("counts");

    private static bool IsOfWords(Value value) => value.Type is TensorType { Form: Form.Masked or Form.Additive };

    /// <summary>What an operation computes from what is stored, as far as one pass can.</summary>
    private void Compose(Op op)
    {
        // First with all operands as they are made, then with each of them stored, then with both.
        for (int choice = 0; choice < 1 << op.Operands.Length; choice++)
        {
            ImmutableArray<Part>[] operands = new ImmutableArray<Part>[op.Operands.Length];
            for (int i = 0; i < operands.Length; i++)
            {
                operands[i] = (choice >> i & 1) == 0 && Inlines(op.Operands[i]) ? lazy[op.Operands[i]] : Leaf(op.Operands[i]);
            }

            if (Result(op, operands) is { } parts)
            {
                lazy[op.Result.Id] = parts;
                return;
            }
        }
    }

    private bool Inlines(int value) => !stored.Contains(value) && lazy.TryGetValue(value, out ImmutableArray<Part> parts)
        && (users[value] == 1 || (parts.Length == 1 && parts[0].Combination.IsView));

    private ImmutableArray<Part> Leaf(int value) => [Whole(Combination.Of(values[value]))];

    private static Part Whole(Combination combination) => new(combination, Expr.Zero, Axes.RowMajor(combination.Sizes));

    private ImmutableArray<Part>? Result(Op op, ImmutableArray<Part>[] operands)
    {
        Attributes a = op.Attributes;
        if (op.Kind == "local.concat")
        {
            return op.Result.Tensor.Form == Form.Masked ? Concat(a, operands[0], operands[1]) : null;
        }

        if (op.Kind == "local.narrow" && operands[0].Length > 1)
        {
            ImmutableArray<Part?> narrow =
                [.. operands[0].Select(p => Reduced(p.Combination, p.Combination, a.Int("ring")) is { } c ? p with { Combination = c } : null)];
            return narrow.Any(p => p is null) ? null : [.. narrow.Select(p => p!)];
        }

        if (operands.Any(o => o.Length > 1))
        {
            return null;
        }

        Combination x = operands[0][0].Combination;
        Combination? result = op.Kind switch
        {
            "local.add" => Added(x, operands[1][0].Combination, a.Int("ring")),
            "local.sub" => operands[1][0].Combination.Times(new Factor(-1)) is { } negated ? Added(x, negated, a.Int("ring")) : null,
            "local.neg" => Reduced(x.Times(new Factor(-1)), x, a.Int("ring")),
            "local.narrow" => Reduced(x, x, a.Int("ring")),
            "local.shl" => Reduced(x.Times(new Factor(1L << a.Int("by"))), x, a.Int("ring"), a.Int("by")),
            "local.scale" => Reduced(x.Times(scalar(a)), x, a.Int("ring")),
            "local.add.scalar" => Reduced(x.Add(scalar(a)), x, a.Int("ring")),
            "local.addconstant" => Reduced(x.Add(new Factor((long)a.Expr("constant").AsConstant!)), x, a.Int("ring")),
            "local.additive" => Reduced(x.ToShares(), x, a.Int("ring")),
            "local.permute" => x.Permute(a.List("shape"), [.. a.List("axes").Select(e => (int)e.AsConstant!)]),
            "local.broadcast" => x.Broadcast(a.List("from"), a.List("to")),
            _ => x.Slice(a.List("shape"), a.Int("axis"), a.Expr("start"), a.Expr("length")),
        };
        return result is null ? null : [Whole(result with { Operations = result.Operations + 1 })];
    }

    private static Combination? Added(Combination x, Combination y, int ring) =>
        Reduced(Reduced(x.Add(y), x, ring), y, ring);

    /// <summary>
    /// Reduced to a ring, where what it is made of may go without the reduction that it had: the bits above would have to vanish.
    /// </summary>
    /// <param name="result">What is to be reduced.</param>
    /// <param name="operand">What it is made of.</param>
    /// <param name="ring">The ring.</param>
    /// <param name="shift">By how many bits what is above the operand's ring has moved up.</param>
    private static Combination? Reduced(Combination? result, Combination operand, int ring, int shift = 0) =>
        result is null || (operand.Ring is int present && ring > present + shift) ? null : result with { Ring = ring };

    private static ImmutableArray<Part>? Concat(Attributes a, ImmutableArray<Part> x, ImmutableArray<Part> y)
    {
        int axis = a.Int("axis");
        ImmutableArray<Expr> shape = a.List("shapeA");
        ImmutableArray<Expr> joined = shape.SetItem(axis, shape[axis] + a.List("shapeB")[axis]);
        Expr second = shape.Skip(axis).Aggregate(Expr.One, (p, s) => p * s);
        ImmutableArray<Part>? left = Placed(x, shape, joined, axis, Expr.Zero);
        ImmutableArray<Part>? right = Placed(y, a.List("shapeB"), joined, axis, second);
        return left is null || right is null ? null : [.. left, .. right];
    }

    /// <summary>Parts of an operand as parts of what it is joined to.</summary>
    private static ImmutableArray<Part>? Placed(
        ImmutableArray<Part> parts, ImmutableArray<Expr> shape, ImmutableArray<Expr> joined, int axis, Expr start)
    {
        // Joined along the first axis, an operand stays as it lies.
        if (shape.Take(axis).All(s => s.Equals(Expr.One)))
        {
            return [.. parts.Select(p => p with
            {
                Start = p.Start + start,
                Combination = p.Combination with { Operations = p.Combination.Operations + 1 },
            })];
        }

        if (parts.Length > 1 || parts[0].Combination.Split(shape) is not (Combination split, int[] owners))
        {
            return null;
        }

        ImmutableArray<Expr> strides = Axes.RowMajor(joined);
        Expr[] placed = new Expr[owners.Length];
        Expr inside = Expr.One;
        for (int i = owners.Length - 1; i >= 0; i--)
        {
            inside = i + 1 < owners.Length && owners[i + 1] == owners[i] ? inside * split.Sizes[i + 1] : Expr.One;
            placed[i] = strides[owners[i]] * inside;
        }

        return [new Part(split with { Operations = split.Operations + 1 }, start, [.. placed])];
    }

    /// <summary>From the end to the beginning: an operation is written when what it makes is needed.</summary>
    private void Choose()
    {
        HashSet<int> needed = [.. stored];
        foreach (Op op in block.Ops.Reverse())
        {
            bool linear = op.Results.Length == 1 && lazy.ContainsKey(op.Result.Id);
            if (linear && !needed.Contains(op.Result.Id))
            {
                skipped.Add(op.Result.Id);
                continue;
            }

            if (linear)
            {
                ImmutableArray<Part> parts = lazy[op.Result.Id];
                if (parts.Length > 2 || parts.Any(p => p.Combination.Operations > 1))
                {
                    written.Add(op.Result.Id, parts);
                }
            }
            else if (op.Kind == "local.sum" && Narrowed(op) is int whole)
            {
                replaced[op.Operands[0]] = whole;
            }

            needed.UnionWith(Operands(op));
        }
    }

    /// <summary>What a sum's operand is the low bits of, where it is only that: a sum in a ring as small clears the same bits.</summary>
    private int? Narrowed(Op sum)
    {
        int operand = sum.Operands[0];
        return Inlines(operand) && users[operand] == 1 && lazy[operand].Length == 1
            && lazy[operand][0].Combination is { IsNarrowed: true } narrowed && narrowed.Ring >= sum.Attributes.Int("ring")
            ? narrowed.Summands[0].Value
            : null;
    }
}
