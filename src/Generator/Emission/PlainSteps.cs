using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MPCache.Contract;
using MPCache.FixedPoint;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Emission;

/// <summary>
/// Writes the author's method once more, one statement an expression, in the language itself: what <c>mpcache trace</c> holds the
/// compiled values against. It computes what the method computes when it is called directly; what the program does not need is left out.
/// </summary>
/// <param name="tensors">The entry point with everything inlined and every shape known.</param>
/// <param name="writer">Where to.</param>
/// <param name="program">Where arguments and dimensions are found.</param>
/// <param name="traced">The expressions that the compiled program has values of.</param>
internal sealed class PlainSteps(Function tensors, IndentedWriter writer, Interface program, ISet<int> traced)
{
    /// <summary>Operators of the language that repeat by themselves what the compiled form repeats explicitly.</summary>
    private static readonly HashSet<string> Repeats =
        new(StringComparer.Ordinal) { "add", "sub", "mul", "maximum", "minimum", "less", "select", "softmax", "dot", "dot.mean", "broadcast" };

    private readonly Dictionary<int, string> names = [];
    private readonly HashSet<int> needed = [];
    private readonly HashSet<int> repeated = [];
    private readonly List<string> indices = [];

    public void Write()
    {
        Need(tensors.Body);
        List<string> inputs = program.Inputs.Select(i => i.Attributes.Text("name")).ToList();
        foreach (Parameter parameter in tensors.Parameters.Where(p => p.Value.Type is TensorType && needed.Contains(p.Value.Id)))
        {
            names[parameter.Value.Id] = $"frame.Inputs[{Text(inputs.IndexOf(parameter.Name))}]";
        }

        Block(tensors.Body);
        for (int i = 0; i < tensors.Body.Yields.Length; i++)
        {
            writer.Line($"frame.Outputs[{Text(i)}] = {Name(tensors.Body.Yields[i])};");
        }
    }

    /// <summary>Marks what outputs, states and traced expressions are made of.</summary>
    private void Need(Block block)
    {
        needed.UnionWith(block.Yields);
        repeated.UnionWith(block.Yields);
        needed.UnionWith(Observed(block).Select(o => o.Value));
        foreach (Op op in block.Ops.Reverse())
        {
            if (op.Body is not null)
            {
                needed.UnionWith(op.Operands);
                repeated.UnionWith(op.Operands);
                foreach (Block inner in op.Blocks)
                {
                    Need(inner);
                }
            }
            else if (StateWrites.IsWrite(op) || op.Results.Any(r => needed.Contains(r.Id)))
            {
                needed.UnionWith(op.Operands);
                repeated.UnionWith(Repeats.Contains(op.Kind) ? [] : op.Operands);
            }
        }
    }

    private IEnumerable<Observation> Observed(Block block) => block.Observed.Where(o => traced.Contains(o.Site));

    private void Block(Block block)
    {
        // In the order of the expressions: reading a state again is an expression without an operation.
        HashSet<int> later = [.. block.Ops.SelectMany(o => o.Results).Select(r => r.Id)];
        Queue<Observation> observed = new(Observed(block));
        Observe(observed, later);
        foreach (Op op in block.Ops)
        {
            if (op.Kind == "for")
            {
                Loop(op);
            }
            else if (op.Kind == "if")
            {
                Branches(op);
            }
            else if (StateWrites.IsWrite(op) || op.Results.Any(r => needed.Contains(r.Id)))
            {
                Step(op);
            }

            later.ExceptWith(op.Results.Select(r => r.Id));
            Observe(observed, later);
        }
    }

    private void Observe(Queue<Observation> observed, HashSet<int> later)
    {
        while (observed.Count > 0 && !later.Contains(observed.Peek().Value))
        {
            Observation observation = observed.Dequeue();
            writer.Line($"frame.Observe({Text(observation.Site)}, {Index(0)}, {Index(1)}, {Name(observation.Value)});");
        }
    }

