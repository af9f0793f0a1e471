using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;
using MPCache.Generator.Passes;

namespace MPCache.Generator.Lowering;

/// <summary>
/// Expands typed operators into protocol operations: local steps, openings, correlated randomness by slot. A gate of several flights
/// becomes several operations, so that gates of different lengths run in step. A truncation right behind a gate that opens
/// becomes part of that opening.
/// </summary>
internal sealed partial class Lower
{
    /// <summary>Loops around an operation of which an address of randomness has the iterations.</summary>
    private const int LargestDepth = 3;

    private readonly Dictionary<int, Value> map = [];
    private readonly Dictionary<int, Value> typed = [];
    private readonly Dictionary<int, int> uses = [];
    private readonly Dictionary<int, int> revealed = [];
    private ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
    private int nextId;
    private int slots = 1;
    private int depth;
    private int site;

    public static Function Apply(Function function)
    {
        Lower pass = new() { nextId = function.NextId };
        pass.Count(function.Body);
        pass.loops = function.Body.Walk().Where(o => o.Kind == "for")
            .Select(o => int.Parse(o.Attributes.Text("index").Substring(1), System.Globalization.CultureInfo.InvariantCulture) + 1)
            .DefaultIfEmpty(0).Max();
        Block body = pass.Walk(function.Body);
        return function with { Body = body };
    }

    private void Count(Block block)
    {
        foreach (int id in block.Ops.SelectMany(o => o.Operands).Concat(block.Yields))
        {
            uses[id] = uses.TryGetValue(id, out int n) ? n + 1 : 1;
        }

        foreach (Block inner in block.Ops.SelectMany(o => o.Blocks))
        {
            Count(inner);
        }
    }

    private Block Walk(Block block)
    {
        Fuse(block);
        Postpone(block);
        ImmutableArray<Op>.Builder outer = ops;
        ops = ImmutableArray.CreateBuilder<Op>();
        foreach (Value parameter in block.Parameters)
        {
            map[parameter.Id] = parameter;
            typed[parameter.Id] = parameter;
        }

        foreach (Op op in block.Ops)
        {
            site = op.Site;
            foreach (Value result in op.Results)
            {
                typed[result.Id] = result;
            }

            if (op.Kind == "check")
            {
                ops.Add(op);
            }
            else if (op.Kind == "for")
            {
                ImmutableArray<int> initial = op.Operands.Select(o => Masked(o).Id).ToImmutableArray();
                if (++depth > LargestDepth)
                {
                    throw new CompileError(
                        "MPC1001", "loops nest at most three deep; Softmax, Max, Min, ArgMax and TopK are loops themselves", op.Site);
                }

                Block body = Walk(op.Body!);
                depth--;
                foreach (Value result in op.Results)
                {
                    map[result.Id] = result;
                }

                ops.Add(op with { Operands = initial, Body = body });
            }
            else if (op.Kind == "if")
            {
                Op branches = op.WithBlocks(Walk);
                foreach (Value result in op.Results)
                {
                    map[result.Id] = result;
                }

                ops.Add(branches);
            }
            else
            {
                Expand(op);
            }
        }

        Block result1 = new(block.Parameters, ops.ToImmutable(), block.Yields.Select(y => Masked(y).Id).ToImmutableArray())
        {
            Observed = block.Observed.Where(o => map.ContainsKey(Before(o.Value)) && !rehearsed.Contains(Before(o.Value)))
                .Select(Observed).ToImmutableArray(),
        };
        ops = outer;
        return result1;
    }

    /// <summary>
    /// What is computed of an expression's value: without the bits that its opening already drops, and of what is revealed the value
    /// before.
    /// </summary>
    private Observation Observed(Observation observation)
    {
        int value = Before(observation.Value);
        int scale = typed[value].Tensor.Number!.Scale - (dropped.TryGetValue(value, out int bits) ? bits : 0);
        return new Observation(observation.Site, map[value].Id, scale);
    }

    /// <summary>Of what is revealed, the value before.</summary>
    private int Before(int value) => revealed.TryGetValue(value, out int before) ? before : value;

    private void Expand(Op op)
    {
        if (Late(op))
        {
            return;
        }

        if (closing.TryGetValue(op.Result.Id, out Op? gate))
        {
            Op last = openings[gate.Result.Id];
            map[op.Result.Id] = Open(map[op.Operands[0]], typed[op.Operands[0]].Tensor, op.Attributes.Int("by"), last.Attributes.Text("gate"),
                last.Attributes.Text("from") == "server");
            return;
        }

        map[op.Result.Id] = aliases.Contains(op.Result.Id) ? Masked(op.Operands[0]) : Gate(op);
        if (unopened.Contains(op.Result.Id))
        {
            Share(op);
        }
        else if (postponed.Contains(op.Result.Id))
        {
            Withhold(op.Result.Id);
        }
    }

