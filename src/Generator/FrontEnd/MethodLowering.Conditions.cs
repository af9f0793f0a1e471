using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

// Conditions: one that is known at compile time takes its branch; one on public integers is kept, with both branches and what leaves them.
internal sealed partial class MethodLowering
{
    private static readonly IrType Bool = new BoolType();

    private int branchDepth;

    /// <summary>A branch under way: its operations, the value of the conditional expression, and what variables hold at its end.</summary>
    private sealed record Branch(
        ImmutableArray<Op> Ops, ImmutableArray<Value> Parts, Dictionary<ISymbol, ImmutableArray<Value>> Bindings);

    private void LowerIf(IConditionalOperation choice)
    {
        TextSpan header = choice.Syntax is IfStatementSyntax statement
            ? TextSpan.FromBounds(statement.IfKeyword.SpanStart, statement.CloseParenToken.Span.End)
            : choice.Syntax.Span;
        Choose(choice, header, branch =>
        {
            if (branch is not null)
            {
                LowerStatement(branch);
            }

            return [];
        });
    }

    /// <summary>The value of <c>condition ? a : b</c>, one part for each element of a tuple.</summary>
    private ImmutableArray<Value> LowerChoice(IConditionalOperation choice) =>
        Choose(choice, choice.Syntax.Span, branch => LowerParts(branch!)) ?? Placeholders(choice);

    /// <summary>Lowers the branch that a condition takes, or both; null after saying that nothing decides the condition.</summary>
    private ImmutableArray<Value>? Choose(
        IConditionalOperation choice, TextSpan at, Func<IOperation?, ImmutableArray<Value>> lower)
    {
        if (CompileTime.Evaluate(choice.Condition, model.Compilation) is bool known)
        {
            return lower(known ? choice.WhenTrue : choice.WhenFalse);
        }

        if (Condition(choice.Condition) is not Value condition)
        {
            return null;
        }

        Dictionary<ISymbol, ImmutableArray<Value>> before = new(bindings, SymbolEqualityComparer.Default);
        Branch then = Lower(choice.WhenTrue, lower, before);
        Branch otherwise = Lower(choice.WhenFalse, lower, before);
        (ISymbol Symbol, TextSpan Span)[] leaving = Leaving(choice, then, otherwise).ToArray();
        foreach ((ISymbol symbol, TextSpan span) in leaving)
        {
            RejectUnmergeable(span, symbol.Name, then.Bindings[symbol]);
        }

        RejectUnmergeable(at, ExpressionText.Of(choice.Syntax), then.Parts);
        Block Yielding(Branch branch) => new(
            [], branch.Ops, leaving.SelectMany(l => branch.Bindings[l.Symbol]).Concat(branch.Parts).Select(v => v.Id).ToImmutableArray());
        ImmutableArray<Value> parts = then.Parts.Select(v => Fresh(v.Type)).ToImmutableArray();
        List<Value> results = [];
        List<string> names = [];
        foreach ((ISymbol symbol, TextSpan _) in leaving)
        {
            bindings[symbol] = then.Bindings[symbol].Select(v => Fresh(v.Type)).ToImmutableArray();
            results.AddRange(bindings[symbol]);
            names.AddRange(bindings[symbol].Select(_ => symbol.Name));
        }

        results.AddRange(parts);
        names.AddRange(parts.Select(_ => ""));
        Attributes attributes = results.Count > 0 ? Attributes.Of(("names", string.Join(",", names))) : Attributes.None;
        ops.Add(new Op("if", results.ToImmutableArray(), [condition.Id], attributes, SiteOf(at), Yielding(then), Yielding(otherwise)));
        return parts;
    }

    private Branch Lower(
        IOperation? branch, Func<IOperation?, ImmutableArray<Value>> lower, Dictionary<ISymbol, ImmutableArray<Value>> before)
    {
        List<Op> outer = ops;
        ops = [];
        branchDepth++;
        ImmutableArray<Value> parts = lower(branch);
        branchDepth--;
        Branch lowered = new(ops.ToImmutableArray(), parts, new(bindings, SymbolEqualityComparer.Default));
        ops = outer;
        bindings.Clear();
        foreach (KeyValuePair<ISymbol, ImmutableArray<Value>> binding in before)
        {
            bindings[binding.Key] = binding.Value;
        }

        return lowered;
    }

