using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MPCache.Generator.CodeFixes;

/// <summary>MPC1011: makes the method static, or the classes around an entry point partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class DeclarationFix : Fix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["MPC1011"];

    /// <inheritdoc/>
    private protected override void Offer(Offers offers, SyntaxNode node)
    {
        if (node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not MethodDeclarationSyntax method)
        {
            return;
        }

        if (!method.Modifiers.Any(SyntaxKind.StaticKeyword))
        {
            int behind = method.Modifiers.TakeWhile(IsAccess).Count();
            offers.Replace($"Make '{method.Identifier.ValueText}' static", method, method.WithModifiers(
                method.Modifiers.Insert(behind, SyntaxFactory.Token(SyntaxKind.StaticKeyword).WithTrailingTrivia(SyntaxFactory.Space))));
            return;
        }

        // The innermost of them first; where more are missing the diagnostic comes again.
        if (method.Ancestors().OfType<ClassDeclarationSyntax>()
            .FirstOrDefault(c => !c.Modifiers.Any(SyntaxKind.PartialKeyword)) is ClassDeclarationSyntax type)
        {
            SyntaxToken partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
            ClassDeclarationSyntax made = type.Modifiers.Count > 0
                ? type.AddModifiers(partial)
                : type.WithKeyword(type.Keyword.WithLeadingTrivia())
                    .WithModifiers(SyntaxFactory.TokenList(partial.WithLeadingTrivia(type.Keyword.LeadingTrivia)));
            offers.Replace($"Make '{type.Identifier.ValueText}' partial", type, made);
        }
    }

    private static bool IsAccess(SyntaxToken modifier) => modifier.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.InternalKeyword
        or SyntaxKind.PrivateKeyword or SyntaxKind.ProtectedKeyword;
}
