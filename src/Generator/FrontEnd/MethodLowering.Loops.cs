using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

// Counted loops, kept as loops: the body's parameters are the counter and the tensors that it carries from step to step.
internal sealed partial class MethodLowering
{
    private void LowerFor(IForLoopOperation loop)
    {
        ForStatementSyntax syntax = (ForStatementSyntax)loop.Syntax;
        if (Counter(loop) is not { Symbol: { Type.SpecialType: SpecialType.System_Int32 } counter } declarator
            || declarator.GetVariableInitializer() is not { } start
            || !CountsUp(loop, counter))
        {
            Reject(syntax.ForKeyword.Span, Rejection.LoopForm());
            return;
        }

        if (loop.Condition is not IBinaryOperation
            {
                OperatorKind: BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual,
                OperatorMethod: null,
                LeftOperand: ILocalReferenceOperation { Local: var compared },
                RightOperand: { Type.SpecialType: SpecialType.System_Int32 } bound,
            } condition
            || !SymbolEqualityComparer.Default.Equals(compared, counter))
        {
            Reject(syntax.Condition?.Span ?? syntax.ForKeyword.Span, LoopConditionRejection(loop.Condition));
            return;
        }

        List<(ISymbol Symbol, TextSpan Span)> assigned = Assignments(loop.Body).ToList();
        if (DslSymbols.DependsOnElements(bound))
        {
            Reject(bound.Syntax.Span, Rejection.LoopBoundSecret());
            return;
        }

        if (References(bound).FirstOrDefault(s => assigned.Any(a => SymbolEqualityComparer.Default.Equals(a.Symbol, s))
            || SymbolEqualityComparer.Default.Equals(s, counter)) is { } changing)
        {
            Reject(bound.Syntax.Span, Rejection.LoopBoundChanges(changing.Name));
            return;
        }

        Value low = Lower(start.Value);
        Value high = Lower(bound);
        if (condition.OperatorKind == BinaryOperatorKind.LessThanOrEqual)
        {
            Value one = Emit("int.const", new IntType(), condition.Syntax, Attributes.Of(("value", 1)));
            high = Emit("int.add", new IntType(), condition.Syntax, Attributes.None, high, one);
        }

        ImmutableArray<ISymbol> carried = Carried(assigned, counter);
        ImmutableArray<Value> initial = carried.SelectMany(s => bindings[s]).ToImmutableArray();
        HashSet<ISymbol> visible = new(bindings.Keys, SymbolEqualityComparer.Default);
        List<Op> outer = ops;
        ops = [];
        loopDepth++;
        Value index = Fresh(new IntType());
        bindings[counter] = [index];
        ImmutableArray<Value> parameters = Rebind(carried);
        LowerStatement(loop.Body);
        Block body = new(
            parameters.Insert(0, index), ops.ToImmutableArray(), carried.SelectMany(s => bindings[s]).Select(v => v.Id).ToImmutableArray());
        loopDepth--;
        ops = outer;

        // What the body alone defines ends with it, also for a local declared before the loop without a value.
        foreach (ISymbol symbol in bindings.Keys.Where(s => !visible.Contains(s)).ToList())
        {
            bindings.Remove(symbol);
        }

        TextSpan header = TextSpan.FromBounds(syntax.ForKeyword.SpanStart, syntax.CloseParenToken.Span.End);
        Append("for", Rebind(carried), header, Attributes.None, initial.Insert(0, high).Insert(0, low), body);
    }

    private static Rejection LoopConditionRejection(IOperation? condition) =>
        condition is not null && DslSymbols.DependsOnElements(condition) ? Rejection.LoopBoundSecret() : Rejection.LoopForm();

    /// <summary>The only variable that the loop declares, or null.</summary>
    private static IVariableDeclaratorOperation? Counter(IForLoopOperation loop)
    {
        List<IVariableDeclaratorOperation> declared =
            loop.Before.SelectMany(o => o.DescendantsAndSelf()).OfType<IVariableDeclaratorOperation>().ToList();
        return loop.Before.Length == 1 && declared.Count == 1 ? declared[0] : null;
    }

    private static bool CountsUp(IForLoopOperation loop, ILocalSymbol counter) =>
        loop.AtLoopBottom.Length == 1 && (loop.AtLoopBottom[0] as IExpressionStatementOperation)?.Operation switch
        {
            IIncrementOrDecrementOperation { Kind: OperationKind.Increment, Target: ILocalReferenceOperation target } =>
                SymbolEqualityComparer.Default.Equals(target.Local, counter),
            ICompoundAssignmentOperation
            {
                OperatorKind: BinaryOperatorKind.Add,
                Target: ILocalReferenceOperation target,
                Value.ConstantValue: { HasValue: true, Value: 1 },
            } => SymbolEqualityComparer.Default.Equals(target.Local, counter),
            _ => false,
        };

    /// <summary>The tensors from outside that the body assigns, in the order of their first assignment. Numbers are refused.</summary>
    private ImmutableArray<ISymbol> Carried(IEnumerable<(ISymbol Symbol, TextSpan Span)> assigned, ILocalSymbol counter)
    {
        List<ISymbol> carried = [];
        foreach ((ISymbol symbol, TextSpan span) in assigned)
        {
            if (SymbolEqualityComparer.Default.Equals(symbol, counter))
            {
                Reject(span, Rejection.NumberAssignedInLoop(symbol.Name));
            }
            else if (bindings.TryGetValue(symbol, out ImmutableArray<Value> values)
                && !carried.Contains(symbol, SymbolEqualityComparer.Default))
            {
                if (values.All(v => v.Type is UnknownType))
                {
                    carried.Add(symbol);
                }
                else
                {
                    Reject(span, values.Any(v => v.Type is SelectionType)
                        ? Rejection.SelectionAssignedInLoop(symbol.Name)
                        : Rejection.NumberAssignedInLoop(symbol.Name));
                }
            }
        }

        return carried.ToImmutableArray();
    }

    private ImmutableArray<Value> Rebind(ImmutableArray<ISymbol> symbols)
    {
        foreach (ISymbol symbol in symbols)
        {
            bindings[symbol] = bindings[symbol].Select(v => Fresh(v.Type)).ToImmutableArray();
        }

        return symbols.SelectMany(s => bindings[s]).ToImmutableArray();
    }

    private static IEnumerable<ISymbol> References(IOperation operation) =>
        operation.DescendantsAndSelf().SelectMany<IOperation, ISymbol>(o => o switch
        {
            ILocalReferenceOperation local => [local.Local],
            IParameterReferenceOperation parameter => [parameter.Parameter],
            _ => [],
        });
}
