using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MPCache.Generator.CodeFixes;

/// <summary>MPC4001: reveals a result, to one party or the other. Which one is the author's decision.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class RevealFix : Fix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["MPC4001"];

    /// <inheritdoc/>
    private protected override void Offer(Offers offers, SyntaxNode node)
    {
        // What is revealed already, or made of what is, needs a look at what the author meant.
        bool isRevealed = node.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText == "Reveal");
        if (node is ExpressionSyntax result && !isRevealed)
        {
            foreach (string party in new[] { "Client", "Server" })
            {
                offers.Replace($"Reveal to the {party.ToLowerInvariant()}", result, result.Then($"Reveal(Party.{party})"));
            }
        }
    }
}
