using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Numerics;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Gives every value its form, scale and interval, and expands operators into what protocols compute: products, signs, choices, lookups.
/// <para>Intervals are raw integers derived from declared ranges. Products keep both scales until somebody needs fewer fraction bits;
/// then a truncation is placed, once for each scale and value. Rings come later, from the intervals and from who uses a value.</para>
/// </summary>
internal sealed partial class Numbers
{
    /// <summary>The most that a size of which nothing is declared is taken to be.</summary>
    internal const int DefaultMaximum = 65536;

    private readonly Function function;
    private readonly int fraction;
    private readonly Dictionary<int, Number> numbers = [];
    private readonly Dictionary<int, Op> definitions = [];
    private readonly Dictionary<int, int> values = [];
    private readonly Dictionary<int, Parameter> inputs = [];
    private readonly Known sizes;
    private readonly Dictionary<int, ImmutableArray<Expr>> carriedShapes = [];
    private readonly List<Op> hoisted = [];
    private readonly Stack<Dictionary<int, List<int>>> aligned = new();
    private ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
    private int nextId;
    private int loops;
    private int site = -1;

    private Numbers(Function function)
    {
        this.function = function;
        fraction = function.Attributes.Int("fractionBits", 16);
        sizes = new Known(function);
        nextId = function.NextId;
    }

    public static Function Apply(Function function)
    {
        Numbers pass = new(function);
        pass.aligned.Push([]);
        pass.entered.Push([]);
        foreach (Parameter parameter in function.Parameters.Where(p => p.Value.Type is TensorType))
        {
            pass.inputs[parameter.Value.Id] = parameter;
        }

        // Loops that were dropped leave gaps between the names of the others.
        pass.loops = function.Body.Walk().Where(o => o.Kind == "for")
            .Select(o => int.Parse(o.Attributes.Text("index").Substring(1), CultureInfo.InvariantCulture) + 1).DefaultIfEmpty(0).Max();
        foreach (Op op in function.Body.Ops)
        {
            pass.Visit(op);
        }

        Block body = new([], pass.hoisted.Concat(pass.ops).ToImmutableArray(), function.Body.Yields.Select(pass.Use).ToImmutableArray())
        {
            Observed = pass.Observed(function.Body),
        };
        return function with { Body = pass.Annotate(body) };
    }

    /// <summary>The least k with x ≤ 2^k.</summary>
    internal static int CeilLog2(double x)
    {
        int bits = -40;
        while (Math.Pow(2, bits) < x)
        {
            bits++;
        }

        return bits;
    }

    private void Visit(Op op)
    {
        site = op.Site;
        if (KeepWeight(op))
        {
            return;
        }

        switch (op.Kind)
        {
            case "check":
                ops.Add(op);
                break;
            case "for":
                Loop(op);
                break;
            case "if":
                Branches(op);
                break;
            case "topk":
                TopK(op);
                break;
            case "shuffle":
                ShuffleRows(op);
                break;
            case "inorder":
                InOrder(op);
                break;
            case "state.selection":
                int kept = Emit("state.order", [], op.Attributes, op.Result.Tensor.Shape.SetItem(
                    op.Result.Tensor.Rank - 1, op.Attributes.Expr("rows")), 0, 0, 0, Form.Permutation);
                selections[op.Result.Id] = (kept, Emit(
                    "state.positions", [kept], op.Attributes, op.Result.Tensor.Shape, 0, 0, 0, Form.Positions));
                break;
            case "state.keep":
                (int order, int positions) = selections[op.Operands[0]];
                Emit("state.keep", [order, positions], op.Attributes, Shape(positions), 0, 0, 0, Form.Positions);
                break;
            default:
                values[op.Result.Id] = Expand(op);
                break;
        }
    }

