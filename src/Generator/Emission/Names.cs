using System;
using System.Linq;
using MPCache.Contract;

namespace MPCache.Generator.Emission;

/// <summary>How values, dimensions and literals are spelt in generated code.</summary>
internal static class Names
{
    private static readonly string[] Keywords =
        ["params", "in", "out", "ref", "is", "as", "new", "base", "this", "int", "long", "float", "object", "string", "run", "frame"];

    /// <summary>A dimension's variable.</summary>
    public static string Dimension(string name) => Keywords.Contains(name) ? "@" + name : name;

    /// <summary>An expression as <c>int</c>.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="function">What is written for a function in it, given its text.</param>
    public static string Int(Expr expression, Func<string, string>? function = null)
    {
        string text = Long(expression, function);
        return expression.AsConstant is not null ? text : text.All(c => char.IsLetterOrDigit(c) || c is '_' or '@') ? $"(int){text}" : $"(int)({text})";
    }

    /// <summary>An expression as <c>long</c>.</summary>
    /// <inheritdoc cref="Int"/>
    public static string Long(Expr expression, Func<string, string>? function = null) => expression.ToCSharp(Dimension, function);

    /// <summary>A condition as <c>bool</c>.</summary>
    public static string Bool(Condition condition) => condition.ToCSharp(Dimension);

    /// <summary>A C# string literal.</summary>
    public static string Literal(string text) =>
        "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\t", "\\t") + "\"";

    /// <summary>Text that is safe inside an XML documentation comment.</summary>
    public static string Xml(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
