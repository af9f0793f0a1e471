using System;
using System.Collections.Generic;
using System.Globalization;

namespace MPCache.Contract;

/// <summary>Reads the canonical text of session expressions: <c>2*heads*tokens + ceildiv(tokens, 8) - 1</c>.</summary>
public static class ExprParser
{
    /// <summary>Parses a whole text.</summary>
    /// <exception cref="FormatException">The text is no session expression; the message says where.</exception>
    public static Expr Parse(string text)
    {
        int position = 0;
        Expr result = Parse(text, ref position);
        SkipSpace(text, ref position);
        return position == text.Length ? result : throw Error(text, position, "an operator or the end");
    }

    /// <summary>Parses the longest expression from a position on, and moves the position behind it.</summary>
    /// <exception cref="FormatException">No session expression starts there.</exception>
    public static Expr Parse(string text, ref int position)
    {
        SkipSpace(text, ref position);
        bool negative = Accept(text, ref position, '-');
        Expr sum = Product(text, ref position);
        sum = negative ? Expr.Zero - sum : sum;
        while (true)
        {
            int before = position;
            SkipSpace(text, ref position);
            if (Accept(text, ref position, '+'))
            {
                sum += Product(text, ref position);
            }
            else if (position + 1 < text.Length && text[position] == '-' && text[position + 1] != '>')
            {
                position++;
                sum -= Product(text, ref position);
            }
            else
            {
                position = before;
                return sum;
            }
        }
    }

    private static Expr Product(string text, ref int position)
    {
        Expr product = Factor(text, ref position);
        while (true)
        {
            int before = position;
            SkipSpace(text, ref position);
            if (!Accept(text, ref position, '*'))
            {
                position = before;
                return product;
            }

            product *= Factor(text, ref position);
        }
    }

    private static Expr Factor(string text, ref int position)
    {
        SkipSpace(text, ref position);
        int start = position;
        if (Accept(text, ref position, '('))
        {
            Expr inner = Parse(text, ref position);
            Expect(text, ref position, ')');
            return inner;
        }

        while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] is '_' or '.'))
        {
            position++;
        }

        if (position == start)
        {
            throw Error(text, position, "a number, a name or '('");
        }

        string word = text.Substring(start, position - start);
        if (char.IsDigit(word[0]))
        {
            return long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
                ? Expr.Constant(number)
                : throw Error(text, start, "an integer");
        }

        if (!Accept(text, ref position, '('))
        {
            return Expr.Symbol(word);
        }

        if (word == "if")
        {
            Condition condition = ConditionParser.Parse(text, ref position);
            Expect(text, ref position, ',');
            Expr then = Parse(text, ref position);
            Expect(text, ref position, ',');
            Expr otherwise = Parse(text, ref position);
            Expect(text, ref position, ')');
            return Expr.If(condition, then, otherwise);
        }

        if (word == "sum")
        {
            SkipSpace(text, ref position);
            int nameStart = position;
            while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] is '_' or '.'))
            {
                position++;
            }

            string index = text.Substring(nameStart, position - nameStart);
            Expect(text, ref position, ',');
            Expr low = Parse(text, ref position);
            Expect(text, ref position, ',');
            Expr high = Parse(text, ref position);
            Expect(text, ref position, ',');
            Expr body = Parse(text, ref position);
            Expect(text, ref position, ')');
            return Expr.Sum(index, low, high, body);
        }

        List<Expr> arguments = [Parse(text, ref position)];
        SkipSpace(text, ref position);
        while (Accept(text, ref position, ','))
        {
            arguments.Add(Parse(text, ref position));
            SkipSpace(text, ref position);
        }

        Expect(text, ref position, ')');
        return Expr.Function(word, arguments.ToArray());
    }

    private static void SkipSpace(string text, ref int position)
    {
        while (position < text.Length && text[position] == ' ')
        {
            position++;
        }
    }

    private static bool Accept(string text, ref int position, char expected)
    {
        if (position < text.Length && text[position] == expected)
        {
            position++;
            return true;
        }

        return false;
    }

    private static void Expect(string text, ref int position, char expected)
    {
        SkipSpace(text, ref position);
        if (!Accept(text, ref position, expected))
        {
            throw Error(text, position, $"'{expected}'");
        }
    }

    private static FormatException Error(string text, int position, string expected) =>
        new($"'{text}': expected {expected} at position {position}");
}
