using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MPCache.Generator.CodeFixes;

/// <summary>
/// MPC3003: ends the assignment of what a loop carries with <c>.Within(-64, 64)</c>. The bounds are a first guess: plain runs check them,
/// and calibration says how far values go.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class CarriedRangeFix : Fix
{
    private const string Range = "Within(-64, 64)";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["MPC3003"];

    /// <inheritdoc/>
    private protected override void Offer(Offers offers, SyntaxNode node)
    {
        if (node is ExpressionSyntax assigned && assigned.Parent is AssignmentExpressionSyntax assignment && assignment.Right == assigned
            && assignment.FirstAncestorOrSelf<ForStatementSyntax>() is ForStatementSyntax loop
            && loop.Statement.Span.Contains(assignment.Span))
        {
            offers.Replace($"Add .{Range}", assigned, assigned.Then(Range));
        }
    }
}
