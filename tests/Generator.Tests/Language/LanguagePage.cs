using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Language;

/// <summary>
/// The page on the C# that a compiled method may contain: statements and operators as the front end answers to them, methods from its
/// table, with what the runtime's documentation says of each.
/// </summary>
internal static class LanguagePage
{
    private static readonly string[] Statements =
    [
        "Tensor z = x * y;", "var z = x * y;", "const int size = 4;", "(Tensor low, Tensor high) = Layer.Halves(x);", "x = x + y;",
        "x += y;",
        "n++;", "_ = x * y;", "{ x = x + y; }", "if (Settings.Enabled) { x = y; } else { x = x + y; }",
        "for (int i = 0; i < n; i++) { x = x + y; }", "for (int i = 2; i <= n - 1; i++) { x = x + y; }",
        "c.Importance = c.Importance.Append(x);", "c.Keys[0] = c.Keys[0].Append(x);", "return x;", "return Settings.Enabled ? x : y;",
        "if (n > 3) { x = y; } else { x = x + y; }", "if (n > 3 && !(x.Size(0) == m)) { m = n; }", "bool isLong = n > 3;",
        "if (n > 3) { c.Importance = c.Importance.Append(x); }",
        "return n > 3 ? x : y;", "for (int i = 0; i < n; i++) { if (i % 2 == 0) { x = x + y; } }", "if (f > 3) { x = y; }",
        "if (n > 3) { f = 2; }", "if (n > 3) { return x; } return y;", "if (x.Values[0] > 0) { x = y; }", "for (int i = n; i > 0; i--) { x = x + y; }",
        "for (int i = 0; i < n; i += 2) { x = x + y; }", "for (int i = 0; i < n; i++) { m = m + 1; }", "while (n > 0) { n--; }",
        "foreach (int i in new[] { 1, 2 }) { x = x + y; }", "for (int i = 0; i < n; i++) { break; }",
        "for (int i = 0; i < n; i++) { return x; } return y;", "switch (n) { default: break; }", "try { x = y; } finally { }",
        "throw new Exception();", "Tensor Twice(Tensor a) => a + a;", "using var file = new System.IO.MemoryStream();",
    ];

    private static readonly string[] Expressions =
    [
        "x", "(x + y)", "-x", "0.5f", "Settings.Scale", "MathF.Sqrt(2f)", "x.Size(0)", "Math.Max(n, m)", "InverseSqrt(n)", "w.Query",
        "w.Query[n]", "w.Layers", "c.Keys[n]", "x[n]", "Layer.Norm(x)", "Gather(selection: s, x: x)",
        "Softmax(x) * (f + g)", "Concat(0, x, y)", "Tensor.Stack(n, i => x[i] * y)", "Tensor.Stack(n, i => { Tensor z = w.Query[i]; return z * y; })",
        "Tensor.Stack(n, i => x[i] * y[i / 2])", "(x, y)", "Layer.Plain(x)", "x.Values", "x.Values[0]", "x.Rank", "x.Shape",
        "Tensor.Stack(n, i => x = y)", "Tensor.Stack(n, Layer.Row)", "x[(int)f]", "MathF.Exp(f)", "new Tensor[2]", "(Func<Tensor>)(() => x)", "x == y", "float.NaN", "n.ToString()",
    ];

    private const string GroupedHeads = """
        [EntryPoint]
        public static Tensor Attend(
            [Shape("groups*size, rows, dim"), Range(-2, 2), Owned(Party.Client)] Tensor queries,
            [Shape("groups, tokens, dim"), Range(-2, 2), Owned(Party.Server)] Tensor keys,
            [Shape("groups, tokens, dim"), Range(-2, 2), Owned(Party.Server)] Tensor values)
        {
            int size = queries.Size(0) / keys.Size(0);
            Tensor attended = Tensor.Stack(queries.Size(0), head =>
            {
                Tensor scores = MatMul(queries[head], keys[head / size].Transpose()) * InverseSqrt(queries.Size(2));
                return MatMul(Softmax(scores), values[head / size]);
            });
            return attended.Reveal(Party.Client);
        }
        """;

