using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Computes independent iterations at once: a <c>stack</c> region becomes its own operations over a further axis in front, of which each
/// position is an iteration. What does not depend on the iteration is computed once and repeated where it meets what does. No later pass
/// knows of regions: what comes out are the operators of the language on larger tensors, in as many flights as one iteration has.
/// </summary>
internal sealed partial class Batches
{
    private readonly Dictionary<int, Value> values = [];
    private readonly Dictionary<int, int> stacked = [];
    private readonly HashSet<int> batched = [];
    private readonly Known known;
    private ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
    private string index = "";
    private Expr count = Expr.Zero;
    private int nextId;

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
        (index, count) = (region.Attributes.Text("index"), region.Attributes.Expr("count"));
        batched.Clear();
        foreach (Op op in iteration.Ops)
        {
            Visit(op);
        }

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
            ImmutableArray<int> operands = op.Operands.Select(o => Batched(op, o)).ToImmutableArray();
            Op inside = Blocks(op, b => Inside(op, b));
            ops.Add(inside with { Results = op.Results.Select(Widened).ToImmutableArray(), Operands = operands });
        }
        else
        {
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
        ImmutableArray<Value> parameters = block.Parameters.Select(Widened).ToImmutableArray();
        foreach (Op inner in block.Ops)
        {
            Visit(inner);
        }

        ImmutableArray<int> yields = block.Yields.Select(y => Batched(op, y)).ToImmutableArray();
        Block inside = block with { Parameters = parameters, Ops = ops.ToImmutable(), Yields = yields };
        ops = outer;
        return inside;
    }

    /// <summary>
    /// Whether an operation differs between iterations: by what it reads or by a number, or because each iteration has a secret order of its
    /// own.
    /// </summary>
    private bool Depends(Op op) => op.Kind == "shuffle" || op.Operands.Any(batched.Contains) || op.Attributes.All.Any(Depends)
        || op.Blocks.Any(b => b.Ops.Any(Depends) || b.Yields.Any(batched.Contains));

    private bool Depends(KeyValuePair<string, Attr> attribute) => attribute.Value switch
    {
        ExprAttr number => number.Value.Mentions(index),
        ListAttr numbers => numbers.Values.Any(n => n.Mentions(index)),
        _ => false,
    };

    /// <summary>A value with the axis of the iterations in front: it has it, or is the same in all of them.</summary>
    private int Batched(Op at, int id)
    {
        if (batched.Contains(id))
        {
            return id;
        }

        ImmutableArray<Expr> shape = values[id].Tensor.Shape;
        int once = Emit(at, "reshape", [id], Attributes.None, shape.Insert(0, Expr.One));
        return Emit(at, "broadcast", [once], Attributes.None, shape.Insert(0, count));
    }

    private Value Widened(Value value)
    {
        Value widened = value with { Type = new TensorType(value.Tensor.Shape.Insert(0, count)) };
        values[value.Id] = widened;
        batched.Add(value.Id);
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