    private Value Gate(Op op)
    {
        TensorType type = op.Result.Tensor;
        Number number = type.Number!;
        int ring = number.Ring;
        int low = fused.TryGetValue(op.Result.Id, out int by) ? by : 0;
        switch (op.Kind)
        {
            case "reshape" or "relabel":
                return Masked(op.Operands[0]);
            case "input":
                return Emit("input", [], op.Attributes.With("ring", (long)ring).With("slot", Slot()), type);
            case "weights.value":
                return Emit("input", [], op.Attributes.With("name", op.Attributes.Text("field")).With("owner", "Server")
                    .With("ring", (long)ring).With("slot", Slot()), type);
            case "causal" or "iota" or "constant":
                return Emit("local." + op.Kind, [], op.Attributes, type);
            case "public":
                return Emit("local.public", Map(op), Attributes.Of(("ring", (long)ring)), type);
            case "add" or "sub" or "neg" or "narrow":
                return Local(op, Attributes.None);
            case "scale" or "add.scalar":
                return Local(op, op.Attributes);
            case "shl":
                return Local(op, Attributes.Of(("by", op.Attributes.Expr("by"))));
            case "where":
                return Local(op, op.Attributes);
            case "rotary":
                return Local(op, op.Attributes.With("shape", Shape(op, 0)));
            case "permute":
                return Local(op, op.Attributes.With("shape", Shape(op, 0)));
            case "broadcast":
                return Local(op, Attributes.Of(("from", Shape(op, 0)), ("to", new ListAttr(type.Shape))));
            case "slice":
                return Local(op, op.Attributes.With("shape", Shape(op, 0)));
            case "index":
                return Local(op with { Kind = "slice" }, Attributes.Of(
                    ("axis", 0L), ("start", op.Attributes.Expr("index")), ("length", 1L), ("shape", Shape(op, 0))));
            case "concat":
                return Local(op, op.Attributes.With("shapeA", Shape(op, 0)).With("shapeB", Shape(op, 1)));
            case "sum":
                return Local(op, op.Attributes.With("shape", Shape(op, 0)));
            case "cumsum":
                return Local(op, Attributes.Of(("length", type.Shape[type.Rank - 1])));
            case "permutation":
                return Emit("permutation", [], Groups(type).With("slot", Slot()), type);
            case "state.order":
                return Emit(op.Kind, [], Groups(type).With("object", op.Attributes.Text("object")).With("field", op.Attributes.Text("field"))
                    .WithIf("index", op.Attributes), type);
            case "state.positions" or "state.keep":
                return Emit(op.Kind, Map(op), op.Attributes, type);
            case "everyrow":
                return Emit("everyrow", Map(op), Groups(type), type);
            case "shuffle":
                return Tell(Shuffle(op.Operands[0], map[op.Operands[1]], type));
            case "order":
                return Order(op);
            case "locate":
                Value slots = Shuffle(op.Operands[0], map[op.Operands[1]], typed[op.Operands[0]].Tensor);
                return Emit("locate", [slots.Id, map[op.Operands[1]].Id], Groups(typed[op.Operands[0]].Tensor)
                    .With("ring", (long)RingOf(op, 0)).With("count", op.Attributes.Expr("count")), type);
            case "gather":
                return Gather(op);
            case "scatter":
                return Scatter(op);
            case "state.read" or "state.append" or "state.assign":
                return Emit(op.Kind, Map(op), op.Attributes, type);
            case "mul":
                return Open(Emit("product.multiply", Map(op), Correction(ring), Additive(type)), type, low, "product");
            case "matmul":
                return Open(Emit("product.matmul", Map(op),
                        MatMulShape(op).With("slot", Slot()).With("ring", (long)ring), Additive(type)),
                    type, low, "product");
            case "weights.linear" or "weights.scale" or "weights.lookup":
                Attributes layer = op.Attributes.With("slot", Slot()).With("ring", (long)ring).With("rows", Rows(op));
                return Open(Summand(op, Emit("serverlinear." + op.Kind.Substring(8), Map(op), layer, Additive(type))), type, low,
                    "server product", fromServer: true);
            case "weights.add":
                Value atServer = Emit("local.additive", Map(op), Attributes.Of(("ring", (long)ring), ("counts", "server")), Additive(type));
                return Open(Summand(op, atServer), type, low, "server sum", fromServer: true);
            case "truncate":
                return Emit("truncate.reduce", Map(op),
                    Attributes.Of(("by", op.Attributes.Expr("by")), ("ring", (long)RingOf(op, 0)), ("slot", Slot())), type);
            case "extend":
                return Open(Emit("extend.start", Map(op),
                        Attributes.Of(("from", (long)RingOf(op, 0)), ("ring", (long)ring), ("slot", Slot())), Additive(type)),
                    type, 0, "extend");
            case "mul.wide" or "squares":
                return Open(Wide(op), type, low, "product");
            case "sign":
                return Sign(op);
            case "choose":
                return Choose(op);
            case "bits.combine":
                return Open(Emit("bittoring.combine", Map(op), op.Attributes.With("ring", (long)ring).With("slot", Slot())
                    .With("groups", op.Attributes.List("coefficients").Length), Additive(type)), type, 0, "bits to ring");
            case "exponential":
                return Exponential(op, low);
            case "piecewise" or "piecewise.octaves":
                return Piecewise(op, low);
            case "octaves.choose":
                return ChooseOctave(op, low);
            case "champion":
                return BestOf(op);
            case "coarse.maximum":
                return CoarseMaximum(op);
            case "reveal":
                revealed[op.Result.Id] = op.Operands[0];
                return Emit("reveal", Map(op), op.Attributes.With("ring", (long)RingOf(op, 0)), type);
            default:
                throw new CompileError("MPC9001", $"lowering does not know '{op.Kind}'", op.Site);
        }
    }