    private int Expand(Op op) => op.Kind switch
    {
        "state.read" => State(op, []),
        "state.append" or "state.assign" => State(op, [Align(Use(op.Operands[0]), op.Attributes.Int("fractionBits"))]),
        "add" when Summand(op) is (int other, Weight summand) => AddWeights(other, summand, op.Result.Tensor.Shape),
        "add" => AddSubtract("add", Use(op.Operands[0]), Use(op.Operands[1])),
        "sub" => AddSubtract("sub", Use(op.Operands[0]), Use(op.Operands[1])),
        "neg" => Negate(Use(op.Operands[0])),
        "add.real" => AddScalar(Use(op.Operands[0]), Scalar(op)),
        "sub.real" => AddScalar(Use(op.Operands[0]), RealAttr.Of(-Constant(op))),
        "mul.real" => Scale(Use(op.Operands[0]), Scalar(op)),
        "div.real" => Divide(Use(op.Operands[0]), Scalar(op)),
        "mul" => Multiply(op),
        "dot" or "dot.mean" => Dot(op),
        "matmul" when InPlace(op.Operands[1], 2) is Weight weight => MatMul(Use(op.Operands[0]), weight, op.Result.Tensor.Shape),
        "matmul" when transposed.TryGetValue(op.Operands[1], out Weight? matrices) =>
            MatMulEach("weights.linear", Use(op.Operands[0]), matrices, op.Result.Tensor.Shape),
        "matmul" when weights.TryGetValue(op.Operands[1], out Weight? tables) && tables.Shape.Length == 3 && tables.Row is null =>
            MatMulEach("weights.lookup", Use(op.Operands[0]), tables, op.Result.Tensor.Shape),
        "matmul" => MatMul(Use(op.Operands[0]), Use(op.Operands[1]), op.Result.Tensor.Shape),
        "linear" => Linear(op),
        "embedding" => Embedding(op),
        "rotary" => Rotary(op),
        "reshape" or "permute" or "broadcast" or "slice" or "index" =>
            Layout(op.Kind, Known(op.Operands[0]), op.Attributes, op.Result.Tensor.Shape),
        "concat" or "append" => Concat(op),
        "sum" => Sum(Use(op.Operands[0]), op.Attributes.Int("axis")),
        "mean" => Mean(Use(op.Operands[0]), op.Attributes.Int("axis")),
        "rounded" => AtMost(Use(op.Operands[0]), op.Attributes.Int("fractionBits")),
        "within" => Within(Use(op.Operands[0]), op.Attributes.Real("low"), op.Attributes.Real("high")),
        "causal" => Emit("causal", [], op.Attributes, op.Result.Tensor.Shape, 0, 0, 1, Form.Public),
        "constant" => Public(op),
        "less" => Less(Use(op.Operands[0]), Use(op.Operands[1])),
        "maximum" => Extremum(Use(op.Operands[0]), Use(op.Operands[1]), larger: true),
        "minimum" => Extremum(Use(op.Operands[0]), Use(op.Operands[1]), larger: false),
        "select" => Select(op),
        "relu" => Relu(Use(op.Operands[0])),
        "max" => Best(AtMost(Use(op.Operands[0]), fraction), larger: true),
        "min" => Best(AtMost(Use(op.Operands[0]), fraction), larger: false),
        "argmax" => ArgMax(Use(op.Operands[0])),
        "softmax" => Softmax(Use(op.Operands[0]), op.Operands.Length > 1 ? Known(op.Operands[1]) : null),
        "softmax.weights" => SoftmaxWeights(Use(op.Operands[0]), op.Operands.Length > 1 ? Known(op.Operands[1]) : null,
            op.Attributes.Int("fractionBits", SoftmaxWeightBits(function, op.Attributes.Has("coarse"))), op.Attributes.Has("coarse")),
        "softmax.inverse" => SoftmaxInverse(Use(op.Operands[0])),
        "softmax.divide" => SoftmaxDivide(Use(op.Operands[0]), Use(op.Operands[1]), Use(op.Operands[2])),
        "exp" => Exp(Use(op.Operands[0])),
        "silu" => Map(Use(op.Operands[0]), "Silu", "mul(x, sigmoid(x))"),
        "gelu" => Map(Use(op.Operands[0]), "Gelu", "mul(mul(x, 0.5), add(1, erf(mul(x, 0.70710678118654752440084436210484903928))))"),
        "map" => Map(op),
        "reciprocal" => Reciprocal(Use(op.Operands[0])),
        "rsqrt" => ReciprocalSqrt(Use(op.Operands[0])),
        "gather" => Gather(op),
        "scatter" => Scatter(op),
        "reveal" => Reveal(op),
        _ => throw new CompileError("MPC9001", $"the number pass does not know '{op.Kind}'", op.Site),
    };

