using System.Globalization;
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
    public static string Int(Expr expression) => expression.AsConstant is long constant
        ? constant.ToString(CultureInfo.InvariantCulture)
        : expression.AsSymbol is string symbol ? $"(int){Dimension(symbol)}" : $"(int)({expression.ToCSharp(Dimension)})";

    /// <summary>An expression as <c>long</c>.</summary>
    public static string Long(Expr expression) => expression.ToCSharp(Dimension);

    /// <summary>A condition as <c>bool</c>.</summary>
    public static string Bool(Condition condition) => condition.ToCSharp(Dimension);

    /// <summary>A C# string literal.</summary>
    public static string Literal(string text) =>
        "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\t", "\\t") + "\"";

    /// <summary>Text that is safe inside an XML documentation comment.</summary>
    public static string Xml(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
