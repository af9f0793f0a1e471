using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace MPCache.Generator.CodeFixes;

/// <summary>What all cures have in common: each replaces one node of one file.</summary>
public abstract class Fix : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (root is not null && diagnostic.Location.IsInSource && root.FullSpan.Contains(diagnostic.Location.SourceSpan))
            {
                Offer(new Offers(context, diagnostic, root), root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true));
            }
        }
    }

    /// <summary>Offers the cures that there are for what a diagnostic points at.</summary>
    private protected abstract void Offer(Offers offers, SyntaxNode node);

    /// <summary>Where cures are offered.</summary>
    private protected sealed class Offers(CodeFixContext context, Diagnostic diagnostic, SyntaxNode root)
    {
        /// <summary>Offers to replace a node.</summary>
        public void Replace(string title, SyntaxNode before, SyntaxNode after) => context.RegisterCodeFix(
            CodeAction.Create(
                title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(before, after))), equivalenceKey: title),
            diagnostic);
    }
}
