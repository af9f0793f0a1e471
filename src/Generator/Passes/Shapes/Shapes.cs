using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Infers every shape, evaluates public integers to expressions, and makes broadcasting explicit. Afterwards only tensor operations are
/// left: integers and conditions are attributes, and sizes that are not equal for certain are <c>check</c> operations for the session.
/// Appending to a state and writing it back becomes one <c>state.append</c>.
/// </summary>
internal sealed partial class Shapes
{
    private readonly Function function;
    private readonly Dictionary<int, Expr> integers = [];
    private readonly Dictionary<int, Condition> conditions = [];
    private readonly Dictionary<int, Attr> reals = [];
    private readonly Dictionary<int, string> objects = [];
    private readonly Dictionary<int, Value> tensors = [];
    private readonly Dictionary<int, ImmutableArray<Expr>> selectedFrom = [];
    private readonly Dictionary<(int Scope, string Name), Expr> scoped = [];
    private readonly HashSet<string> checks = [];
    private readonly Known known;
    private ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
    private List<Op> visited = [];
    private int nextId;
    private int loops;

    private Shapes(Function function)
    {
        this.function = function;
        known = new Known(function);
        nextId = function.NextId;
    }

    public static Function Apply(Function function)
    {
        Shapes pass = new(function);
        return pass.Run();
    }

    private Function Run()
    {
        ImmutableArray<Parameter>.Builder parameters = ImmutableArray.CreateBuilder<Parameter>();
        foreach (Parameter parameter in function.Parameters)
        {
            Parameter typed = parameter;
            switch (parameter.Value.Type)
            {
                case IntType:
                    integers[parameter.Value.Id] = Expr.Symbol(parameter.Name);
                    break;
                case RealType:
                    reals[parameter.Value.Id] = "param(" + parameter.Name + ")";
                    break;
                case ObjectType:
                    objects[parameter.Value.Id] = parameter.Name;
                    break;
                default:
                    Value value = new(parameter.Value.Id, new TensorType(ShapeOf(parameter.Attributes.Text("shape"))));
                    tensors[value.Id] = value;
                    typed = parameter with { Value = value };
                    break;
            }

            parameters.Add(typed);
        }

        ArraysHaveTensors();
        Block body = Walk(function.Body, []);
        return function with { Parameters = parameters.ToImmutable(), Body = body };
    }

    private static ImmutableArray<Expr> ShapeOf(string text) =>
        ShapeText.Parse(text, out string error) ?? throw new FormatException($"the shape '{text}': {error}");

    private Block Walk(Block block, ImmutableArray<Value> parameters)
    {
        (ImmutableArray<Op>.Builder outer, List<Op> visitedAround) = (ops, visited);
        (ops, visited) = (ImmutableArray.CreateBuilder<Op>(), []);
        Visit(block);
        ImmutableArray<int> yields = block.Yields.Where(y => tensors.ContainsKey(y)).Select(y => tensors[y].Id).ToImmutableArray();
        Block result = new(parameters, ops.ToImmutable(), yields) { Observed = Observed(visited) };
        (ops, visited) = (outer, visitedAround);
        return result;
    }

    private void Visit(Block block)
    {
        Dictionary<int, (Op Read, Op Write)> appends = StateAppends(block);
        HashSet<int> grown = [];
        foreach (Op op in block.Ops)
        {
            visited.Add(op);
            if (op.Kind == "append" && appends.TryGetValue(op.Result.Id, out (Op Read, Op Write) state)
                && IsSame(block, state.Read, state.Write))
            {
                grown.Add(op.Result.Id);
                StateAppend(op, state.Read);
                continue;
            }

            if (op.Kind == "state.write" && grown.Contains(op.Operands.Last()))
            {
                StateWrite(op);
            }
            else if (op.Kind == "state.write")
            {
                StateAssign(op);
            }
            else
            {
                Visit(op);
            }
        }
    }

    /// <summary>
    /// The tensor that each expression has in the end: an expression may be several operations, and reading a state that was written
    /// before is none. What a protocol's parameter declares is no expression.
    /// </summary>
    private ImmutableArray<Observation> Observed(IEnumerable<Op> visited) =>
        visited.Where(o => o.Site >= 0 && o.Results.Length == 1 && o.Kind is not ("expect" or "for" or "if") && tensors.ContainsKey(o.Result.Id)
                && !selectedFrom.ContainsKey(o.Result.Id))
            .GroupBy(o => o.Site).Select(s => new Observation(s.Key, tensors[s.Last().Result.Id].Id)).ToImmutableArray();