    /// <summary>The value of a tensor for protocols to compute with; a public one as a masked one with a known value.</summary>
    private int Use(int id)
    {
        int value = Known(id);
        return IsPublic(value)
            ? Emit("public", [value], Attributes.None, Shape(value), numbers[value].Scale, numbers[value].Low, numbers[value].High)
            : value;
    }

    private bool IsPublic(int value) => definitions.TryGetValue(value, out Op? op) && op.Results[0].Tensor.Form == Form.Public;

    /// <summary>The expanded value of a tensor, public where it is.</summary>
    private int Known(int id)
    {
        if (values.TryGetValue(id, out int value))
        {
            return value;
        }

        if (weights.TryGetValue(id, out Weight? weight) || transposed.TryGetValue(id, out weight)
            || vectors.TryGetValue(id, out weight))
        {
            return Entered(id, weight);
        }

        Parameter parameter = inputs[id];
        if (!parameter.Attributes.Has("owner") || !parameter.Attributes.Has("low"))
        {
            throw new CompileError("MPC3003", $"'{parameter.Name}' needs [Owned] and [Range]", site);
        }

        Number number = RawRange(parameter.Attributes.Real("low"), parameter.Attributes.Real("high"), fraction);
        // An input belongs to the program's first flight, wherever it is used first.
        return values[id] = Emit("input", [],
            Attributes.Of(("name", parameter.Name), ("owner", parameter.Attributes.Text("owner")),
                ("low", RealAttr.Of(parameter.Attributes.Real("low"))), ("high", RealAttr.Of(parameter.Attributes.Real("high")))),
            parameter.Value.Tensor.Shape, fraction, number.Low, number.High, hoist: true);
    }

    private int Emit(
        string kind, ImmutableArray<int> operands, Attributes attributes, ImmutableArray<Expr> shape, int scale, BigInteger low,
        BigInteger high, Form form = Form.Masked, bool hoist = false)
    {
        Value value = new(nextId++, new TensorType(shape, form));
        Op op = new(kind, [value], operands, attributes, site);
        numbers[value.Id] = new Number(0, scale, low, high);
        definitions[value.Id] = op;
        if (hoist)
        {
            hoisted.Add(op);
        }
        else
        {
            ops.Add(op);
        }

        return value.Id;
    }

    private ImmutableArray<Expr> Shape(int id) => definitions.TryGetValue(id, out Op? op)
        ? op.Results.First(r => r.Id == id).Tensor.Shape
        : carriedShapes[id];

    private static Number RawRange(double low, double high, int scale) =>
        new(0, scale, (BigInteger)Math.Floor(low * Math.Pow(2, scale)), (BigInteger)Math.Ceiling(high * Math.Pow(2, scale)));

    /// <summary>The largest value that a size can have here.</summary>
    private BigInteger Maximum(Expr size) => sizes.Most(size);

    /// <summary>The value with the given fraction bits: lifted by a public factor, or truncated.</summary>
    /// <param name="id">The value.</param>
    /// <param name="scale">Fraction bits.</param>
    /// <param name="besides">Whether the value is used with more of them too; then rows that were moved are not moved once more.</param>
    private int Align(int id, int scale, bool besides = false)
    {
        Number number = numbers[id];
        if (number.Scale == scale)
        {
            return id;
        }

        if (number.Scale < scale)
        {
            int by = scale - number.Scale;
            return Emit("shl", [id], Attributes.Of(("by", (long)by)), Shape(id), scale, number.Low << by, number.High << by);
        }

        // A repeated value is truncated before it is repeated.
        if (definitions.TryGetValue(id, out Op? layout) && layout.Kind == "broadcast")
        {
            return Layout("broadcast", Align(layout.Operands[0], scale), layout.Attributes, Shape(id));
        }

        // Rows are truncated before they are moved in secret, where every bit counts.
        if (!besides && definitions.TryGetValue(id, out Op? moves) && MovesRows(moves) && Gathers(moves))
        {
            return Realigned(id, moves, scale);
        }

        // Whoever truncates further starts from the nearest truncation there is, so that the first one stays part of its opening.
        int source = id;
        foreach (Dictionary<int, List<int>> scope in aligned)
        {
            if (scope.TryGetValue(id, out List<int>? versions))
            {
                foreach (int version in versions)
                {
                    if (numbers[version].Scale == scale)
                    {
                        return version;
                    }

                    if (numbers[version].Scale > scale && numbers[version].Scale < numbers[source].Scale)
                    {
                        source = version;
                    }
                }
            }
        }

        Number from = numbers[source];
        int shift = from.Scale - scale;
        int truncated = Emit("truncate", [source], Attributes.Of(("by", (long)shift)), Shape(id), scale, from.Low >> shift,
            (from.High >> shift) + 1);
        Dictionary<int, List<int>> here = aligned.Peek();
        (here.TryGetValue(id, out List<int>? list) ? list : here[id] = []).Add(truncated);
        return truncated;
    }

