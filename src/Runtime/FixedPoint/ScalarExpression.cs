using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;

namespace MPCache.FixedPoint;

/// <summary>
/// A function of one number as a formula: what an author's <c>Map</c> is to the compiler, and how a compiled program names it to whoever fits
/// it. The text is nested calls of a fixed set of functions, <c>mul(x, sigmoid(x))</c>; numbers are exact decimals.
/// <para>Functions: neg, add, sub, mul, div, min, max, abs, sqrt, exp, log, sin, cos, tanh, erf, sigmoid, pow(e, number); lt, le, eq, not,
/// and, or, which are 0 or 1; if(condition, then, otherwise); and within(low, high, e), which is e inside of [low, high], goes on below
/// as it begins and above mirrored in its end.</para>
/// </summary>
public sealed partial class ScalarExpression
{
    private static readonly Dictionary<string, int> Arities = new(StringComparer.Ordinal)
    {
        ["neg"] = 1, ["add"] = 2, ["sub"] = 2, ["mul"] = 2, ["div"] = 2, ["min"] = 2, ["max"] = 2, ["abs"] = 1, ["sqrt"] = 1, ["exp"] = 1,
        ["log"] = 1, ["sin"] = 1, ["cos"] = 1, ["tanh"] = 1, ["erf"] = 1, ["sigmoid"] = 1, ["pow"] = 2, ["lt"] = 2, ["le"] = 2, ["eq"] = 2,
        ["not"] = 1, ["and"] = 2, ["or"] = 2, ["if"] = 3, ["within"] = 3,
    };

    private static readonly ConcurrentDictionary<string, ScalarExpression> Parsed = new(StringComparer.Ordinal);

    private ScalarExpression(string name, Fixed value, params ScalarExpression[] operands)
    {
        Name = name;
        Value = value;
        Operands = operands;
        Function = Evaluate;
    }

    /// <summary>The argument of the function.</summary>
    public static ScalarExpression Argument { get; } = new("x", Fixed.Zero);

    /// <summary>A function's name, <c>x</c>, or a number's decimal.</summary>
    public string Name { get; }

    /// <summary>What a function is applied to.</summary>
    public IReadOnlyList<ScalarExpression> Operands { get; }

    /// <summary>The function itself, in arithmetic that gives the same bits everywhere; the same delegate for the same parsed text.</summary>
    public Func<Fixed, Fixed> Function { get; }

    /// <summary>Whether this is a number.</summary>
    public bool IsNumber => Operands.Count == 0 && Name != "x";

    /// <summary>A number's value.</summary>
    public Fixed Value { get; }

    /// <summary>A number by its decimal text, such as <c>-1.5e-05</c>.</summary>
    /// <exception cref="FormatException">The text is no decimal.</exception>
    public static ScalarExpression Number(string text) => new(text, Decimal(text));

    /// <summary>A function applied to operands.</summary>
    /// <exception cref="FormatException">There is no such function of so many operands.</exception>
    public static ScalarExpression Call(string name, params ScalarExpression[] operands) =>
        Arities.TryGetValue(name, out int arity) && arity == operands.Length
            ? new ScalarExpression(name, Fixed.Zero, operands)
            : throw new FormatException($"'{name}' is no function of {operands.Length} number(s)");

    /// <summary>Reads a text; the same text gives the same object.</summary>
    /// <exception cref="FormatException">The text is no formula.</exception>
    public static ScalarExpression Parse(string text) => Parsed.GetOrAdd(text, static t =>
    {
        int position = 0;
        ScalarExpression expression = Parse(t, ref position);
        return position == t.Length ? expression : throw new FormatException($"'{t}' goes on at {position} where it should end");
    });

    /// <summary>The text that <see cref="Parse(string)"/> reads.</summary>
    public override string ToString() => Operands.Count == 0 ? Name : $"{Name}({string.Join(", ", Operands)})";