    private void Visit(Op op)
    {
        switch (op.Kind)
        {
            case "int.const":
                integers[op.Result.Id] = op.Attributes.Expr("value");
                return;
            case "int.add":
                integers[op.Result.Id] = Int(op, 0) + Int(op, 1);
                return;
            case "int.sub":
                integers[op.Result.Id] = Int(op, 0) - Int(op, 1);
                return;
            case "int.mul":
                integers[op.Result.Id] = Int(op, 0) * Int(op, 1);
                return;
            case "int.div":
                integers[op.Result.Id] = Expr.FloorDiv(Int(op, 0), Int(op, 1));
                return;
            case "int.mod":
                integers[op.Result.Id] = Expr.Mod(Int(op, 0), Int(op, 1));
                return;
            case "int.min":
                integers[op.Result.Id] = Expr.Min(Int(op, 0), Int(op, 1));
                return;
            case "int.max":
                integers[op.Result.Id] = Expr.Max(Int(op, 0), Int(op, 1));
                return;
            case "int.neg":
                integers[op.Result.Id] = Expr.Zero - Int(op, 0);
                return;
            case "int.size":
                TensorType sized = Type(op, 0);
                integers[op.Result.Id] = sized.Shape[Axis(op, sized)];
                return;
            case "int.field":
                integers[op.Result.Id] = Expr.Symbol(op.Attributes.Text("name"));
                return;
            case "bool.const" or "bool.not" or "bool.and" or "bool.or" or "int.compare":
                conditions[op.Result.Id] = Condition(op);
                return;
            case "real.const":
                reals[op.Result.Id] = op.Attributes.All.First(a => a.Key == "value").Value;
                return;
            case "real.inversesqrt":
                Alike(op, Int(op, 0));
                reals[op.Result.Id] = "inversesqrt(" + Int(op, 0) + ")";
                return;
            case "real.fromint":
                reals[op.Result.Id] = Int(op, 0).AsConstant is long whole ? RealAttr.Of(whole) : "int(" + Int(op, 0) + ")";
                conversions[op.Result.Id] = op;
                return;
            case "real.neg" or "real.add" or "real.sub" or "real.mul" or "real.div":
                FoldReal(op);
                return;
            case "resident.field":
                Define(op, "resident", [], Attributes.Of(("object", objects[op.Operands[0]]), ("field", op.Attributes.Text("field")),
                    ("low", Attribute(op, "low")), ("high", Attribute(op, "high")),
                    ("declared", new ListAttr(ShapeOf(op.Attributes.Text("shape"))))), ShapeOf(op.Attributes.Text("shape")));
                return;
            case "state.read":
                StateRead(op);
                return;
            case "expect":
                Expect(op);
                return;
            case "for":
                Loop(op);
                return;
            case "if":
                Branches(op);
                return;
            case "stack":
                Stack(op);
                return;
            case "add" or "sub" or "mul" or "maximum" or "minimum" or "less":
                (int a, int b, ImmutableArray<Expr> joint) = BroadcastPair(op, op.Operands[0], op.Operands[1]);
                Define(op, op.Kind, [a, b], Attributes.None, joint);
                return;
            case "select":
                ImmutableArray<Expr> common = Joint(op, Joint(op, Type(op, 1).Shape, Type(op, 2).Shape), Type(op, 0).Shape);
                Define(op, "select", op.Operands.Select(o => BroadcastTo(op, tensors[o], common)).ToImmutableArray(), Attributes.None,
                    common);
                return;
            case "div.real" when WholeDivisor(op) is Expr divisor:
                Divide(op, divisor);
                return;
            case "add.real" or "sub.real" or "mul.real" or "div.real":
                Define(op, op.Kind, [tensors[op.Operands[0]].Id], Attributes.Of(("scalar", Real(op, 1))), Type(op, 0).Shape);
                return;
            case "neg" or "exp" or "rsqrt" or "reciprocal" or "silu" or "gelu" or "relu":
                Define(op, op.Kind, [tensors[op.Operands[0]].Id], Attributes.None, Type(op, 0).Shape);
                return;
            case "map":
                Define(op, "map", [tensors[op.Operands[0]].Id], op.Attributes, Type(op, 0).Shape);
                return;
            case "rounded":
                Require(op, op.Attributes.Int("fractionBits") is >= 0 and <= 32,
                    $"a value is rounded to between 0 and 32 fraction bits, not {op.Attributes.Int("fractionBits")}");
                Define(op, "rounded", [tensors[op.Operands[0]].Id], op.Attributes, Type(op, 0).Shape);
                return;
            case "within":
                Define(op, "within", [tensors[op.Operands[0]].Id], op.Attributes, Type(op, 0).Shape);
                return;
            case "reveal":
                Define(op, "reveal", [tensors[op.Operands[0]].Id], op.Attributes, Type(op, 0).Shape);
                return;
            case "matmul":
                MatMul(op);
                return;
            case "linear":
                Linear(op);
                return;
            case "transpose":
                TensorType transposed = Type(op, 0);
                Require(op, transposed.Rank >= 2, $"a transpose needs two axes, the shape is {transposed}");
                Permute(op, Enumerable.Range(0, transposed.Rank - 2).Concat([transposed.Rank - 1, transposed.Rank - 2]).ToArray());
                return;
            case "permute":
                Permute(op, op.Attributes.List("axes").Select(e => (int)e.AsConstant!.Value).ToArray());
                return;
            case "reshape":
                Reshape(op, op.Operands.Skip(1).Select(o => integers[o]).ToImmutableArray());
                return;
            case "slice":
                TensorType sliced = Type(op, 0);
                int sliceAxis = Axis(op, sliced);
                WithinSize(op, Int(op, 1), Int(op, 2), sliced.Shape[sliceAxis]);
                Define(op, "slice", [tensors[op.Operands[0]].Id],
                    Attributes.Of(("axis", (long)sliceAxis), ("start", Int(op, 1)), ("length", Int(op, 2))),
                    sliced.Shape.SetItem(sliceAxis, Int(op, 2)));
                return;
            case "index":
                WithinSize(op, Int(op, 1), Expr.One, Type(op, 0).Shape[0]);
                Define(op, "index", [tensors[op.Operands[0]].Id], Attributes.Of(("index", Int(op, 1))), Type(op, 0).Shape.RemoveAt(0));
                return;
            case "append":
                Concat(op, 0);
                return;
            case "concat":
                Concat(op, Axis(op, Type(op, 0)));
                return;
            case "sum" or "mean" or "max" or "min" or "argmax":
                TensorType reduced = Type(op, 0);
                int axis = Axis(op, reduced);
                if (op.Kind != "sum" && op.Kind != "mean")
                {
                    Require(op, axis == reduced.Rank - 1, $"{op.Kind} is along the last axis; permute {reduced} first");
                }

                Define(op, op.Kind, [tensors[op.Operands[0]].Id], Attributes.Of(("axis", (long)axis)),
                    reduced.Shape.SetItem(axis, Expr.One));
                return;
            case "softmax":
                ImmutableArray<int> operands = [tensors[op.Operands[0]].Id];
                if (op.Operands.Length > 1)
                {
                    operands = operands.Add(BroadcastTo(op, tensors[op.Operands[1]], Type(op, 0).Shape));
                }

                Define(op, "softmax", operands, Attributes.None, Type(op, 0).Shape);
                return;
            case "causal":
                Define(op, "causal", [], Attributes.Of(("queries", Int(op, 0)), ("tokens", Int(op, 1))), [Int(op, 0), Int(op, 1)]);
                return;
            case "zeros":
                Define(op, "constant", [], Attributes.Of(("scalar", RealAttr.Of(0))),
                    op.Operands.Select(o => integers[o]).ToImmutableArray());
                return;
            case "scalar":
                Define(op, "constant", [], Attributes.Of(("scalar", Real(op, 0))), []);
                return;
            case "embedding":
                TensorType table = Type(op, 0);
                TensorType tokens = Type(op, 1);
                Require(op, table.Rank == 2 && tokens.Rank == 1,
                    $"an embedding takes a table [vocabulary, dim] and tokens [n], not {table} and {tokens}");
                Define(op, "embedding", [tensors[op.Operands[0]].Id, tensors[op.Operands[1]].Id], Attributes.None,
                    [tokens.Shape[0], table.Shape[1]]);
                return;
            case "int.rows":
                integers[op.Result.Id] = selectedFrom[tensors[op.Operands[0]].Id].Last();
                return;
            case "int.slots":
                integers[op.Result.Id] = Type(op, 0).Shape.Last();
                return;
            case "state.selection" or "state.keep":
                StateSelection(op);
                return;
            case "topk" or "shuffle" or "inorder" or "gather" or "scatter":
                Selecting(op);
                return;
            case "rotary":
                Define(op, "rotary", [tensors[op.Operands[0]].Id],
                    Attributes.Of(("first", Int(op, 1)), ("theta", Real(op, 2))), Type(op, 0).Shape);
                return;
            default:
                throw new CompileError("MPC9001", $"the shape pass does not know '{op.Kind}'", op.Site);
        }
    }

