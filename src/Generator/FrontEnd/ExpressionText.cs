using System.Text;
using Microsoft.CodeAnalysis;

namespace MPCache.Generator.FrontEnd;

/// <summary>The author's expression as one line: what generated code, plans and messages cite.</summary>
internal static class ExpressionText
{
    private const int MaximumLength = 80;

    /// <summary>The source text with every run of white space and comments as one space, cut at 80 characters.</summary>
    public static string Of(SyntaxNode syntax) => Of(syntax, syntax.Span);

    /// <summary>The part of a node's source text within a span.</summary>
    public static string Of(SyntaxNode syntax, Microsoft.CodeAnalysis.Text.TextSpan span)
    {
        StringBuilder text = new();
        SyntaxToken previous = default;
        foreach (SyntaxToken token in syntax.DescendantTokens(span))
        {
            if (!span.Contains(token.Span))
            {
                continue;
            }

            if (text.Length > 0 && token.SpanStart > previous.Span.End)
            {
                text.Append(' ');
            }

            foreach (char c in token.Text)
            {
                text.Append(char.IsControl(c) ? ' ' : c);
            }

            previous = token;
            if (text.Length > MaximumLength)
            {
                text.Length = char.IsHighSurrogate(text[MaximumLength - 2]) ? MaximumLength - 2 : MaximumLength - 1;
                return text.Append('…').ToString();
            }
        }

        return text.ToString();
    }
}