    private int AtMost(int id, int scale) => numbers[id].Scale > scale ? Align(id, scale) : id;

    private int Within(int id, double low, double high)
    {
        Number bounds = RawRange(low, high, numbers[id].Scale);
        if (bounds.Low > numbers[id].High || bounds.High < numbers[id].Low)
        {
            throw new CompileError("MPC3001",
                string.Format(CultureInfo.InvariantCulture, "the value lies in [{0:G4}, {1:G4}] and never within [{2:G4}, {3:G4}]",
                    Real(numbers[id].Low, numbers[id].Scale), Real(numbers[id].High, numbers[id].Scale), low, high), site);
        }

        id = IsAround(id) ? Layout("reshape", id, Attributes.None, Shape(id)) : id;
        Refine(id, bounds.Low, bounds.High);
        return id;
    }

    /// <summary>What is asserted of a value holds for what it was made of by moving and truncating.</summary>
    private void Refine(int id, BigInteger low, BigInteger high)
    {
        if (IsAround(id))
        {
            return;
        }

        Number number = numbers[id];
        numbers[id] = number with { Low = BigInteger.Max(number.Low, low), High = BigInteger.Min(number.High, high) };
        if (!definitions.TryGetValue(id, out Op? op))
        {
            return;
        }

        switch (op.Kind)
        {
            case "truncate":
                int by = op.Attributes.Int("by");
                Refine(op.Operands[0], (low - 1) << by, (high + 1) << by);
                break;
            case "shl":
                Refine(op.Operands[0], low >> op.Attributes.Int("by"), (high >> op.Attributes.Int("by")) + 1);
                break;
            case "reshape" or "permute" or "broadcast" or "extend":
                Refine(op.Operands[0], low, high);
                break;
        }
    }

    private static double Real(BigInteger raw, int scale) => (double)raw / Math.Pow(2, scale);

    private void Loop(Op op)
    {
        string index = op.Attributes.Text("index");
        ImmutableArray<int> initial = op.Operands.Select(o => Align(Use(o), fraction)).ToImmutableArray();
        Block source = op.Body!;
        ImmutableArray<Op>.Builder outer = ops;
        ops = ImmutableArray.CreateBuilder<Op>();
        aligned.Push([]);
        entered.Push([]);
        ImmutableArray<Value>.Builder parameters = ImmutableArray.CreateBuilder<Value>();
        for (int i = 0; i < initial.Length; i++)
        {
            Number declared = CarriedRange(source, i, op);
            Value parameter = new(nextId++, new TensorType(source.Parameters[i].Tensor.Shape, Form.Masked));
            Number start = numbers[initial[i]];
            numbers[parameter.Id] = new Number(0, fraction, BigInteger.Min(declared.Low, start.Low),
                BigInteger.Max(declared.High, start.High));
            carriedShapes[parameter.Id] = parameter.Tensor.Shape;
            values[source.Parameters[i].Id] = parameter.Id;
            parameters.Add(parameter);
        }

        sizes.Count(index, op.Attributes.Expr("low"), op.Attributes.Expr("high"));
        foreach (Op inner in source.Ops)
        {
            Visit(inner);
        }

        site = op.Site;
        ImmutableArray<int> yields = source.Yields.Select(y => Align(Use(y), fraction)).ToImmutableArray();
        for (int i = 0; i < yields.Length; i++)
        {
            // A loop within may leave a value as it was before, which its own assertion does not cover. Truncation adds one unit.
            Number next = numbers[yields[i]];
            Number assumed = numbers[parameters[i].Id];
            if (next.Low < assumed.Low - 1 || next.High > assumed.High + 1)
            {
                throw Undeclared(op.Site);
            }
        }

        aligned.Pop();
        entered.Pop();
        Block body = new(parameters.ToImmutable(), ops.ToImmutable(), yields) { Observed = Observed(source) };
        ops = outer;
        AddLoop(op.Attributes, initial, body, op.Results.Select(r => r.Tensor.Shape).ToImmutableArray(), out ImmutableArray<int> results);
        for (int i = 0; i < results.Length; i++)
        {
            values[op.Results[i].Id] = results[i];
        }
    }