    private static readonly (string Name, string Left, string Right)[] Operands =
    [
        ("Tensor ∘ Tensor", "x", "y"), ("Tensor ∘ float", "x", "f"), ("float ∘ Tensor", "f", "x"), ("int ∘ int", "n", "m"),
        ("float ∘ float", "f", "g"), ("constants", "6", "4"),
    ];

    private static readonly string[] Operators = ["+", "-", "*", "/", "%", "<<", "&", "<", "=="];

    private static readonly string[] Classes = ["Functions", "Tensor", "Selection", "RangeAssertion"];

    public static string Write()
    {
        Compilation language = Programs.CompileDocumented();
        StringBuilder page = new();
        page.Append("""
            # The C# you may write

            A method marked `[EntryPoint]` or `[Protocol]` is C# that runs as it stands, in plain floating point, and that the compiler reads.
            This page is written by a test that asks the compiler about each line, so it is what the compiler does. What it refuses has a
            page in [diagnostics](diagnostics/README.md).

            In the examples `x` and `y` are tensors, `s` is a selection, `w` weights, `c` a cache, `n` and `m` are `int`, `f` and `g` are
            `float`.

            ## Statements


            """.ReplaceLineEndings("\n"));
        Answers(page, Probes.Statements(Statements));
        page.Append("""

            A condition compares sizes, `int` parameters and counters, which both parties know before a call, so that it costs nothing and
            shows nothing. Only the branch taken is computed, and the plan has both. Tensors leave the branches with one shape, an `int` as
            what the branch taken made of it, and a state too: if one branch appends to it, or evicts from it, it has as many rows behind
            the branches as the branch taken gave it. In a branch its condition is known to hold, and in the other one not to: where `n > 4`,
            `x.Slice(0, n - 5, 5)` of `n` rows needs no check. Where nothing says that a row or slice is there, the session checks it before
            it sends anything.

            """.ReplaceLineEndings("\n"));
        page.Append("\n## Expressions\n\n");
        Answers(page, Probes.Expressions(Expressions));
        Stacks(page);
        page.Append("\n## Operators\n\n");
        OperatorTable(page);
        page.Append("\n## Methods\n");
        foreach (string type in Classes)
        {
            Methods(page, language.GetTypeByMetadataName("MPCache." + type)!);
        }

        page.Append("\n## Attributes\n\n| attribute | what it says |\n| --- | --- |\n");
        foreach (INamedTypeSymbol attribute in Attributes(language))
        {
            page.Append(CultureInfo.InvariantCulture, $"| `[{attribute.Name[..^"Attribute".Length]}]` | {Summary(attribute)} |\n");
        }

        return page.ToString();
    }

