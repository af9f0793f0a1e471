using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Computes independent iterations at once: a <c>stack</c> region becomes its own operations over a further axis in front, of which each
/// position is an iteration. What does not depend on the iteration is computed once and repeated where it meets what does; what several
/// iterations in a row have in common, because it depends on <c>i / times</c> alone, once for all of these. No later pass knows of regions:
/// what comes out are the operators of the language on larger tensors, in as many flights as one iteration has.
/// </summary>
internal sealed partial class Batches
{
    private readonly Dictionary<int, Value> values = [];
    private readonly Dictionary<int, int> stacked = [];
    private readonly Dictionary<int, Level> levels = [];
    private readonly Known known;
    private ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
    private string index = "";

    /// <summary>Every iteration for itself.</summary>
    private Level each = new(Expr.Zero, Expr.One);

    /// <summary>That of the operation under way.</summary>
    private Level level = new(Expr.Zero, Expr.One);
    private int nextId;

    /// <summary>How the axis in front of a value counts: each position is that many iterations in a row, the last one maybe fewer.</summary>
    /// <param name="Count">The positions.</param>
    /// <param name="Times">The iterations of one.</param>
    private sealed record Level(Expr Count, Expr Times);

    private Batches(Function function)
    {
        known = new Known(function);
        nextId = function.NextId;
    }

    /// <exception cref="CompileError">Iterations cannot be computed at once.</exception>
    public static Function Apply(Function function)
    {
        Batches pass = new(function);
        foreach (Parameter parameter in function.Parameters)
        {
            pass.values[parameter.Value.Id] = parameter.Value;
        }

        return function with { Body = pass.Flatten(function.Body) };
    }

    /// <summary>A block without regions; those inside of others first, so that there is one to batch at a time.</summary>
    private Block Flatten(Block block)
    {
        foreach (Value parameter in block.Parameters)
        {
            values[parameter.Id] = parameter;
        }

        ImmutableArray<Op>.Builder outer = ops;
        ops = ImmutableArray.CreateBuilder<Op>();
        List<Observation> observed = [.. block.Observed];
        foreach (Op op in block.Ops)
        {
            if (op.Kind == "stack")
            {
                Block iteration = Flatten(op.Body!);
                Batch(op, iteration);
                int at = observed.FindIndex(o => o.Value == op.Result.Id);
                observed.InsertRange(at < 0 ? observed.Count : at, iteration.Observed);
            }
            else
            {
                Keep(Blocks(op, Flatten) with { Operands = op.Operands.Select(Standing).ToImmutableArray() });
            }
        }

        Block flat = block with
        {
            Ops = ops.ToImmutable(),
            Yields = block.Yields.Select(Standing).ToImmutableArray(),
            Observed = observed.Select(o => o with { Value = Standing(o.Value) }).ToImmutableArray(),
        };
        ops = outer;
        return flat;
    }

    private void Batch(Op region, Block iteration)
    {
        (index, each) = (region.Attributes.Text("index"), new Level(region.Attributes.Expr("count"), Expr.One));
        levels.Clear();
        foreach (Op op in iteration.Ops)
        {
            Visit(op);
        }

        level = each;
        stacked[region.Result.Id] = Batched(region, iteration.Yields[0]);
    }

    private void Visit(Op op)
    {
        if (!Depends(op))
        {
            Keep(op);
        }
        else if (op.Body is not null)
        {
            // What a loop carries or a branch leaves is another value in each iteration, or may become one in a later step.
            level = each;
            ImmutableArray<int> operands = Batched(op);
            Op inside = Blocks(op, b => Inside(op, b));
            level = each;
            ops.Add(inside with { Results = op.Results.Select(Widened).ToImmutableArray(), Operands = operands });
        }
        else
        {
            level = LevelOf(op);
            Widen(op);
        }
    }

    /// <summary>An operation with other blocks, each visited with what is known in it.</summary>
    private Op Blocks(Op op, Func<Block, Block> visit)
    {
        Attributes a = op.Attributes;
        return op.Kind switch
        {
            "if" => op with
            {
                Body = known.Where(a.Condition("condition"), () => visit(op.Body!)),
                Otherwise = known.Where(a.Condition("condition").Negation, () => visit(op.Otherwise!)),
            },
            "for" => op with { Body = known.Counting(a.Text("index"), a.Expr("low"), a.Expr("high"), () => visit(op.Body!)) },
            _ => op.WithBlocks(visit),
        };
    }

