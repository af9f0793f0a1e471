using System;
using System.Linq;
using MPCache.FixedPoint;

namespace MPCache.Generator.Emission;

/// <summary>A formula as C# of 32-bit floats: what the author's lambda computes when it is called.</summary>
internal static class FormulaText
{
    public static string CSharp(ScalarExpression e)
    {
        string Of(int operand) => CSharp(e.Operands[operand]);
        return e.Name switch
        {
            "x" => "x",
            "neg" => $"-{Of(0)}",
            "add" => $"({Of(0)} + {Of(1)})",
            "sub" => $"({Of(0)} - {Of(1)})",
            "mul" => $"({Of(0)} * {Of(1)})",
            "div" => $"({Of(0)} / {Of(1)})",
            "lt" => $"({Of(0)} < {Of(1)})",
            "le" => $"({Of(0)} <= {Of(1)})",
            "eq" => $"({Of(0)} == {Of(1)})",
            "and" => $"({Of(0)} && {Of(1)})",
            "or" => $"({Of(0)} || {Of(1)})",
            "not" => $"!{Of(0)}",
            "if" => $"({Of(0)} ? {Of(1)} : {Of(2)})",
            _ when e.IsNumber => e.Name.StartsWith("-", StringComparison.Ordinal) ? $"({e.Name}f)" : e.Name + "f",
            _ => "global::System.MathF."
                + $"{char.ToUpperInvariant(e.Name[0])}{e.Name.Substring(1)}({string.Join(", ", e.Operands.Select(CSharp))})",
        };
    }
}
