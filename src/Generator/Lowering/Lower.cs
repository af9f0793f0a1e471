using System;
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

    private static readonly HashSet<string> Truncatable = new(StringComparer.Ordinal)
    {
        "mul", "matmul", "weights.linear", "weights.scale", "weights.lookup", "exponential", "piecewise", "piecewise.octaves",
        "octaves.choose",
    };

    /// <summary>Local steps that a share takes like a masked value: between a gate and a truncation they wait for no opening.</summary>
    private static readonly HashSet<string> Unopened = new(StringComparer.Ordinal)
    {
        "scale", "add.scalar", "rotary", "permute", "neg", "sum", "narrow",
    };

    private readonly Dictionary<int, Value> map = [];
    private readonly Dictionary<int, Value> typed = [];
    private readonly Dictionary<int, int> uses = [];
    private readonly Dictionary<int, int> fused = [];
    private readonly HashSet<int> aliases = [];
    private readonly HashSet<int> unopened = [];
    private readonly Dictionary<int, Op> closing = [];
    private readonly Dictionary<int, Op> openings = [];
    private readonly Dictionary<int, int> dropped = [];
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

        foreach (Op op in block.Ops.Where(o => o.Body is not null))
        {
            Count(op.Body!);
        }
    }

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
            else
            {
                Expand(op);
            }
        }

        Block result1 = new(block.Parameters, ops.ToImmutable(), block.Yields.Select(y => Masked(y).Id).ToImmutableArray())
        {
            Observed = block.Observed.Where(o => map.ContainsKey(Before(o.Value)) && !unopened.Contains(Before(o.Value)))
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
                return Open(Emit("serverlinear." + op.Kind.Substring(8), Map(op), layer, Additive(type)), type, low, "server product",
                    fromServer: true);
            case "truncate":
                return Emit("truncate.reduce", Map(op),
                    Attributes.Of(("by", op.Attributes.Expr("by")), ("ring", (long)RingOf(op, 0)), ("slot", Slot())), type);
            case "extend":
                return Open(Emit("extend.start", Map(op),
                        Attributes.Of(("from", (long)RingOf(op, 0)), ("ring", (long)ring), ("slot", Slot())), Additive(type)),
                    type, 0, "extend");
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
            case "reveal":
                revealed[op.Result.Id] = op.Operands[0];
                return Emit("reveal", Map(op), op.Attributes.With("ring", (long)RingOf(op, 0)), type);
            default:
                throw new CompileError("MPC9001", $"lowering does not know '{op.Kind}'", op.Site);
        }
    }

    private Value Sign(Op op)
    {
        TensorType type = op.Result.Tensor;
        int ring = RingOf(op, 0);
        int digits = Gates.Compare.Digits(ring).Length;
        Attributes thresholds = Attributes.Of(("ring", (long)ring), ("thresholds", new ListAttr(op.Attributes.List("thresholds"))));
        Value shares = Emit("compare.digits", Map(op), thresholds.With("slot", Slot()), type with { Form = Form.XorBit });
        int planes = Gates.Compare.Planes(ring);
        Value opened = Emit("openbits", [shares.Id], OpenBits(planes, "digit comparisons"), type);
        if (digits == 1)
        {
            return opened;
        }

        Value sign = Emit("compare.combine", [opened.Id], Attributes.Of(("ring", (long)ring), ("slot", Slot())),
            type with { Form = Form.XorBit });
        return Emit("openbits", [sign.Id], OpenBits(1, "sign"), type);
    }

    private Value Choose(Op op)
    {
        TensorType type = op.Result.Tensor;
        int ring = type.Number!.Ring;
        Value whenTrue = Masked(op.Operands[1]);
        Value whenFalse = Masked(op.Operands[2]);
        Value difference = Emit("local.sub", [whenTrue.Id, whenFalse.Id], Attributes.Of(("ring", (long)ring)), type);
        Value chosen = Emit("select.choose", [Masked(op.Operands[0]).Id, difference.Id],
            Attributes.Of(("ring", (long)ring), ("slot", Slot())), Additive(type));
        Value fallback = Emit("local.additive", [whenFalse.Id], Attributes.Of(("ring", (long)ring)), Additive(type));
        Value sum = Emit("local.add", [chosen.Id, fallback.Id], Attributes.Of(("ring", (long)ring)), Additive(type));
        return Open(sum, type, 0, "select");
    }

    private Value Exponential(Op op, int low)
    {
        TensorType type = op.Result.Tensor;
        int ring = type.Number!.Ring;
        int bits = op.Attributes.Int("lowBits") + op.Attributes.Int("highBits");
        Value t = Narrow(Masked(op.Operands[0]), RingOf(op, 0), bits);
        Attributes shape = op.Attributes.With("ring", (long)ring);
        TensorType part = type with { Number = new Number(op.Attributes.Int("lookupRing"), op.Attributes.Int("tableBits"), 0, 0) };
        Value lookup = Emit("exponential.lookup", [t.Id], shape.With("ring", op.Attributes.Expr("lookupRing")).With("slot", Slot()),
            Additive(part));
        Value opened = Open(lookup, part, 0, "exponential");
        Value scaled = Emit("exponential.scale", [lookup.Id, opened.Id, t.Id], shape.With("slot", Slot()),
            Additive(type));
        return Open(scaled, type, low, "exponential");
    }

    private Value Piecewise(Op op, int low)
    {
        TensorType type = op.Result.Tensor;
        int ring = type.Number!.Ring;
        int bits = op.Attributes.Int("lowBits") + op.Attributes.Int("highBits");
        Value shifted;
        if (op.Kind == "piecewise.octaves")
        {
            shifted = Emit("octaves.spread", [Masked(op.Operands[0]).Id],
                op.Attributes.With("from", (long)RingOf(op, 0)).With("ring", (long)bits), type with { Form = Form.Unshared });
        }
        else
        {
            Value x = Narrow(Masked(op.Operands[0]), RingOf(op, 0), bits);
            shifted = Emit("local.addconstant", [x.Id],
                Attributes.Of(("constant", Expr.Zero - op.Attributes.Expr("start")), ("ring", (long)bits)), typed[op.Operands[0]].Tensor);
        }

        Attributes table = op.Attributes.With("ring", (long)ring);
        TensorType parts = type with { Shape = type.Shape.Insert(0, Expr.Constant(op.Attributes.Int("degree") + 1)) };
        Value lookup = Emit("piecewise.lookup", [shifted.Id], table.With("slot", Slot()), Additive(parts));
        Value opened = Open(lookup, parts, 0, "piecewise polynomial");
        Value combined = Emit("piecewise.combine", [lookup.Id, opened.Id, shifted.Id], table.With("slot", Slot()),
            Additive(type));
        return Open(combined, type, low, "piecewise polynomial");
    }

    /// <summary>Of what was looked up in all octaves, the value of the one where the argument lies: the last, and from there by steps.</summary>
    private Value ChooseOctave(Op op, int low)
    {
        TensorType type = op.Result.Tensor;
        int ring = type.Number!.Ring;
        Value pieces = Masked(op.Operands[1]);
        ImmutableArray<Expr> shape = typed[op.Operands[1]].Tensor.Shape;
        long octaves = shape[0].AsConstant!.Value;
        TensorType stepped = type with { Shape = shape.SetItem(0, Expr.Constant(octaves - 1)) };
        Value steps = Emit("local.steps", [pieces.Id],
            Attributes.Of(("octaves", octaves), ("power", op.Attributes.Expr("power")), ("ring", (long)ring)), stepped);
        Value taken = Emit("select.choose", [Masked(op.Operands[0]).Id, steps.Id],
            Attributes.Of(("ring", (long)ring), ("slot", Slot())), Additive(stepped));
        Value sum = Emit("local.sum", [taken.Id],
            Attributes.Of(("axis", 0L), ("shape", new ListAttr(stepped.Shape)), ("ring", (long)ring)), Additive(type));
        Value last = Emit("local.slice", [pieces.Id],
            Attributes.Of(("axis", 0L), ("start", octaves - 1), ("length", 1L), ("shape", new ListAttr(shape)), ("ring", (long)ring)), type);
        Value share = Emit("local.additive", [last.Id], Attributes.Of(("ring", (long)ring)), Additive(type));
        return Open(Emit("local.add", [share.Id, sum.Id], Attributes.Of(("ring", (long)ring)), Additive(type)), type, low, "select");
    }

    private Value BestOf(Op op)
    {
        TensorType type = op.Result.Tensor;
        int ring = type.Number!.Ring;
        Value chosen = Emit("champion.choose", [Masked(op.Operands[0]).Id, Masked(op.Operands[1]).Id],
            Attributes.Of(("contenders", op.Attributes.Expr("contenders")), ("ring", (long)ring), ("slot", Slot())), Additive(type));
        Value last = Emit("local.additive", [Masked(op.Operands[2]).Id], Attributes.Of(("ring", (long)ring)), Additive(type));
        Value best = Emit(op.Attributes.Int("larger") == 1 ? "local.add" : "local.sub", [last.Id, chosen.Id],
            Attributes.Of(("ring", (long)ring)), Additive(type));
        return Open(best, type, 0, "select");
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
        return shape.Take(shape.Length - 1).Aggregate(Expr.One, (x, y) => x * y);
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