    private Block Inside(Op op, Block block)
    {
        ImmutableArray<Op>.Builder outer = ops;
        ops = ImmutableArray.CreateBuilder<Op>();
        level = each;
        ImmutableArray<Value> parameters = block.Parameters.Select(Widened).ToImmutableArray();
        foreach (Op inner in block.Ops)
        {
            Visit(inner);
        }

        level = each;
        ImmutableArray<int> yields = block.Yields.Select(y => Batched(op, y)).ToImmutableArray();
        Block inside = block with { Parameters = parameters, Ops = ops.ToImmutable(), Yields = yields };
        ops = outer;
        return inside;
    }

    /// <summary>
    /// Whether an operation differs between iterations: by what it reads or by a number, or because each iteration has a secret order of its
    /// own.
    /// </summary>
    private bool Depends(Op op) => op.Kind == "shuffle" || op.Operands.Any(levels.ContainsKey) || op.Attributes.All.Any(Depends)
        || op.Blocks.Any(b => b.Ops.Any(Depends) || b.Yields.Any(levels.ContainsKey));

    private bool Depends(KeyValuePair<string, Attr> attribute) => attribute.Value switch
    {
        ExprAttr number => number.Value.Mentions(index),
        ListAttr numbers => numbers.Values.Any(n => n.Mentions(index)),
        _ => false,
    };

    /// <summary>
    /// At which level an operation is computed: that of its operands where it is the same. Of selections each iteration has one of its own.
    /// </summary>
    private Level LevelOf(Op op)
    {
        Level[] of = [.. op.Operands.Where(levels.ContainsKey).Select(o => levels[o]).Distinct()];
        return of.Length == 1 && op.Kind is not ("topk" or "inorder") && !op.Attributes.All.Any(Depends) ? of[0] : each;
    }

    /// <summary>A value with the axis of the level in front: it has it, is the same in all iterations, or in several in a row.</summary>
    private int Batched(Op at, int id)
    {
        ImmutableArray<Expr> shape = Shape(id);
        if (!levels.TryGetValue(id, out Level? own))
        {
            int once = Emit(at, "reshape", [id], Attributes.None, shape.Insert(0, Expr.One));
            return Emit(at, "broadcast", [once], Attributes.None, shape.Insert(0, level.Count));
        }

        if (own.Equals(level))
        {
            return id;
        }

        int parts = Emit(at, "reshape", [id], Attributes.None, shape.Insert(1, Expr.One));
        int repeated = Emit(at, "broadcast", [parts], Attributes.None, shape.Insert(1, own.Times));
        ImmutableArray<Expr> all = shape.SetItem(0, own.Count * own.Times);
        int flat = Emit(at, "reshape", [repeated], Attributes.None, all);
        return IsWhole(own) ? flat : Emit(at, "slice", [flat], Part(0, Expr.Zero, level.Count), all.SetItem(0, level.Count));
    }

    /// <summary>Whether every position, the last one too, is as many iterations.</summary>
    private bool IsWhole(Level of) => (of.Count * of.Times).Equals(each.Count);

    private Value Widened(Value value)
    {
        Value widened = value with { Type = new TensorType(value.Tensor.Shape.Insert(0, level.Count)) };
        values[value.Id] = widened;
        levels[value.Id] = level;
        return widened;
    }

    private int Standing(int id) => stacked.TryGetValue(id, out int value) ? value : id;

    private ImmutableArray<Expr> Shape(int id) => values[id].Tensor.Shape;

    private void Keep(Op op)
    {
        foreach (Value result in op.Results)
        {
            values[result.Id] = result;
        }

        ops.Add(op);
    }

    private int Emit(Op at, string kind, ImmutableArray<int> operands, Attributes attributes, ImmutableArray<Expr> shape)
    {
        Value value = new(nextId++, new TensorType(shape));
        Keep(new Op(kind, [value], operands, attributes, at.Site));
        return value.Id;
    }

    /// <summary>What an operation gives in all iterations.</summary>
    private void Give(Op op, string kind, ImmutableArray<int> operands, Attributes attributes) =>
        ops.Add(new Op(kind, [Widened(op.Result)], operands, attributes, op.Site));
}
