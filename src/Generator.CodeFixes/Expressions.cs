using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MPCache.Generator.CodeFixes;

/// <summary>Changes of an author's expression.</summary>
internal static class Expressions
{
    /// <summary>Calls a method on an expression, in parentheses where the expression needs them.</summary>
    /// <param name="receiver">The expression.</param>
    /// <param name="call">The call, as <c>InOrder()</c>.</param>
    public static ExpressionSyntax Then(this ExpressionSyntax receiver, string call)
    {
        ExpressionSyntax bare = receiver.WithoutTrivia();
        bool isPrimary = bare is InvocationExpressionSyntax or MemberAccessExpressionSyntax or SimpleNameSyntax
            or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax or LiteralExpressionSyntax;
        return SyntaxFactory.ParseExpression($"{(isPrimary ? bare.ToString() : $"({bare})")}.{call}").WithTriviaFrom(receiver);
    }
}
