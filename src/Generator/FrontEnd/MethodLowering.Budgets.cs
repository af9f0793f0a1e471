using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

// What the author lets an entry point cost. It is no part of the program's text: a budget changes nothing between the parties.
internal sealed partial class MethodLowering
{
    private void ReadBudgets(Attributes declared)
    {
        string typical = string.Join(", ", declared.All
            .Where(a => a.Key.StartsWith("dim.", StringComparison.Ordinal) && a.Key.EndsWith(".typical", StringComparison.Ordinal))
            .Select(a => $"{a.Key.Split('.')[1]} = {a.Value}"));
        foreach (AttributeData attribute in method.GetAttributes().Where(a => DslSymbols.Is(a, "MPCache.BudgetAttribute")))
        {
            string sizes = DslSymbols.Named(attribute, "Dims", "");
            string[] limited = [.. Budget.Kinds.Where(k => attribute.NamedArguments.Any(a => a.Key == k))];
            if (role != MethodRole.EntryPoint)
            {
                Reject(SpanOf(attribute), Rejection.BudgetOfProtocol(method.Name));
            }
            else if (limited.Length == 0 || limited.Any(k => DslSymbols.Named(attribute, k, -1L) < 0))
            {
                Reject(SpanOf(attribute), Rejection.BudgetWithoutLimit());
            }
            else if (Budget.ReadSizes(sizes) is null)
            {
                Reject(SpanOf(attribute, "Dims"), Rejection.BudgetSizes(sizes));
            }
            else
            {
                foreach (string kind in limited)
                {
                    TextSpan span = SpanOf(attribute, kind);
                    long limit = DslSymbols.Named(attribute, kind, -1L);
                    budgets.Add(new Budget(kind, limit, sizes, typical, span.Start - syntax.SpanStart, span.Length));
                }
            }
        }
    }

    /// <summary>The place of a named argument.</summary>
    private TextSpan SpanOf(AttributeData attribute, string argument) =>
        attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is AttributeSyntax { ArgumentList: { } arguments }
        && arguments.Arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == argument) is { } found
        && syntax.FullSpan.Contains(found.Span)
            ? found.Span
            : SpanOf(attribute);
}
