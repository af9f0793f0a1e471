using System.Linq;
using System.Text;

namespace MPCache.Generator.Ir;

/// <summary>
/// Writes the canonical text of a function: the pipeline's equality key, the snapshot, and what the fingerprint hashes.
/// Site spans are printed only on request, so that moving a method does not change its text.
/// </summary>
internal static class Printer
{
    public static string Print(Function function, bool spans = false)
    {
        StringBuilder text = new();
        text.Append("func ").Append(function.Name);
        if (function.Attributes != Attributes.None)
        {
            text.Append(' ').Append(function.Attributes);
        }

        text.Append("\n(\n");
        foreach (Parameter parameter in function.Parameters)
        {
            text.Append("  ").Append(parameter.Value).Append(' ').Append(parameter.Name).Append(" : ").Append(parameter.Value.Type);
            if (parameter.Attributes.All.Any())
            {
                text.Append(' ').Append(parameter.Attributes);
            }

            text.Append('\n');
        }

        text.Append(")\n{\n");
        Print(text, function.Body, 1, function);
        text.Append("}\n");
        for (int i = 0; i < function.Sites.Length; i++)
        {
            Site site = function.Sites[i];
            text.Append("site @").Append(i).Append(' ').Append(new TextAttr(site.Function));
            if (spans)
            {
                text.Append(' ').Append(site.Start).Append(' ').Append(site.Length);
            }

            text.Append(' ').Append(new TextAttr(site.Text)).Append('\n');
        }

        return text.ToString();
    }

    private static void Print(StringBuilder text, Block block, int depth, Function function)
    {
        foreach (Op op in block.Ops)
        {
            text.Append(' ', depth * 2);
            if (op.Results.Length > 0)
            {
                text.Append(string.Join(", ", op.Results)).Append(" = ");
            }

            text.Append(op.Kind);
            if (op.Operands.Length > 0)
            {
                text.Append(' ').Append(string.Join(", ", op.Operands.Select(o => $"%{o}")));
            }

            if (op.Attributes.All.Any())
            {
                text.Append(' ').Append(op.Attributes);
            }

            if (op.Results.Length > 0)
            {
                text.Append(" : ").Append(string.Join("; ", op.Results.Select(r => r.Type)));
            }

            if (op.Site >= 0)
            {
                text.Append(" @").Append(op.Site);
            }

            if (op.Body is not null)
            {
                text.Append(" (").Append(string.Join("; ", op.Body.Parameters.Select(p => $"{p} : {p.Type}"))).Append(") {\n");
                Print(text, op.Body, depth + 1, function);
                text.Append(' ', depth * 2).Append('}');
                if (op.Otherwise is not null)
                {
                    text.Append(" else {\n");
                    Print(text, op.Otherwise, depth + 1, function);
                    text.Append(' ', depth * 2).Append('}');
                }
            }

            text.Append('\n');
        }

        text.Append(' ', depth * 2).Append("yield");
        if (block.Yields.Length > 0)
        {
            text.Append(' ').Append(string.Join(", ", block.Yields.Select(y => $"%{y}")));
        }

        text.Append('\n');
    }
}