    private void FoldReal(Op op)
    {
        double[] values = Enumerable.Range(0, op.Operands.Length).Select(o => Real(op, o) is RealAttr r
            ? r.ToDouble()
            : throw new CompileError("MPC1020", "arithmetic on public real numbers is for constants; apply one factor after the other",
                op.Site)).ToArray();
        reals[op.Result.Id] = RealAttr.Of(op.Kind switch
        {
            "real.neg" => -values[0],
            "real.add" => values[0] + values[1],
            "real.sub" => values[0] - values[1],
            "real.mul" => values[0] * values[1],
            _ => values[0] / values[1],
        });
    }

    private void Expect(Op op)
    {
        Value value = tensors[op.Operands[0]];
        if (op.Attributes.Has("shape"))
        {
            ImmutableArray<Expr> declared = ShapeOf(op.Attributes.Text("shape"));
            Require(op, declared.Length == value.Tensor.Rank,
                $"'{op.Attributes.Text("name")}' is declared [{op.Attributes.Text("shape")}], the argument is {value.Type}");
            int scope = op.Attributes.Int("scope");
            for (int i = 0; i < declared.Length; i++)
            {
                if (declared[i].AsSymbol is string symbol && !scoped.ContainsKey((scope, symbol)))
                {
                    scoped[(scope, symbol)] = value.Tensor.Shape[i];
                }

                Same(op, declared[i].Substitute(s => scoped.TryGetValue((scope, s), out Expr? bound) ? bound : null),
                    value.Tensor.Shape[i]);
            }
        }

        if (op.Attributes.Has("low"))
        {
            Define(op, "within", [value.Id], Attributes.Of(("low", Attribute(op, "low")), ("high", Attribute(op, "high"))),
                value.Tensor.Shape);
        }
        else
        {
            tensors[op.Result.Id] = value;
        }
    }

