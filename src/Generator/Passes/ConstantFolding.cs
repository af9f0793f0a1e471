using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Computes what is public while compiling, and drops what changes nothing: arithmetic of constants, in exact decimals; an operand that is
/// the same number everywhere, which makes a product of two tensors a product with a number; shapes laid out as they are already. Steps
/// that the author wrote one by one remain, so that a trace shows each.
/// </summary>
internal sealed class ConstantFolding : Substitution
{
    private readonly Dictionary<int, Op> definitions = [];
    private readonly Dictionary<int, TensorType> types = [];
    private readonly HashSet<int> observed = [];

    public static Function Apply(Function function)
    {
        ConstantFolding pass = new();
        pass.observed.UnionWith(function.Body.All().SelectMany(b => b.Observed).Select(o => o.Value));
        return pass.Rewrite(function);
    }

    protected override void Define(Value value)
    {
        if (value.Type is TensorType type)
        {
            types[value.Id] = type;
        }
    }

    protected override (Op? Op, int Value) Replace(Op op, Block block)
    {
        (Op? kept, int value) = Fold(op);
        if (kept is { Results.Length: 1 })
        {
            definitions[kept.Result.Id] = kept;
        }

        return (kept, value);
    }

    private (Op? Op, int Value) Fold(Op op)
    {
        switch (op.Kind)
        {
            case "add" when Number(op.Operands[1]) is decimal right:
                return WithNumber(op, "add", op.Operands[0], right);
            case "add" when Number(op.Operands[0]) is decimal left:
                return WithNumber(op, "add", op.Operands[1], left);
            case "sub" when Number(op.Operands[1]) is decimal right:
                return WithNumber(op, "add", op.Operands[0], -right);
            case "mul" when Number(op.Operands[1]) is decimal right:
                return WithNumber(op, "mul", op.Operands[0], right);
            case "mul" when Number(op.Operands[0]) is decimal left:
                return WithNumber(op, "mul", op.Operands[1], left);
            case "add.real" when Scalar(op) is decimal summand:
                return WithNumber(op, "add", op.Operands[0], summand);
            case "sub.real" when Scalar(op) is decimal subtrahend:
                return WithNumber(op, "add", op.Operands[0], -subtrahend);
            case "mul.real" when Scalar(op) is decimal factor:
                return WithNumber(op, "mul", op.Operands[0], factor);
            case "div.real" when Scalar(op) == 1:
                return (null, op.Operands[0]);
            case "div.real" when Number(op.Operands[0]) is decimal dividend && Scalar(op) is decimal divisor && Quotient(dividend, divisor)
                is decimal quotient:
                return (Constant(op, quotient), 0);
            case "neg" when Number(op.Operands[0]) is decimal number:
                return (Constant(op, -number), 0);
            case "neg" when Unseen(op) is { Kind: "neg" } inner:
                return (null, inner.Operands[0]);
            case "reshape" or "broadcast" or "slice" or "index" or "permute" when Number(op.Operands[0]) is decimal everywhere:
                return (Constant(op, everywhere), 0);
            case "concat" when Number(op.Operands[0]) is decimal first && Number(op.Operands[1]) == first:
                return (Constant(op, first), 0);
            case "reshape" or "broadcast" or "slice" when SameShape(op):
                return (null, op.Operands[0]);
            case "permute" when Axes(op).SequenceEqual(Enumerable.Range(0, op.Result.Tensor.Rank)):
                return (null, op.Operands[0]);
            case "reshape" when Unseen(op) is { Kind: "reshape" } inner:
                return Fold(op with { Operands = inner.Operands });
            case "permute" when Unseen(op) is { Kind: "permute" } inner:
                Expr[] axes = [.. Axes(op).Select(a => inner.Attributes.List("axes")[a])];
                return Fold(op with { Operands = inner.Operands, Attributes = Attributes.Of(("axes", new ListAttr([.. axes]))) });
            default:
                return (op, 0);
        }
    }

    /// <summary>A sum or product with a number.</summary>
    private (Op? Op, int Value) WithNumber(Op op, string kind, int operand, decimal number)
    {
        try
        {
            if (Number(operand) is decimal other)
            {
                return (Constant(op, kind == "add" ? other + number : other * number), 0);
            }
        }
        catch (OverflowException)
        {
            return (op, 0);
        }

        return number == (kind == "add" ? 0 : 1) ? (null, operand)
            : kind == "mul" && number == 0 ? (Constant(op, 0), 0)
            : kind == "mul" && number == -1 ? (op with { Kind = "neg", Operands = [operand], Attributes = Attributes.None }, 0)
            : (op with { Kind = kind + ".real", Operands = [operand], Attributes = Attributes.Of(("scalar", Real(number))) }, 0);
    }

    /// <summary>A quotient to 28 digits, where it has one.</summary>
    private static decimal? Quotient(decimal dividend, decimal divisor) =>
        divisor != 0 && Math.Abs((double)dividend / (double)divisor) < 1e20 ? dividend / divisor : null;

    private static Op Constant(Op op, decimal number) =>
        op with { Kind = "constant", Operands = [], Attributes = Attributes.Of(("scalar", Real(number))) };

    /// <summary>The number that a tensor holds everywhere.</summary>
    private decimal? Number(int id) => definitions.TryGetValue(id, out Op? op) && op.Kind == "constant" ? Scalar(op) : null;

    /// <summary>An operation's number, where it is a constant with few enough digits to compute with exactly.</summary>
    private static decimal? Scalar(Op op) =>
        op.Attributes.All.First(a => a.Key == "scalar").Value is RealAttr real
            && decimal.TryParse(real.Decimal, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            && (double)number == real.ToDouble()
            ? number
            : null;

    private static RealAttr Real(decimal number) =>
        new(number == 0 ? "0" : (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture));

    /// <summary>What an operand is made by, where that is no expression of the author's.</summary>
    private Op? Unseen(Op op) =>
        definitions.TryGetValue(op.Operands[0], out Op? found) && !observed.Contains(found.Result.Id) ? found : null;

    private bool SameShape(Op op) => types.TryGetValue(op.Operands[0], out TensorType? type) && type.Shape.SequenceEqual(op.Result.Tensor.Shape);

    private static int[] Axes(Op permute) => [.. permute.Attributes.List("axes").Select(a => (int)a.AsConstant!.Value)];
}
