using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Emission;

/// <summary>What is public of a program, collected from its scheduled body, and where generated code finds it.</summary>
internal sealed class Interface
{
    private readonly List<Op> inputs = [];
    private readonly Dictionary<string, int> tables = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> outputs = [];
    private readonly SortedDictionary<string, (string Object, string Field, bool State, string Shape)> fields = new(StringComparer.Ordinal);

    public Interface(Function tensors, Function scheduled)
    {
        Function = scheduled;
        foreach (Op op in scheduled.Body.Walk())
        {
            switch (op.Kind)
            {
                case "input.put" when !op.Attributes.Has("field"):
                    inputs.Add(op);
                    break;
                case "piecewise.lookup":
                    TableIndex(op.Attributes);
                    break;
                case "reveal.put":
                    outputs[op.Result.Id] = scheduled.Body.Yields.IndexOf(op.Result.Id);
                    break;
            }
        }

        foreach (Parameter unused in tensors.Parameters.Where(p => p.Value.Type is TensorType))
        {
            if (inputs.All(i => i.Attributes.Text("name") != unused.Name))
            {
                inputs.Add(Unused(unused));
            }
        }

        foreach (Op op in tensors.Body.Walk().Where(o => o.Kind is "resident" or "state.read" or "state.append" or "state.assign"
            or "state.selection" or "state.keep"))
        {
            string shape = string.Join(", ", DeclaredShape(op));
            fields[op.Attributes.Text("object") + "." + op.Attributes.Text("field")] =
                (op.Attributes.Text("object"), op.Attributes.Text("field"), op.Kind != "resident", shape);
        }

        Reals = scheduled.Parameters.Where(p => p.Value.Type is RealType).ToList();
        Integers = scheduled.Parameters.Where(p => p.Value.Type is IntType).ToList();
        Objects = scheduled.Parameters.Where(p => p.Value.Type is ObjectType).ToList();
        SortedSet<string> symbols = new(StringComparer.Ordinal);
        foreach (Op op in tensors.Body.Walk())
        {
            foreach (KeyValuePair<string, Attr> pair in op.Attributes.All)
            {
                Collect(symbols, pair.Value);
            }

            foreach (Value result in op.Results)
            {
                foreach (Expr size in result.Tensor.Shape)
                {
                    symbols.UnionWith(size.Symbols());
                }
            }
        }

        foreach (Parameter input in tensors.Parameters.Where(p => p.Value.Type is TensorType))
        {
            symbols.UnionWith(input.Value.Tensor.Shape.SelectMany(s => s.Symbols()));
        }

        symbols.UnionWith(Integers.Select(p => p.Name));
        HashSet<string> indices = [.. scheduled.Body.Walk().Where(o => o.Kind == "for").Select(o => o.Attributes.Text("index"))];
        Dimensions = symbols.Where(s => !indices.Contains(s) && !IsLoopIndex(s, tensors)).ToList();
    }

    public Function Function { get; }

    public IReadOnlyList<string> Dimensions { get; }

    public IReadOnlyList<Parameter> Reals { get; }

    public IReadOnlyList<Parameter> Integers { get; }

    public IReadOnlyList<Parameter> Objects { get; }

    public IReadOnlyList<Op> Inputs => inputs;

    public IReadOnlyCollection<(string Object, string Field, bool State, string Shape)> Fields => fields.Values;

    /// <summary>Polynomial tables by number: the arguments of their fits.</summary>
    public IEnumerable<string> Tables => tables.OrderBy(t => t.Value).Select(t => t.Key);

    /// <summary>An argument that is never put in; its shape may be all that names a size.</summary>
    private static Op Unused(Parameter parameter)
    {
        Attributes attributes = Attributes.Of(("name", parameter.Name), ("owner", "Client"), ("ring", 64L), ("slot", -1L))
            .WithIf("owner", parameter.Attributes).WithIf("low", parameter.Attributes).WithIf("high", parameter.Attributes);
        TensorType type = parameter.Value.Tensor with { Form = Form.Masked, Number = new Number(64, 0, 0, 0) };
        return new Op("input.put", [parameter.Value with { Type = type }], [], attributes);
    }

    public int InputIndex(Op op) => inputs.FindIndex(i => i.Attributes.Int("slot") == op.Attributes.Int("slot"));

    public int OutputIndex(int revealed) => outputs[revealed];

    public string Field(string parameter, string field) => Camel(parameter) + field;

    public string Real(string name) =>
        $"frame.Reals[{Reals.ToList().FindIndex(p => p.Name == name).ToString(CultureInfo.InvariantCulture)}]";

    public string Table(Attributes a) => "Table" + TableIndex(a).ToString(CultureInfo.InvariantCulture);

    public long Maximum(string dimension) =>
        Function.Attributes.Has($"dim.{dimension}.max") ? Function.Attributes.Int($"dim.{dimension}.max") : 65536;

    /// <summary>The size that a dimension's declaration calls typical, where it does.</summary>
    public long? Typical(string dimension) =>
        Function.Attributes.Has($"dim.{dimension}.typical") ? Function.Attributes.Int($"dim.{dimension}.typical") : null;

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    private static ImmutableArray<Expr> DeclaredShape(Op op)
    {
        ImmutableArray<Expr> shape = ((ListAttr)op.Attributes.All.First(a => a.Key == "declared").Value).Values;
        return shape;
    }

    private static bool IsLoopIndex(string symbol, Function tensors) =>
        tensors.Body.Walk().Any(o => o.Kind == "for" && o.Attributes.Text("index") == symbol);

    private static void Collect(SortedSet<string> symbols, Attr attribute)
    {
        switch (attribute)
        {
            case ExprAttr e:
                symbols.UnionWith(e.Value.Symbols());
                break;
            case ConditionAttr c:
                symbols.UnionWith(c.Value.Symbols());
                break;
            case ListAttr l:
                symbols.UnionWith(l.Values.SelectMany(v => v.Symbols()));
                break;
            case TextAttr t when t.Value.StartsWith("inverse", StringComparison.Ordinal) && t.Value.EndsWith(")", StringComparison.Ordinal):
                int open = t.Value.IndexOf('(');
                symbols.UnionWith(ExprParser.Parse(t.Value.Substring(open + 1, t.Value.Length - open - 2)).Symbols());
                break;
        }
    }

    private int TableIndex(Attributes a)
    {
        // Of normalised arguments the runtime has the functions itself; a formula is named by its text.
        string function = a.Text("function") is "Reciprocal" or "ReciprocalSqrt"
            ? $"FixedPoint::ScalarFunction.{a.Text("function")}"
            : $"FixedPoint::ScalarExpression.Parse({Names.Literal(a.Text("function"))}).Function";
        string key =
            $"{function}, {a.Expr("start")}L, {a.Int("inputScale")}, {a.Int("lowBits")}, {a.Int("highBits")}, "
                + $"{a.Int("degree")}, {a.Int("bits")}";
        if (!tables.TryGetValue(key, out int index))
        {
            tables[key] = index = tables.Count;
        }

        return index;
    }
}