    private void Loop(Op op)
    {
        Expr low = integers[op.Operands[0]];
        Expr high = integers[op.Operands[1]];
        Alike(op, low, high);
        string index = "i" + loops++.ToString(CultureInfo.InvariantCulture);
        integers[op.Body!.Parameters[0].Id] = Expr.Symbol(index);
        ImmutableArray<Value> initial = op.Operands.Skip(2).Select(o => tensors[o]).ToImmutableArray();
        ImmutableArray<Value>.Builder carried = ImmutableArray.CreateBuilder<Value>();
        for (int i = 0; i < initial.Length; i++)
        {
            Value parameter = op.Body.Parameters[i + 1] with { Type = new TensorType(initial[i].Tensor.Shape) };
            tensors[parameter.Id] = parameter;
            carried.Add(parameter);
        }

        EnterLoop(op, Expr.Symbol(index), low, high);
        string[] before = [.. checks];
        Block body = known.Counting(index, low, high, () => Walk(op.Body, carried.ToImmutable()));
        LeaveLoop();

        // A loop may have no steps, and then it checks nothing.
        checks.IntersectWith(before);
        for (int i = 0; i < initial.Length; i++)
        {
            TensorType next = tensors[body.Yields[i]].Tensor;
            Require(op, next.Rank == initial[i].Tensor.Rank,
                $"a value carried by the loop changes its shape from {initial[i].Type} to {next}");
            for (int axis = 0; axis < next.Rank; axis++)
            {
                Same(op, initial[i].Tensor.Shape[axis], next.Shape[axis]);
            }
        }

        ImmutableArray<Value> results = op.Results.Select((r, i) => r with { Type = new TensorType(initial[i].Tensor.Shape) })
            .ToImmutableArray();
        foreach (Value result in results)
        {
            tensors[result.Id] = result;
        }

        ops.Add(new Op("for", results, initial.Select(v => v.Id).ToImmutableArray(),
            Attributes.Of(("index", index), ("low", low), ("high", high)), op.Site, body));
    }

