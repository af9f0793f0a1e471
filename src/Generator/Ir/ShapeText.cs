using System;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;

namespace MPCache.Generator.Ir;

/// <summary>Reads the text of a declared shape: axes separated by commas, each a session expression.</summary>
internal static class ShapeText
{
    /// <summary>The axes, or null and what is wrong.</summary>
    public static ImmutableArray<Expr>? Parse(string text, out string error)
    {
        ImmutableArray<Expr>.Builder axes = ImmutableArray.CreateBuilder<Expr>();
        error = "";
        if (text.Trim().Length == 0)
        {
            return axes.ToImmutable();
        }

        int position = 0;
        try
        {
            while (true)
            {
                Expr axis = ExprParser.Parse(text, ref position);
                if (axis.AsConstant < 0)
                {
                    error = $"the axis {axis} is negative";
                    return null;
                }

                if (axis.Symbols().FirstOrDefault(IsReserved) is string reserved)
                {
                    error = $"'{reserved}' is a name of generated code; choose another";
                    return null;
                }

                axes.Add(axis);
                while (position < text.Length && text[position] == ' ')
                {
                    position++;
                }

                if (position == text.Length)
                {
                    return axes.ToImmutable();
                }

                if (text[position] != ',')
                {
                    error = $"expected ',' or the end at position {position}";
                    return null;
                }

                position++;
            }
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            error = exception.Message;
            return null;
        }
    }

    /// <summary>Loop indices i0, i1, … and values v0, v1, … of generated code, and its parameters.</summary>
    private static bool IsReserved(string name) =>
        name is "run" or "frame" || (name.Length > 1 && (name[0] is 'i' or 'v') && name.Skip(1).All(char.IsDigit));
}
