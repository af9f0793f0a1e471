using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MPCache.Generator.CodeFixes;

/// <summary>MPC4003: gathers rows in the order in which they stand.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class InOrderFix : Fix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["MPC4003"];

    /// <inheritdoc/>
    private protected override void Offer(Offers offers, SyntaxNode node)
    {
        if (node is InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 2 } arguments })
        {
            ArgumentSyntax? named = arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == "selection");
            ExpressionSyntax selection = (named ?? arguments[1]).Expression;
            offers.Replace("Gather in the order of the rows with .InOrder()", selection, selection.Then("InOrder()"));
        }
    }
}