    /// <summary>The share of a product, with the server's summand where the sum became part of the product.</summary>
    private Value Summand(Op op, Value share)
    {
        Attributes a = op.Attributes;
        return !a.Has("summandField") ? share : Emit("serverlinear.add", [share.Id],
            Attributes.Of(("object", a.Text("summandObject")), ("field", a.Text("summandField")), ("first", a.Expr("summandFirst")),
                ("count", a.Expr("summandCount")), ("lift", a.Expr("summandLift")), ("ring", (long)op.Result.Tensor.Number!.Ring)).WithIf("summandVectors", a)
                .WithIf("summandSize", a),
            share.Tensor);
    }

    private Value Narrow(Value value, int ring, int to)
    {
        TensorType type = value.Tensor with { Number = value.Tensor.Number! with { Ring = to } };
        return ring == to ? value
            : ring > to ? Emit("local.narrow", [value.Id], Attributes.Of(("ring", (long)to)), type)
            : throw new CompileError("MPC9001", $"a value of {ring} bits enters a lookup of {to}", site);
    }

    private Value Open(Value share, TensorType type, int truncate, string gate, bool fromServer = false)
    {
        int ring = type.Number!.Ring;
        Number opened = Truncated(type.Number, truncate);
        return Emit("open", [share.Id],
            Attributes.Of(("ring", (long)ring), ("truncate", (long)truncate), ("slot", Slot()), ("gate", gate),
                ("from", fromServer ? "server" : "both")),
            type with { Form = Form.Masked, Number = opened });
    }

    private static Number Truncated(Number number, int by) => new(
        number.Ring - by, number.Scale - by, number.Low >> by, (number.High >> by) + (by > 0 ? 1 : 0));

    private Attributes OpenBits(int planes, string gate) => Attributes.Of(("planes", (long)planes), ("slot", Slot()), ("gate", gate));

    private Attributes Correction(int ring) => Attributes.Of(("slot", Slot()), ("ring", (long)ring));

    private Value Local(Op op, Attributes attributes) =>
        Emit("local." + op.Kind, Map(op), attributes.With("ring", (long)op.Result.Tensor.Number!.Ring), op.Result.Tensor);

    private Attributes MatMulShape(Op op)
    {
        ImmutableArray<Expr> a = typed[op.Operands[0]].Tensor.Shape;
        ImmutableArray<Expr> result = op.Result.Tensor.Shape;
        int rank = a.Length;
        Expr batch = a.Take(rank - 2).Aggregate(Expr.One, (x, y) => x * y);
        return Attributes.Of(("batch", batch), ("rows", a[rank - 2]), ("inner", a[rank - 1]), ("columns", result[rank - 1]),
            ("transposed", op.Attributes.Has("transposed") ? 1L : 0L));
    }

    private Expr Rows(Op op)
    {
        ImmutableArray<Expr> shape = typed[op.Operands[0]].Tensor.Shape;
        return shape.Take(shape.Length - 1).Skip(op.Attributes.Has("count") ? 1 : 0).Aggregate(Expr.One, (x, y) => x * y);
    }

    private ListAttr Shape(Op op, int operand) => new(typed[op.Operands[operand]].Tensor.Shape);

    private int RingOf(Op op, int operand) => typed[op.Operands[operand]].Tensor.Number!.Ring;

    private ImmutableArray<int> Map(Op op) => op.Operands.Select(o => Masked(o).Id).ToImmutableArray();

    private static TensorType Additive(TensorType type) => type with { Form = Form.Additive };

    private Value Emit(string kind, ImmutableArray<int> operands, Attributes attributes, TensorType type)
    {
        Value value = new(nextId++, type);
        ops.Add(new Op(kind, [value], operands, attributes, site));
        return value;
    }

    private Expr Slot() => Expr.Constant(slots++);
}
