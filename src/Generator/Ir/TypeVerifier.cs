using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Generator.Ir;

/// <summary>
/// Holds a typed function against the type lattice: every value is defined before it is used, has the form its user needs, lies in a ring
/// that its interval fits, and sizes depend on nothing but session values. A violation is a mistake of a pass, never the author's.
/// </summary>
internal sealed class TypeVerifier
{
    private static readonly HashSet<string> SameRing = new(StringComparer.Ordinal)
    {
        "add", "sub", "neg", "permute", "broadcast", "slice", "index", "reshape", "concat", "sum", "scale", "add.scalar", "relabel",
        "rotary", "cumsum", "shuffle", "gather", "scatter",
    };

    private readonly Dictionary<int, Value> defined = [];
    private readonly HashSet<int> ids = [];
    private readonly HashSet<string> indices = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">The function breaks a rule; the message names operation and rule.</exception>
    public static void Verify(Function function)
    {
        TypeVerifier verifier = new();
        verifier.Walk(function.Body);
        SelectionRules.Verify(function);
        foreach (int yield in function.Body.Yields)
        {
            Require(verifier.Tensor(yield).Form == Form.Revealed, "yield", $"%{yield} leaves the program without a reveal");
        }
    }

    private static void Require(bool condition, string kind, string rule)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"{kind}: {rule}");
        }
    }

    private void Walk(Block block)
    {
        foreach (Value parameter in block.Parameters)
        {
            Define(parameter, "parameter");
        }

        foreach (Op op in block.Ops)
        {
            foreach (int operand in op.Operands)
            {
                Require(defined.ContainsKey(operand), op.Kind, $"%{operand} is used before it is defined");
            }

            if (op.Kind == "for")
            {
                Loop(op);
            }
            else if (op.Kind == "if")
            {
                Branches(op);
            }
            else if (op.Kind != "check")
            {
                Forms(op);
                Rings(op);
            }

            foreach (Value result in op.Results)
            {
                Define(result, op.Kind);
            }
        }

        foreach (int yield in block.Yields)
        {
            Require(defined.ContainsKey(yield), "yield", $"%{yield} is yielded before it is defined");
        }
    }

    private void Define(Value value, string kind)
    {
        Require(ids.Add(value.Id), kind, $"{value} is defined twice");
        TensorType type = value.Tensor;
        Number number = type.Number ?? throw new InvalidOperationException($"{kind}: {value} has no number");
        if (type.Form == Form.Masked)
        {
            Require(number.Ring is >= 2 and <= 64, kind, $"{value} lies in a ring of {number.Ring} bits");
            // A narrowed value stands for its residue: its users are exact modulo the smaller ring.
            Require(kind == "narrow" || number.RequiredRing <= number.Ring, kind,
                $"{value} within [{number.Low}, {number.High}] needs {number.RequiredRing} bits and has {number.Ring}");
            Require(number.Low <= number.High, kind, $"{value} has an empty interval");
        }

        foreach (string symbol in type.Shape.SelectMany(s => s.Symbols()))
        {
            Require(IsSession(symbol) || kind == "for", kind, $"the size of {value} depends on '{symbol}', which is no session value here");
        }

        defined[value.Id] = value;
    }

    private bool IsSession(string symbol) => !symbol.StartsWith("i", StringComparison.Ordinal) || symbol.Length < 2
        || !char.IsDigit(symbol[1]) || indices.Contains(symbol);

    private void Loop(Op op)
    {
        Block body = op.Body!;
        Require(body.Parameters.Length == op.Operands.Length && body.Yields.Length == op.Results.Length
            && op.Results.Length == op.Operands.Length, "for", "what goes in, around and out differs in number");
        indices.Add(op.Attributes.Text("index"));
        for (int i = 0; i < body.Parameters.Length; i++)
        {
            Require(Tensor(op.Operands[i]).Form == Form.Masked, "for", "what a loop carries is masked");
            SameNumber(Tensor(op.Operands[i]), body.Parameters[i].Tensor, "for");
        }

        HashSet<int> outside = [.. defined.Keys];
        Walk(body);
        for (int i = 0; i < body.Parameters.Length; i++)
        {
            Require(Tensor(body.Yields[i]).Form == Form.Masked, "for", "what a loop carries is masked");
            SameNumber(Tensor(body.Yields[i]), body.Parameters[i].Tensor, "for");
            SameNumber(op.Results[i].Tensor, body.Parameters[i].Tensor, "for");
        }

        // What a step makes ends with the step.
        Forget(outside);
        indices.Remove(op.Attributes.Text("index"));
    }

    private void Branches(Op op)
    {
        Require(op.Otherwise is not null && op.Operands.IsEmpty && op.Blocks.All(b => b.Parameters.IsEmpty), "if",
            "a condition has two branches, and nothing goes in");
        Require(op.Attributes.Condition("condition").Symbols().All(IsSession), "if",
            $"the condition {op.Attributes.Condition("condition")} depends on what is no session value here");
        foreach (Block branch in op.Blocks)
        {
            HashSet<int> outside = [.. defined.Keys];
            Walk(branch);
            Require(branch.Yields.Length == op.Results.Length, "if", "what the branches leave differs in number");
            for (int i = 0; i < branch.Yields.Length; i++)
            {
                (TensorType left, TensorType result) = (Tensor(branch.Yields[i]), op.Results[i].Tensor);
                Require(left.Form == Form.Masked, "if", "what a branch leaves is masked");
                Require(left.Number!.Ring == result.Number!.Ring && left.Number.Scale == result.Number.Scale
                    && left.Shape.SequenceEqual(result.Shape), "if", $"a branch leaves {left} for {result}");
            }

            Forget(outside);
        }
    }

    private void Forget(HashSet<int> outside)
    {
        foreach (int inside in defined.Keys.Where(id => !outside.Contains(id)).ToArray())
        {
            defined.Remove(inside);
        }
    }

    private static void SameNumber(TensorType value, TensorType carried, string kind) => Require(
        value.Number!.Ring == carried.Number!.Ring && value.Number.Scale == carried.Number.Scale, kind,
        $"a carried value changes from {carried.Number} to {value.Number}");

    private void Forms(Op op)
    {
        Form result = op.Result.Tensor.Form;
        Form[] operands = op.Operands.Select(o => Tensor(o).Form).ToArray();
        Form[] expected = op.Kind switch
        {
            "choose" => [Form.MaskedBit, Form.Masked, Form.Masked],
            "octaves.choose" => [Form.MaskedBit, Form.Masked],
            "champion" => [Form.MaskedBit, Form.Masked, Form.Masked],
            "where" => [Form.Masked, Form.Public],
            "bits.combine" => [Form.MaskedBit],
            "public" => [Form.Public],
            "shuffle" or "order" or "locate" => [Form.Masked, Form.Permutation],
            "gather" or "scatter" => [Form.Masked, Form.Permutation, Form.Positions],
            "everyrow" or "state.positions" => [Form.Permutation],
            "state.keep" => [Form.Permutation, Form.Positions],
            "permute" or "broadcast" or "slice" or "index" or "reshape" => [result],
            _ => operands.Select(_ => Form.Masked).ToArray(),
        };
        Require(operands.SequenceEqual(expected), op.Kind, $"takes ({string.Join(", ", expected)}), not ({string.Join(", ", operands)})");
        Form made = op.Kind switch
        {
            "sign" => Form.MaskedBit,
            "reveal" => Form.Revealed,
            "causal" or "iota" or "constant" => Form.Public,
            "permutation" or "state.order" => Form.Permutation,
            "order" or "locate" or "everyrow" or "state.positions" or "state.keep" => Form.Positions,
            "permute" or "broadcast" or "slice" or "index" or "reshape" => result,
            _ => Form.Masked,
        };
        Require(result == made, op.Kind, $"gives {made}, not {result}");
    }

    private void Rings(Op op)
    {
        if (op.Result.Tensor.Form != Form.Masked)
        {
            return;
        }

        int ring = op.Result.Tensor.Number!.Ring;
        int[] rings = op.Operands.Select(o => Tensor(o)).Where(t => t.Form == Form.Masked).Select(t => t.Number!.Ring).ToArray();
        switch (op.Kind)
        {
            case "truncate":
                Require(rings[0] - op.Attributes.Int("by") == ring, op.Kind,
                    $"of {rings[0]} bits by {op.Attributes.Int("by")} cannot give {ring} bits");
                Require(Scale(op.Operands[0]) - op.Attributes.Int("by") == op.Result.Tensor.Number.Scale, op.Kind,
                    "the scale does not follow");
                break;
            case "extend":
                Require(rings[0] < ring, op.Kind, $"from {rings[0]} to {ring} bits is none");
                break;
            case "shl":
                Require(rings[0] + op.Attributes.Int("by") == ring, op.Kind,
                    $"of {rings[0]} bits by {op.Attributes.Int("by")} cannot give {ring} bits");
                break;
            case "narrow":
                Require(rings[0] > ring, op.Kind, $"from {rings[0]} to {ring} bits is none");
                break;
            case "mul" or "matmul" or "weights.linear" or "weights.scale" or "weights.lookup" or "weights.add"
                or "choose" or "octaves.choose" or "champion":
                Require(rings.All(r => r == ring), op.Kind, $"operands of ({string.Join(", ", rings)}) bits in a ring of {ring}");
                break;
            case "mul.wide" or "squares":
                Require(rings[0] < ring && rings.Skip(1).All(r => r == ring), op.Kind,
                    $"operands of ({string.Join(", ", rings)}) bits in a ring of {ring}");
                break;
            case "add" or "sub" or "concat":
                Require(Scale(op.Operands[0]) == Scale(op.Operands[1]), op.Kind, "operands of different scales");
                goto default;
            default:
                Require(!SameRing.Contains(op.Kind) || rings.All(r => r == ring), op.Kind,
                    $"operands of ({string.Join(", ", rings)}) bits in a ring of {ring}");
                break;
        }
    }

    private int Scale(int id) => Tensor(id).Number!.Scale;

    private TensorType Tensor(int id) => defined[id].Tensor;
}