    private static ScalarExpression Parse(string text, ref int position)
    {
        int start = position;
        while (position < text.Length && text[position] is not ('(' or ')' or ',' or ' '))
        {
            position++;
        }

        string name = text.Substring(start, position - start);
        if (position == text.Length || text[position] != '(')
        {
            return name == "x" ? Argument : Number(name);
        }

        List<ScalarExpression> operands = [];
        do
        {
            position++;
            while (position < text.Length && text[position] == ' ')
            {
                position++;
            }

            operands.Add(Parse(text, ref position));
        }
        while (position < text.Length && text[position] == ',');
        if (position++ == text.Length)
        {
            throw new FormatException($"'{text}' ends where ')' should be");
        }

        return Call(name, operands.ToArray());
    }

    private static Fixed Decimal(string text)
    {
        int e = text.IndexOfAny(['e', 'E']);
        string mantissa = e < 0 ? text : text.Substring(0, e);
        int exponent = e < 0 ? 0 : int.Parse(text.Substring(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.');
        exponent -= point < 0 ? 0 : mantissa.Length - point - 1;
        BigInteger digits = BigInteger.Parse(mantissa.Replace(".", ""), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent >= 0
            ? Fixed.FromRatio(digits * BigInteger.Pow(10, exponent), BigInteger.One)
            : Fixed.FromRatio(digits, BigInteger.Pow(10, -exponent));
    }

    private static Fixed Bit(bool value) => value ? Fixed.One : Fixed.Zero;

    private Fixed Evaluate(Fixed x)
    {
        Fixed Of(int operand) => Operands[operand].Evaluate(x);
        return Name switch
        {
            "x" => x,
            "neg" => -Of(0),
            "add" => Of(0) + Of(1),
            "sub" => Of(0) - Of(1),
            "mul" => Of(0) * Of(1),
            "div" => Of(0) / Of(1),
            "min" => Least(Of(0), Of(1)),
            "max" => Greatest(Of(0), Of(1)),
            "abs" => Of(0) is var y && y.Sign < 0 ? -y : y,
            "sqrt" => FixedMath.Sqrt(Of(0)),
            "exp" => FixedMath.Exp(Of(0)),
            "log" => FixedMath.Log(Of(0)),
            "sin" => FixedMath.Sin(Of(0)),
            "cos" => FixedMath.Cos(Of(0)),
            "tanh" => FixedMath.Tanh(Of(0)),
            "erf" => FixedMath.Erf(Of(0)),
            "sigmoid" => FixedMath.Sigmoid(Of(0)),
            "pow" => Power(Of(0), Operands[1].Value),
            "lt" => Bit(Of(0) < Of(1)),
            "le" => Bit(Of(0) <= Of(1)),
            "eq" => Bit(Of(0) == Of(1)),
            "not" => Fixed.One - Of(0),
            "and" => Of(0).Sign == 0 ? Fixed.Zero : Of(1),
            "or" => Of(0).Sign == 0 ? Of(1) : Fixed.One,
            "if" => Of(0).Sign == 0 ? Of(2) : Of(1),
            "within" => Mirrored(x, Operands[0].Value, Operands[1].Value),
            _ => Value,
        };
    }

    private Fixed Mirrored(Fixed x, Fixed low, Fixed high) => x <= high
        ? Operands[2].Evaluate(Greatest(x, low))
        : (2 * Operands[2].Evaluate(high)) - Operands[2].Evaluate(Greatest((2 * high) - x, low));

    private static Fixed Least(Fixed a, Fixed b) => a < b ? a : b;

    private static Fixed Greatest(Fixed a, Fixed b) => a < b ? b : a;

    /// <summary>x^y: by multiplication for a small whole number, else e^(y·ln x), which needs a positive x.</summary>
    private static Fixed Power(Fixed x, Fixed y)
    {
        if (WholeExponent(y) is not int exponent)
        {
            return FixedMath.Exp(y * FixedMath.Log(x));
        }

        Fixed power = Fixed.One;
        for (int i = 0; i < Math.Abs(exponent); i++)
        {
            power *= x;
        }

        return exponent < 0 ? Fixed.One / power : power;
    }

    private static int? WholeExponent(Fixed y)
    {
        BigInteger whole = y.Raw >> Fixed.FractionBits;
        return whole << Fixed.FractionBits == y.Raw && BigInteger.Abs(whole) <= 64 ? (int)whole : null;
    }
}