    private void Loop(Op op)
    {
        Block body = op.Body!;
        string index = op.Attributes.Text("index");
        for (int i = 0; i < body.Parameters.Length; i++)
        {
            names[op.Results[i].Id] = Name(body.Parameters[i].Id);
            writer.Line($"var {Name(body.Parameters[i].Id)} = {Name(op.Operands[i])};");
        }

        (string low, string high) = (Names.Long(op.Attributes.Expr("low")), Names.Long(op.Attributes.Expr("high")));
        using (writer.Block($"for (long {index} = {low}; {index} < {high}; {index}++)"))
        {
            indices.Add(index);
            Block(body);
            int[] changed = Enumerable.Range(0, body.Yields.Length).Where(i => body.Yields[i] != body.Parameters[i].Id).ToArray();
            if (changed.Length == 1)
            {
                writer.Line($"{Name(body.Parameters[changed[0]].Id)} = {Name(body.Yields[changed[0]])};");
            }
            else if (changed.Length > 1)
            {
                string parameters = string.Join(", ", changed.Select(i => Name(body.Parameters[i].Id)));
                writer.Line($"({parameters}) = ({string.Join(", ", changed.Select(i => Name(body.Yields[i])))});");
            }

            indices.RemoveAt(indices.Count - 1);
        }
    }

    private void Branches(Op op)
    {
        foreach (Value result in op.Results)
        {
            writer.Line($"Language::Tensor {Name(result.Id)};");
        }

        Branch($"if ({Names.Bool(op.Attributes.Condition("condition"))})", op, op.Body!);
        if (op.Results.Length > 0 || op.Otherwise!.Ops.Length > 0)
        {
            Branch("else", op, op.Otherwise!);
        }
    }

    private void Branch(string head, Op op, Block branch)
    {
        using (writer.Block(head))
        {
            Block(branch);
            for (int i = 0; i < branch.Yields.Length; i++)
            {
                writer.Line($"{Name(op.Results[i].Id)} = {Name(branch.Yields[i])};");
            }
        }
    }

    private void Step(Op op)
    {
        Attributes a = op.Attributes;
        string Operand(int i) => Name(op.Operands[i]);
        string? expression = op.Kind switch
        {
            "check" => null,
            "broadcast" when repeated.Contains(op.Result.Id) =>
                $"{Operand(0)} + Language::Tensor.Zeros({Sizes(op.Result.Tensor.Shape)})",
            "broadcast" => Alias(op),
            "resident" => $"frame.Residents[{ObjectIndex(a, "resident")}][\"{a.Text("field")}\"]",
            "state.read" => State(a) + ".Value",
            "state.append" => $"{State(a)}.Append({Operand(0)})",
            "state.keep" => $"{State(a)}.Keep({Operand(0)})",
            "state.selection" => $"{State(a)}.Chosen({Names.Int(op.Result.Tensor.Shape[op.Result.Tensor.Rank - 1])})",
            "state.assign" => $"{State(a)}.Assign({Operand(0)})",
            "add" => $"{Operand(0)} + {Operand(1)}",
            "sub" => $"{Operand(0)} - {Operand(1)}",
            "mul" => $"{Operand(0)} * {Operand(1)}",
            "add.real" => $"{Operand(0)} + {Real(a, "scalar")}",
            "sub.real" => $"{Operand(0)} - {Real(a, "scalar")}",
            "mul.real" => $"{Operand(0)} * {Real(a, "scalar")}",
            "div.real" => $"{Operand(0)} / {Real(a, "scalar")}",
            "neg" => $"-{Operand(0)}",
            "exp" => Function("Exp", op),
            "rsqrt" => Function("RSqrt", op),
            "reciprocal" => Function("Reciprocal", op),
            "silu" => Function("Silu", op),
            "gelu" => Function("Gelu", op),
            "relu" => Function("Relu", op),
            "maximum" => Function("Maximum", op),
            "minimum" => Function("Minimum", op),
            "less" => Function("Less", op),
            "select" => Function("Select", op),
            "softmax" => Function("Softmax", op),
            "matmul" => Function("MatMul", op),
            "linear" => Function("Linear", op),
            "embedding" => Function("Embedding", op),
            "argmax" => Function("ArgMax", op),
            "topk" => $"Language::Functions.TopK({Operand(0)}, {Names.Int(op.Result.Tensor.Shape[op.Result.Tensor.Rank - 1])})",
            "shuffle" => $"Language::Functions.Shuffle({Sizes(op.Result.Tensor.Shape)})",
            "inorder" => $"{Operand(0)}.InOrder()",
            "gather" => Function("Gather", op),
            "scatter" => Function("Scatter", op),
            "dot" => $"({Operand(0)} * {Operand(1)}).Sum(-1)",
            "dot.mean" => $"({Operand(0)} * {Operand(1)}).Mean(-1)",
            "sum" => $"{Operand(0)}.Sum({a.Int("axis")})",
            "mean" => $"{Operand(0)}.Mean({a.Int("axis")})",
            "max" => $"{Operand(0)}.Max({a.Int("axis")})",
            "min" => $"{Operand(0)}.Min({a.Int("axis")})",
            "map" => $"Language::Mapping.Map({Operand(0)}, static x => {FormulaText.CSharp(ScalarExpression.Parse(a.Text("function")))}, "
                + $"{Double(a, "low")}, {Double(a, "high")}, {Expression(op)})",
            "rounded" => $"{Operand(0)}.Rounded({a.Int("fractionBits")})",
            "within" => $"Language::RangeAssertion.Within({Operand(0)}, {Double(a, "low")}, {Double(a, "high")}, {Expression(op)})",
            "reveal" => $"{Operand(0)}.Reveal(Language::Party.{a.Text("to")})",
            "permute" => $"{Operand(0)}.Permute({Sizes(a.List("axes"))})",
            "reshape" => $"{Operand(0)}.Reshape({Sizes(op.Result.Tensor.Shape)})",
            "slice" => $"{Operand(0)}.Slice({a.Int("axis")}, {Names.Int(a.Expr("start"))}, {Names.Int(a.Expr("length"))})",
            "index" => $"{Operand(0)}[{Names.Int(a.Expr("index"))}]",
            "concat" => $"Language::Functions.Concat({a.Int("axis")}, {Operand(0)}, {Operand(1)})",
            "causal" => $"Language::Functions.CausalMask({Names.Int(a.Expr("queries"))}, {Names.Int(a.Expr("tokens"))})",
            "constant" when op.Result.Tensor.Rank == 0 => $"Language::Tensor.Scalar({Real(a, "scalar")})",
            "constant" when Real(a, "scalar") == "0f" => $"Language::Tensor.Zeros({Sizes(op.Result.Tensor.Shape)})",
            "constant" => $"Language::Tensor.Zeros({Sizes(op.Result.Tensor.Shape)}) + {Real(a, "scalar")}",
            "rotary" => $"Language::Functions.RotaryEmbedding({Operand(0)}, {Names.Int(a.Expr("first"))}, {Real(a, "theta")})",
            _ => throw new InvalidOperationException($"plain emission does not know '{op.Kind}'"),
        };
        if (expression is not null)
        {
            writer.Line($"var {Name(op.Result.Id)} = {expression};");
        }
    }

