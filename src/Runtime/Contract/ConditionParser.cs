using System;

namespace MPCache.Contract;

/// <summary>Reads the canonical text of conditions: <c>tokens &lt;= 512 &amp;&amp; (mod(i0, 2) == 0 || layers &gt; 8)</c>.</summary>
public static class ConditionParser
{
    // Of two comparisons that begin alike the longer one comes first.
    private static readonly string[] Comparisons = ["<=", ">=", "==", "!=", "<", ">"];

    /// <summary>Parses a whole text.</summary>
    /// <exception cref="FormatException">The text is no condition; the message says where.</exception>
    public static Condition Parse(string text)
    {
        int position = 0;
        Condition result = Parse(text, ref position);
        return position == text.Length ? result : throw Error(text, position, "'&&', '||' or the end");
    }

    /// <summary>Parses the longest condition from a position on, and moves the position behind it.</summary>
    /// <exception cref="FormatException">No condition starts there.</exception>
    public static Condition Parse(string text, ref int position)
    {
        Condition any = All(text, ref position);
        while (Accept(text, ref position, "||"))
        {
            any = Condition.Or(any, All(text, ref position));
        }

        return any;
    }

    private static Condition All(string text, ref int position)
    {
        Condition all = Single(text, ref position);
        while (Accept(text, ref position, "&&"))
        {
            all = Condition.And(all, Single(text, ref position));
        }

        return all;
    }

    private static Condition Single(string text, ref int position)
    {
        // No side of a comparison begins with a parenthesis: polynomials are written without.
        if (Accept(text, ref position, "("))
        {
            Condition inner = Parse(text, ref position);
            return Accept(text, ref position, ")") ? inner : throw Error(text, position, "')'");
        }

        Expr left = ExprParser.Parse(text, ref position);
        foreach (string comparison in Comparisons)
        {
            if (Accept(text, ref position, comparison))
            {
                return Condition.Compare(left, comparison, ExprParser.Parse(text, ref position));
            }
        }

        return left.AsSymbol switch
        {
            "true" => Condition.Constant(true),
            "false" => Condition.Constant(false),
            _ => throw Error(text, position, "a comparison"),
        };
    }

    private static bool Accept(string text, ref int position, string token)
    {
        int at = position;
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        if (string.CompareOrdinal(text, at, token, 0, token.Length) != 0)
        {
            return false;
        }

        position = at + token.Length;
        return true;
    }

    private static FormatException Error(string text, int position, string expected) =>
        new($"'{text}': expected {expected} at position {position}");
}
