using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Numerics;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>Linear operators and layout: local, without randomness.</summary>
internal sealed partial class Numbers
{
    /// <summary>Fraction bits with which a public factor of at most 1 is encoded.</summary>
    private const int FactorBits = 20;

    /// <summary>Fraction bits of the rotary embedding's sines and cosines.</summary>
    private const int RotaryBits = 16;

    private int AddSubtract(string kind, int a, int b)
    {
        int scale = Math.Max(fraction, Math.Min(numbers[a].Scale, numbers[b].Scale));
        a = Align(a, scale);
        b = Align(b, scale);
        Number x = numbers[a];
        Number y = numbers[b];
        return kind == "add"
            ? Emit("add", [a, b], Attributes.None, Shape(a), scale, x.Low + y.Low, x.High + y.High)
            : Emit("sub", [a, b], Attributes.None, Shape(a), scale, x.Low - y.High, x.High - y.Low);
    }

    private int Negate(int x) =>
        Emit("neg", [x], Attributes.None, Shape(x), numbers[x].Scale, -numbers[x].High, -numbers[x].Low);

    private int AddScalar(int x, Attr scalar)
    {
        // Bits and positions have no fraction bits, the summand may have some.
        if (numbers[x].Scale < fraction && !(scalar is RealAttr constant && Math.Floor(constant.ToDouble()) == constant.ToDouble()))
        {
            x = Align(x, fraction);
        }

        Number number = numbers[x];
        (BigInteger low, BigInteger high) = ScalarRange(scalar, number.Scale);
        return Emit("add.scalar", [x], Attributes.Of(("scalar", scalar), ("bits", (long)number.Scale)), Shape(x), number.Scale,
            number.Low + low, number.High + high);
    }

    /// <summary>
    /// A product with a public number: a relabelling for powers of two, otherwise an integer factor and a later truncation.
    /// </summary>
    /// <param name="x">The value.</param>
    /// <param name="scalar">The number.</param>
    /// <param name="whole">Whether the result is known to fit with all of the value's fraction bits.</param>
    /// <param name="bits">Fraction bits of a number that is no constant.</param>
    private int Scale(int x, Attr scalar, bool whole = false, int bits = FactorBits)
    {
        if (scalar is RealAttr constant)
        {
            double value = constant.ToDouble();
            double magnitude = Math.Abs(value);
            if (value == Math.Floor(value) && magnitude <= 1 << 20)
            {
                bits = 0;
            }
            else if (CeilLog2(magnitude) is int power && Math.Pow(2, power) == value)
            {
                Number same = numbers[x];
                return Emit("relabel", [x], Attributes.None, Shape(x), same.Scale - power, same.Low, same.High);
            }
            else
            {
                bits = Math.Max(0, 16 - CeilLog2(magnitude));
            }
        }

        if (!whole && numbers[x].RequiredRing + bits > 60)
        {
            x = AtMost(x, fraction);
        }

        Number number = numbers[x];
        (BigInteger low, BigInteger high) = ScalarRange(scalar, bits);
        (BigInteger productLow, BigInteger productHigh) = ProductRange(number.Low, number.High, low, high);
        return Emit("scale", [x], Attributes.Of(("scalar", scalar), ("bits", (long)bits)), Shape(x), number.Scale + bits, productLow,
            productHigh);
    }

