using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace MPCache.Bench.Compiler.Sources;

/// <summary>An edit, such as an author makes between two runs of the generator.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Method">The method in whose declaration the text is, as <c>Class.Method</c>; null where no program is edited.</param>
/// <param name="Path">The file.</param>
/// <param name="Before">The text that is replaced, where it first stands in the method or, without one, in the file.</param>
/// <param name="After">What is written in its place.</param>
internal sealed record SourceEdit(string Name, string? Method, string Path, string Before, string After)
{
    /// <summary>The file's text after the edit.</summary>
    /// <param name="tree">The file.</param>
    /// <exception cref="InvalidOperationException">The sources no longer hold what is edited.</exception>
    public SourceText Apply(SyntaxTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        SourceText text = tree.GetText();
        TextSpan span = Method is null ? new TextSpan(0, text.Length) : Declaration(tree).Span;
        int at = text.ToString(span).IndexOf(Before, StringComparison.Ordinal);
        return at >= 0
            ? text.WithChanges(new TextChange(new TextSpan(span.Start + at, Before.Length), After))
            : throw new InvalidOperationException($"'{Before}' does not stand in {Method ?? Path}: mend the edit '{Name}'.");
    }

    private MethodDeclarationSyntax Declaration(SyntaxTree tree) =>
        tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
            .FirstOrDefault(m => m.Parent is TypeDeclarationSyntax type && $"{type.Identifier}.{m.Identifier}" == Method)
        ?? throw new InvalidOperationException($"{Path} has no method {Method}: mend the edit '{Name}'.");
}