    private string? Alias(Op op)
    {
        names[op.Result.Id] = Name(op.Operands[0]);
        return null;
    }

    private string Function(string name, Op op) => $"Language::Functions.{name}({string.Join(", ", op.Operands.Select(Name))})";

    private string State(Attributes a) =>
        $"frame.States[{ObjectIndex(a, "state")}][\"{a.Text("field")}\"][{(a.Has("index") ? Names.Int(a.Expr("index")) : "0")}]";

    private string ObjectIndex(Attributes a, string kind) => Text(
        program.Objects.Where(o => ((ObjectType)o.Value.Type).Kind == kind).ToList().FindIndex(o => o.Name == a.Text("object")));

    /// <summary>A public number as the author's <c>float</c>.</summary>
    private string Real(Attributes a, string name)
    {
        Attr value = a.All.First(p => p.Key == name).Value;
        if (value is RealAttr constant)
        {
            return constant.Decimal + "f";
        }

        string text = ((TextAttr)value).Value;
        int open = text.IndexOf('(');
        string argument = text.Substring(open + 1, text.Length - open - 2);
        return text.Substring(0, open) switch
        {
            "inversesqrt" => $"Language::Functions.InverseSqrt({Names.Int(ExprParser.Parse(argument))})",
            "inverse" => $"(float){Names.Int(ExprParser.Parse(argument))}",
            _ => $"(float){program.Real(argument)}",
        };
    }

    private string Expression(Op op) => Names.Literal(op.Site >= 0 ? tensors.Sites[op.Site].Text : "the value");

    private static string Double(Attributes a, string name) => ((RealAttr)a.All.First(p => p.Key == name).Value).Decimal + "d";

    private static string Sizes(ImmutableArray<Expr> sizes) => string.Join(", ", sizes.Select(e => Names.Int(e)));

    private string Index(int depth) => depth < indices.Count ? indices[depth] : "0";

    private string Name(int id) => names.TryGetValue(id, out string? name) ? name : names[id] = "v" + Text(id);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