    private void MatMul(Op op)
    {
        TensorType a = Type(op, 0);
        TensorType b = Type(op, 1);
        Require(op, a.Rank >= 2 && a.Rank == b.Rank, $"a matrix product needs equal ranks of two or more, not {a} and {b}");
        for (int i = 0; i < a.Rank - 2; i++)
        {
            Same(op, a.Shape[i], b.Shape[i]);
        }

        Same(op, a.Shape[a.Rank - 1], b.Shape[b.Rank - 2]);
        Define(op, "matmul", [tensors[op.Operands[0]].Id, tensors[op.Operands[1]].Id], Attributes.None,
            a.Shape.SetItem(a.Rank - 1, b.Shape[b.Rank - 1]));
    }

    private void Linear(Op op)
    {
        TensorType x = Type(op, 0);
        TensorType w = Type(op, 1);
        Require(op, w.Rank == 2, $"a linear layer's weight is [outputs, inputs], not {w}");
        Same(op, x.Shape[x.Rank - 1], w.Shape[1]);
        Define(op, "linear", [tensors[op.Operands[0]].Id, tensors[op.Operands[1]].Id], Attributes.None,
            x.Shape.SetItem(x.Rank - 1, w.Shape[0]));
    }

    private void Permute(Op op, int[] axes)
    {
        TensorType type = Type(op, 0);
        Require(op, axes.Length == type.Rank && axes.OrderBy(a => a).SequenceEqual(Enumerable.Range(0, type.Rank)),
            $"[{string.Join(", ", axes)}] is no permutation of the axes of {type}");
        Define(op, "permute", [tensors[op.Operands[0]].Id],
            Attributes.Of(("axes", new ListAttr(axes.Select(a => Expr.Constant(a)).ToImmutableArray()))),
            axes.Select(a => type.Shape[a]).ToImmutableArray());
    }

    private void Reshape(Op op, ImmutableArray<Expr> shape)
    {
        TensorType type = Type(op, 0);
        Same(op, type.Count, new TensorType(shape).Count);
        Define(op, "reshape", [tensors[op.Operands[0]].Id], Attributes.None, shape);
    }

    private void Concat(Op op, int axis)
    {
        TensorType a = Type(op, 0);
        TensorType b = Type(op, 1);
        Require(op, a.Rank == b.Rank, $"{a} and {b} cannot be concatenated");
        for (int i = 0; i < a.Rank; i++)
        {
            if (i != axis)
            {
                Same(op, a.Shape[i], b.Shape[i]);
            }
        }

        Define(op, "concat", [tensors[op.Operands[0]].Id, tensors[op.Operands[1]].Id], Attributes.Of(("axis", (long)axis)),
            a.Shape.SetItem(axis, a.Shape[axis] + b.Shape[axis]));
    }

    private (int A, int B, ImmutableArray<Expr> Shape) BroadcastPair(Op op, int left, int right)
    {
        Value a = tensors[left];
        Value b = tensors[right];
        ImmutableArray<Expr> shape = Joint(op, a.Tensor.Shape, b.Tensor.Shape);
        return (BroadcastTo(op, a, shape), BroadcastTo(op, b, shape), shape);
    }

    /// <summary>The shape that two shapes broadcast to, aligned at the last axis.</summary>
    private ImmutableArray<Expr> Joint(Op op, ImmutableArray<Expr> a, ImmutableArray<Expr> b)
    {
        Expr[] joint = new Expr[Math.Max(a.Length, b.Length)];
        for (int back = 1; back <= joint.Length; back++)
        {
            Expr sizeA = back <= a.Length ? a[a.Length - back] : Expr.One;
            Expr sizeB = back <= b.Length ? b[b.Length - back] : Expr.One;
            if (sizeA.AsConstant != 1 && sizeB.AsConstant != 1)
            {
                Same(op, sizeA, sizeB);
            }

            joint[joint.Length - back] = sizeA.AsConstant == 1 ? sizeB : sizeA;
        }

        return joint.ToImmutableArray();
    }