    private void AddLoop(Attributes attributes, ImmutableArray<int> initial, Block body, ImmutableArray<ImmutableArray<Expr>> shapes,
        out ImmutableArray<int> results)
    {
        ImmutableArray<Value> values = shapes.Select(s => new Value(nextId++, new TensorType(s, Form.Masked))).ToImmutableArray();
        Op loop = new("for", values, initial, attributes, site, body);
        for (int i = 0; i < values.Length; i++)
        {
            numbers[values[i].Id] = numbers[body.Parameters[i].Id];
            definitions[values[i].Id] = loop;
        }

        ops.Add(loop);
        results = values.Select(v => v.Id).ToImmutableArray();
    }

    /// <summary>What a loop carries must declare its range: no interval is a fixed point of a transformer layer.</summary>
    private Number CarriedRange(Block body, int carried, Op loop) => body.Yields[carried] == body.Parameters[carried].Id
        ? numbers[Use(loop.Operands[carried])]
        : DeclaredRange([body], body.Yields[carried], loop) ?? numbers[Use(loop.Operands[carried])];

    /// <summary>
    /// The range that a value's assertion states, or the one with which a loop or either branch within the body leaves it; null for what is
    /// carried as it came.
    /// </summary>
    /// <param name="around">The body, behind the branches within it that the value is looked for in.</param>
    /// <param name="id">The value.</param>
    /// <param name="loop">The loop.</param>
    private Number? DeclaredRange(ImmutableArray<Block> around, int id, Op loop)
    {
        while (around.Length > 1 && !around[0].Ops.Any(o => o.Results.Any(r => r.Id == id)))
        {
            around = around.RemoveAt(0);
        }

        Op? definition = around[0].Ops.FirstOrDefault(o => o.Results.Any(r => r.Id == id));
        int result = definition?.Results.TakeWhile(r => r.Id != id).Count() ?? 0;
        switch (definition?.Kind)
        {
            case "within":
                return RawRange(definition.Attributes.Real("low"), definition.Attributes.Real("high"), fraction);
            case "for":
                Block inner = definition.Body!;
                return inner.Yields[result] == inner.Parameters[result].Id
                    ? DeclaredRange(around, definition.Operands[result], loop)
                    : DeclaredRange([inner], inner.Yields[result], definition) ?? DeclaredRange(around, definition.Operands[result], loop);
            case "if":
                Number? then = DeclaredRange(around.Insert(0, definition.Body!), definition.Body!.Yields[result], loop);
                Number? otherwise = DeclaredRange(around.Insert(0, definition.Otherwise!), definition.Otherwise!.Yields[result], loop);
                return then is null || otherwise is null ? then ?? otherwise : Joint(then, otherwise);
            case null when around[0].Parameters.Any(p => p.Id == id):
                return null;
            default:
                throw Undeclared(definition?.Site ?? loop.Site);
        }
    }

    private static Number Joint(Number a, Number b) => a with { Low = BigInteger.Min(a.Low, b.Low), High = BigInteger.Max(a.High, b.High) };

    private static CompileError Undeclared(int site) =>
        new("MPC3003", "a value carried by a loop needs a declared range: end its assignment with .Within(low, high)", site);

    /// <summary>Writes the final numbers into the types.</summary>
    private Block Annotate(Block block)
    {
        Value Typed(Value v) => v with { Type = v.Tensor with { Number = numbers[v.Id] } };
        ImmutableArray<Op> annotated = block.Ops
            .Select(op => op.WithBlocks(Annotate) with { Results = op.Results.Select(Typed).ToImmutableArray() })
            .ToImmutableArray();
        return block with { Parameters = block.Parameters.Select(Typed).ToImmutableArray(), Ops = annotated };
    }

    /// <summary>The server's weights are no values: nobody computes with them but the gates that they belong to.</summary>
    private ImmutableArray<Observation> Observed(Block source) =>
        source.Observed.Where(o => values.ContainsKey(o.Value)).Select(o => o with { Value = values[o.Value] }).ToImmutableArray();
}