    /// <summary>A quotient by a public number: the product with its inverse, which both parties and the dealer know.</summary>
    private int Divide(int x, Attr divisor)
    {
        if (divisor is RealAttr constant)
        {
            double value = constant.ToDouble();
            return value != 0 ? Scale(x, RealAttr.Of(1 / value)) : throw MayBeZero("the divisor is 0; divide by another number");
        }

        string text = ((TextAttr)divisor).Value;
        if (text.StartsWith("inverse(", StringComparison.Ordinal))
        {
            // An integer that the session checks to be positive.
            double most = (double)BigInteger.Max(1, Maximum(ExprParser.Parse(Argument(text))));
            return Scale(x, divisor, bits: ReciprocalBits(1, most, numbers[x]));
        }

        if (!text.StartsWith("param(", StringComparison.Ordinal))
        {
            throw new CompileError("MPC1020", "only a constant or a parameter divides; multiply by it where it is an inverse itself", site);
        }

        string name = Argument(text);
        (double low, double high) = DeclaredRange(name);
        return low > 0 || high < 0
            ? Scale(x, new TextAttr($"reciprocal({name})"), bits: ReciprocalBits(low, high, numbers[x]))
            : throw MayBeZero(string.Format(CultureInfo.InvariantCulture,
                "the divisor '{0}' lies in [{1:G4}, {2:G4}], which holds 0; declare a [Range] on one side of 0", name, low, high));
    }

    private CompileError MayBeZero(string message) => new("MPC3005", message, site);

    /// <summary>The parameter whose inverse a public number is.</summary>
    private static string? Reciprocal(Attr scalar) =>
        scalar is TextAttr { Value: string text } && text.StartsWith("reciprocal(", StringComparison.Ordinal) ? Argument(text) : null;

    /// <summary>As many fraction bits as the inverse of the largest divisor needs for 16 significant ones, if the ring has them.</summary>
    private int ReciprocalBits(double low, double high, Number number)
    {
        int needed = Math.Max(0, 16 + CeilLog2(Math.Max(Math.Abs(low), Math.Abs(high))));
        int inverse = Math.Max(0, CeilLog2(1 / Math.Min(Math.Abs(low), Math.Abs(high))));
        int width = number.RequiredRing - Math.Max(0, number.Scale - fraction);
        return Math.Min(needed, Math.Max(FactorBits, 60 - inverse - width));
    }

    private static string Argument(string text)
    {
        int open = text.IndexOf('(');
        return text.Substring(open + 1, text.Length - open - 2);
    }

    /// <summary>What a public number's parameter declares.</summary>
    private (double Low, double High) DeclaredRange(string parameter)
    {
        Attributes declared = function.Parameters.First(p => p.Name == parameter).Attributes;
        return declared.Has("low")
            ? (declared.Real("low"), declared.Real("high"))
            : throw new CompileError("MPC3003", $"the public number '{parameter}' has no declared range; add [Range(low, high)]", site);
    }

    private (BigInteger Low, BigInteger High) ScalarRange(Attr scalar, int bits)
    {
        if (scalar is RealAttr constant)
        {
            BigInteger raw = (BigInteger)Math.Round(constant.ToDouble() * Math.Pow(2, bits));
            return (raw, raw);
        }

        string text = ((TextAttr)scalar).Value;
        if (text.StartsWith("param(", StringComparison.Ordinal))
        {
            (double low, double high) = DeclaredRange(Argument(text));
            Number range = RawRange(low, high, bits);
            return (range.Low, range.High);
        }

        if (Reciprocal(scalar) is string divisor)
        {
            // On one side of 0 the inverse falls as the divisor grows.
            (double low, double high) = DeclaredRange(divisor);
            Number range = RawRange(1 / high, 1 / low, bits);
            return (range.Low, range.High);
        }

        return (0, BigInteger.One << bits);
    }

    private static (BigInteger Low, BigInteger High) ProductRange(BigInteger a, BigInteger b, BigInteger c, BigInteger d)
    {
        BigInteger[] corners = [a * c, a * d, b * c, b * d];
        return (corners.Min(), corners.Max());
    }

    private static Attr Scalar(Op op) => Attribute(op, "scalar");

    private static Attr Attribute(Op op, string name) => op.Attributes.All.First(a => a.Key == name).Value;

    private double Constant(Op op) => Scalar(op) is RealAttr constant
        ? constant.ToDouble()
        : throw new CompileError("MPC1020", "only a constant can be subtracted here; add its negative", site);