    private int BroadcastTo(Op op, Value value, ImmutableArray<Expr> shape)
    {
        TensorType type = value.Tensor;
        if (type.Shape.SequenceEqual(shape))
        {
            return value.Id;
        }

        Require(op, type.Rank <= shape.Length, $"{type} does not broadcast to [{string.Join(", ", shape)}]");
        if (type.Rank < shape.Length)
        {
            ImmutableArray<Expr> padded = Enumerable.Repeat(Expr.One, shape.Length - type.Rank).Concat(type.Shape).ToImmutableArray();
            value = Emit(op, "reshape", [value.Id], Attributes.None, padded);
            type = value.Tensor;
        }

        bool repeats = false;
        for (int i = 0; i < shape.Length; i++)
        {
            if (type.Shape[i].AsConstant == 1 && shape[i].AsConstant != 1)
            {
                repeats = true;
            }
            else
            {
                Same(op, type.Shape[i], shape[i]);
            }
        }

        return repeats ? Emit(op, "broadcast", [value.Id], Attributes.None, shape).Id : value.Id;
    }

    /// <summary>Two sizes must be equal: they are by normal form, or certainly are not, or the session checks.</summary>
    private void Same(Op op, Expr a, Expr b)
    {
        if (a.Equals(b))
        {
            return;
        }

        Alike(op, a, b);
        if (known.IsNotNegative(a - b) && known.IsNotNegative(b - a))
        {
            return;
        }

        if (known.IsNotNegative(a - b - 1) || known.IsNotNegative(b - a - 1))
        {
            throw new CompileError("MPC2002", $"sizes {a} and {b} differ; they must be equal here", op.Site);
        }

        if (checks.Add($"{a}={b}"))
        {
            ops.Add(new Op("check", [], [], Attributes.Of(("left", a), ("right", b)), op.Site));
        }
    }

    /// <summary>A part lies within its axis: for certain, or the session checks. Parts of iterations are checked together.</summary>
    private void WithinSize(Op op, Expr start, Expr length, Expr size)
    {
        if (DependsOnIteration(start))
        {
            return;
        }

        string beyond = $"{length} rows from {start} on reach beyond the {size} that there are; "
            + "take fewer, or take them where an 'if' says that there are enough";
        AtMost(op, Expr.Zero, start, beyond);
        AtMost(op, Expr.Zero, length, beyond);
        AtMost(op, start + length, size, beyond);
    }

    /// <summary>A size is not larger than another one: for certain, or the session checks.</summary>
    private void AtMost(Op op, Expr a, Expr b, string otherwise)
    {
        if (known.IsNotNegative(b - a))
        {
            return;
        }

        Require(op, !known.IsNotNegative(a - b - 1), otherwise);
        if (checks.Add($"{a}<={b}"))
        {
            ops.Add(new Op("check", [], [], Attributes.Of(("left", a), ("right", b), ("by", CheckNode.AtMost)), op.Site));
        }
    }

    private void Require(Op op, bool condition, string message)
    {
        if (!condition)
        {
            throw new CompileError("MPC2002", message, op.Site);
        }
    }

    private int Axis(Op op, TensorType type)
    {
        int axis = op.Attributes.Int("axis");
        int resolved = axis < 0 ? axis + type.Rank : axis;
        return resolved >= 0 && resolved < type.Rank
            ? resolved
            : throw new CompileError("MPC2003", $"axis {axis} is none of {type}", op.Site);
    }

    private Expr Int(Op op, int operand) => integers[op.Operands[operand]];

    private TensorType Type(Op op, int operand) => tensors[op.Operands[operand]].Tensor;

    private static Attr Attribute(Op op, string name) => op.Attributes.All.Where(a => a.Key == name).Select(a => a.Value).FirstOrDefault()
        ?? throw new CompileError("MPC3003", $"'{op.Attributes.Text("field")}' needs a declared range", op.Site);

    private void Define(Op source, string kind, ImmutableArray<int> operands, Attributes attributes, ImmutableArray<Expr> shape)
    {
        Alike(source, shape);
        Value value = new(source.Result.Id, new TensorType(shape));
        tensors[value.Id] = value;
        ops.Add(new Op(kind, [value], operands, attributes, source.Site));
    }

    private Value Emit(Op source, string kind, ImmutableArray<int> operands, Attributes attributes, ImmutableArray<Expr> shape)
    {
        Alike(source, shape);
        Value value = new(nextId++, new TensorType(shape));
        tensors[value.Id] = value;
        ops.Add(new Op(kind, [value], operands, attributes, source.Site));
        return value;
    }
}