    private static void Answers(StringBuilder page, IReadOnlyList<Probed> answers)
    {
        page.Append("| C# | |\n| --- | --- |\n");
        foreach (Probed probed in answers)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {Code(probed.Code)} | {Verdict(probed)} |\n");
        }
    }

    private static void Stacks(StringBuilder page)
    {
        Compiled program = Programs.CompileAll($$"""
            [Dim("groups", Max = 8)]
            [Dim("size", Max = 8)]
            [Dim("rows", Max = 8)]
            [Dim("tokens", Max = 64)]
            [Dim("dim", Max = 64)]
            public static partial class Heads
            {
            {{GroupedHeads}}
            }
            """)["Heads.Attend"];
        long[] flights = [.. new[] { 1, 2 }.Select(many => program.Plan!.Evaluate(d => d is "groups" or "size" ? many : 8).Flights)];
        Assert.Equal(flights[0], flights[1]);
        page.Append(string.Create(CultureInfo.InvariantCulture, $$"""

            ## Tensors side by side

            `Tensor.Stack` computes tensors that do not depend on each other, all in the flights of one. Heads in groups, each of which shares
            keys and values:

            ```csharp
            {{GroupedHeads}}
            ```

            For 8 rows and tokens that takes {{flights[0]}} flights, of however many heads, and what depends on `head / size` alone is computed
            once for each group. A tensor from outside is read as `x[i]`, `x[first + i * step]` or `x[first + i / times]`, or in slices that
            begin in such places and do not overlap; where it may be too short, the session checks it. What else iterations may not differ in
            says [MPC1025](diagnostics/MPC1025.md).

            """).ReplaceLineEndings("\n"));
    }

    private static void OperatorTable(StringBuilder page)
    {
        Probed[] answers =
        [
            .. Probes.Expressions(from o in Operators from operands in Operands select $"{operands.Left} {o} {operands.Right}"),
        ];
        page.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", Operands.Select(o => o.Name))} |\n");
        page.Append(CultureInfo.InvariantCulture, $"| --- |{string.Concat(Operands.Select(_ => " --- |"))}\n");
        for (int i = 0; i < Operators.Length; i++)
        {
            IEnumerable<string> row = answers.Skip(i * Operands.Length).Take(Operands.Length).Select(Verdict);
            page.Append(CultureInfo.InvariantCulture, $"| {Code(Operators[i])} | {string.Join(" | ", row)} |\n");
        }
    }

    private static void Methods(StringBuilder page, INamedTypeSymbol type)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n### {type.Name}\n\n{Summary(type)}\n\n");
        page.Append("| method | what it computes | compiled |\n| --- | --- | --- |\n");
        foreach (IMethodSymbol method in type.GetMembers().OfType<IMethodSymbol>()
            .Where(m => m.DeclaredAccessibility == Accessibility.Public && Intrinsics.Find(type.Name, m.Name) is not null))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {Code(Signature(method))} | {Summary(method)} | {Compiled(method)} |\n");
        }
    }

    private static IEnumerable<INamedTypeSymbol> Attributes(Compilation language) =>
        language.GetTypeByMetadataName("MPCache.Tensor")!.ContainingNamespace.GetTypeMembers()
            .Where(t => t.DeclaredAccessibility == Accessibility.Public && t.BaseType?.Name == "Attribute")
            .Where(t => t.Name != "ProtocolBodyAttribute")
            .OrderBy(t => t.Name, StringComparer.Ordinal);

    private static string Verdict(Probed probed) => probed.Answer switch
    {
        Answer.Accepted => "✓",
        Answer.NoCSharp => "no C#",
        _ => $"[{probed.Id}](diagnostics/{probed.Id}.md)",
    };

    private static string Signature(IMethodSymbol method)
    {
        IEnumerable<string> parameters = method.Parameters.Where(p => p.Name != "expression").Select((p, i) =>
            (p.IsParams ? "params " : method.IsExtensionMethod && i == 0 ? "this " : "")
            + $"{p.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} {p.Name}"
            + (p.HasExplicitDefaultValue ? " = …" : ""));
        string result = method.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
        return $"{result} {method.Name}({string.Join(", ", parameters)})";
    }

    private static string Summary(ISymbol symbol) => Documentation(symbol, "summary");

    /// <summary>What the remarks say behind "Compiled:", its first paragraph.</summary>
    private static string Compiled(ISymbol symbol)
    {
        string remarks = Documentation(symbol, "remarks");
        int at = remarks.IndexOf("Compiled: ", StringComparison.Ordinal);
        return at < 0 ? "" : remarks[(at + "Compiled: ".Length)..];
    }

    private static string Documentation(ISymbol symbol, string element)
    {
        string? xml = symbol.GetDocumentationCommentXml();
        if (string.IsNullOrEmpty(xml))
        {
            throw new InvalidDataException($"{symbol} has no documentation");
        }

        string text = XElement.Parse(xml).Element(element) is XElement found ? string.Concat(found.Nodes().Select(Markdown)) : "";
        return Regex.Replace(text, @"\s+", " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string Markdown(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Value: { Length: > 0 } value } element => element.Name.LocalName == "c" ? $"`{value}`" : value,
        XElement element when element.Attribute("cref")?.Value is string cref => $"`{cref.Split('(')[0].Split('.').Last()}`",
        XElement element => element.Attribute("name")?.Value ?? "",
        _ => "",
    };

    private static string Code(string text) => "`" + text.Replace("|", "\\|", StringComparison.Ordinal) + "`";
}