    private int Layout(string kind, int x, Attributes attributes, ImmutableArray<Expr> shape)
    {
        Number number = numbers[x];
        Form form = definitions.TryGetValue(x, out Op? op) ? op.Results.First(r => r.Id == x).Tensor.Form : Form.Masked;
        return Emit(kind, [x], attributes, shape, number.Scale, number.Low, number.High, form);
    }

    private int Concat(Op op)
    {
        int first = numbers[Use(op.Operands[0])].Scale;
        int second = numbers[Use(op.Operands[1])].Scale;
        int scale = Math.Max(Math.Min(first, second), Math.Min(fraction, Math.Max(first, second)));
        int a = Align(Use(op.Operands[0]), scale);
        int b = Align(Use(op.Operands[1]), scale);
        return Emit("concat", [a, b], Attributes.Of(("axis", op.Attributes.Has("axis") ? op.Attributes.Expr("axis") : Expr.Zero)),
            op.Result.Tensor.Shape,
            scale, BigInteger.Min(numbers[a].Low, numbers[b].Low), BigInteger.Max(numbers[a].High, numbers[b].High));
    }

    private int Sum(int x, int axis)
    {
        Number number = numbers[x];
        BigInteger count = Maximum(Shape(x)[axis]);
        return Emit("sum", [x], Attributes.Of(("axis", (long)axis)), Shape(x).SetItem(axis, Expr.One), number.Scale,
            number.Low.Sign < 0 ? number.Low * count : number.Low, number.High.Sign > 0 ? number.High * count : number.High);
    }

    private int Mean(int x, int axis)
    {
        x = AtMost(x, fraction);
        int mean = Scale(Sum(x, axis), $"inverse({Shape(x)[axis]})");
        int by = numbers[mean].Scale - numbers[x].Scale;
        Refine(mean, (numbers[x].Low - 1) << by, (numbers[x].High + 1) << by);
        return mean;
    }

    private int Public(Op op)
    {
        (BigInteger low, BigInteger high) = ScalarRange(Scalar(op), fraction);
        int constant = Emit("constant", [], op.Attributes.With("bits", (long)fraction), op.Result.Tensor.Shape, fraction, low, high,
            Form.Public);
        return Emit("public", [constant], Attributes.None, op.Result.Tensor.Shape, fraction, low, high);
    }

    private int Rotary(Op op)
    {
        int x = Use(op.Operands[0]);
        if (numbers[x].RequiredRing + RotaryBits + 1 > 60)
        {
            x = AtMost(x, fraction);
        }

        Number number = numbers[x];
        // A rotation keeps the length of a pair, so no coordinate exceeds √2 times the largest one.
        BigInteger bound = BigInteger.Max(BigInteger.Abs(number.Low), BigInteger.Abs(number.High)) * 1449 / 1024 + 1;
        return Emit("rotary", [x], op.Attributes.With("bits", (long)RotaryBits), Shape(x), number.Scale + RotaryBits, -bound << RotaryBits,
            bound << RotaryBits);
    }

    private int State(Op op, ImmutableArray<int> operands)
    {
        int scale = op.Attributes.Int("fractionBits");
        Number range = RawRange(op.Attributes.Real("low"), op.Attributes.Real("high"), scale);
        if (operands.Length > 0)
        {
            Number rows = numbers[operands[0]];
            if (rows.Low < range.Low - 2 || rows.High > range.High + 2)
            {
                throw new CompileError("MPC3002",
                    FormattableString.Invariant($"rows within [{Real(rows.Low, scale):G4}, {Real(rows.High, scale):G4}] do not fit the ")
                        + "state's declared range; end them with .Within(low, high)",
                    site);
            }
        }

        return Emit(op.Kind, operands, op.Attributes, op.Result.Tensor.Shape, scale, range.Low - 2, range.High + 2);
    }

    private int Reveal(Op op)
    {
        int x = AtMost(Use(op.Operands[0]), fraction);
        return Emit("reveal", [x], op.Attributes, op.Result.Tensor.Shape, numbers[x].Scale, numbers[x].Low, numbers[x].High, Form.Revealed);
    }
}
