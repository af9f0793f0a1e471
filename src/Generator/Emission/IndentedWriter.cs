using System;
using System.Text;

namespace MPCache.Generator.Emission;

/// <summary>Text with indentation; a raw string's lines are indented alike.</summary>
internal sealed class IndentedWriter
{
    private readonly StringBuilder text = new();
    private int depth;

    public void Line(string line = "")
    {
        foreach (string part in line.Split('\n'))
        {
            string trimmed = part.TrimEnd('\r');
            if (trimmed.Length > 0)
            {
                text.Append(' ', depth * 4).Append(trimmed);
            }

            text.Append('\n');
        }
    }

    public Scope Block(string? head = null, string tail = "}")
    {
        if (head is not null)
        {
            Line(head);
        }

        Line("{");
        depth++;
        return new Scope(this, tail);
    }

    public override string ToString() => text.ToString();

    internal readonly struct Scope(IndentedWriter writer, string tail) : IDisposable
    {
        public void Dispose()
        {
            writer.depth--;
            writer.Line(tail);
        }
    }
}