    /// <summary>
    /// What differs behind the branches, with its first assignment: variables from outside that one of them assigns. What a branch alone
    /// declares ends with it, and so does a variable without a value that the other branch leaves without one.
    /// </summary>
    private static IEnumerable<(ISymbol Symbol, TextSpan Span)> Leaving(IConditionalOperation choice, Branch then, Branch otherwise)
    {
        HashSet<ISymbol> seen = new(SymbolEqualityComparer.Default);
        return Assignments(choice).Where(a => seen.Add(a.Symbol)
            && then.Bindings.TryGetValue(a.Symbol, out ImmutableArray<Value> first)
            && otherwise.Bindings.TryGetValue(a.Symbol, out ImmutableArray<Value> second) && !first.SequenceEqual(second));
    }

    private void RejectUnmergeable(TextSpan at, string text, ImmutableArray<Value> values)
    {
        if (values.Any(v => v.Type is SelectionType))
        {
            Reject(at, Rejection.SelectionOfBranch(text));
        }
        else if (values.Any(v => v.Type is not (UnknownType or IntType)))
        {
            Reject(at, Rejection.NumberOfBranch(text));
        }
    }

    /// <summary>A condition on public integers, or null after saying why it is none.</summary>
    private Value? Condition(IOperation condition)
    {
        if (condition.DescendantsAndSelf().Any(o => o is IInvalidOperation))
        {
            isInvalid = true;
        }
        else if (DslSymbols.DependsOnElements(condition))
        {
            Reject(condition.Syntax.Span, Rejection.BranchOnSecret());
        }
        else if (PublicCondition(condition) is Value value)
        {
            return value;
        }
        else
        {
            Reject(condition.Syntax.Span, Rejection.ConditionNotPublic());
        }

        return null;
    }

    /// <summary>Comparisons of public integers and what <c>&amp;&amp; || !</c> make of them; null of anything else.</summary>
    private Value? PublicCondition(IOperation condition)
    {
        switch (condition)
        {
            case not null when CompileTime.Evaluate(condition, model.Compilation) is bool known:
                return Emit("bool.const", Bool, condition.Syntax, Attributes.Of(("value", known ? 1 : 0)));
            case IParenthesizedOperation parenthesized:
                return PublicCondition(parenthesized.Operand);
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } negation:
                return PublicCondition(negation.Operand) is Value negated
                    ? Emit("bool.not", Bool, condition.Syntax, Attributes.None, negated)
                    : null;
            case IBinaryOperation { OperatorMethod: null, OperatorKind: var kind } binary when Junction(kind) is string junction:
                return PublicCondition(binary.LeftOperand) is Value left && PublicCondition(binary.RightOperand) is Value right
                    ? Emit(junction, Bool, condition.Syntax, Attributes.None, left, right)
                    : null;
            case IBinaryOperation { OperatorMethod: null, OperatorKind: var kind } binary when Comparison(kind) is string comparison
                && DslSymbols.TypeOf(binary.LeftOperand.Type) is IntType && DslSymbols.TypeOf(binary.RightOperand.Type) is IntType:
                return Emit(
                    "int.compare", Bool, condition.Syntax, Attributes.Of(("by", comparison)), Lower(binary.LeftOperand),
                    Lower(binary.RightOperand));
            case ILocalReferenceOperation local when bindings.TryGetValue(local.Local, out ImmutableArray<Value> values)
                && values.Length == 1 && values[0].Type is BoolType:
                return values[0];
            default:
                return null;
        }
    }

    private static string? Junction(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.ConditionalAnd => "bool.and",
        BinaryOperatorKind.ConditionalOr => "bool.or",
        _ => null,
    };

    private static string? Comparison(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.LessThan => "<",
        BinaryOperatorKind.LessThanOrEqual => "<=",
        BinaryOperatorKind.GreaterThan => ">",
        BinaryOperatorKind.GreaterThanOrEqual => ">=",
        BinaryOperatorKind.Equals => "==",
        BinaryOperatorKind.NotEquals => "!=",
        _ => null,
    };
}
