using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

// Statements and assignments. A local is the values it holds now: reassigning it is binding its symbol anew.
internal sealed partial class MethodLowering
{
    // What the method returns; set once, after which the rest of the method is dead code behind a constant condition.
    private ImmutableArray<Value>? returned;
    private int loopDepth;

    private void LowerBlock(IBlockOperation block)
    {
        foreach (IOperation statement in block.Operations)
        {
            if (returned is not null)
            {
                return;
            }

            LowerStatement(statement);
        }
    }

    private void LowerStatement(IOperation statement)
    {
        cancellation.ThrowIfCancellationRequested();
        switch (statement)
        {
            case IBlockOperation block:
                LowerBlock(block);
                break;
            case IEmptyOperation:
                break;
            case IVariableDeclarationGroupOperation group:
                foreach (IVariableDeclaratorOperation declarator in group.Declarations.SelectMany(d => d.Declarators))
                {
                    Declare(declarator);
                }

                break;
            case IExpressionStatementOperation expression:
                LowerEffect(expression.Operation);
                break;
            case IConditionalOperation conditional:
                LowerIf(conditional);
                break;
            case IForLoopOperation loop:
                LowerFor(loop);
                break;
            case IWhileLoopOperation { Condition: IOperation condition } when DslSymbols.DependsOnElements(condition):
                Reject(condition.Syntax.Span, Rejection.BranchOnSecret());
                break;
            case IReturnOperation when loopDepth > 0:
                Reject(statement.Syntax.GetFirstToken().Span, Rejection.ReturnInLoop());
                break;
            case IReturnOperation when branchDepth > 0:
                Reject(statement.Syntax.GetFirstToken().Span, Rejection.ReturnInBranch());
                break;
            case IReturnOperation { Kind: OperationKind.Return } result:
                returned = result.ReturnedValue is null ? [] : LowerParts(result.ReturnedValue);
                break;
            case IInvalidOperation:
                isInvalid = true;
                break;
            case ILocalFunctionOperation { Syntax: LocalFunctionStatementSyntax local }:
                Reject(local.Identifier.Span, Rejection.Statement(local.Identifier.Text));
                break;
            default:
                SyntaxToken first = statement.Syntax.GetFirstToken();
                Reject(first.Span, Rejection.Statement(first.Text));
                break;
        }
    }

    private void Declare(IVariableDeclaratorOperation declarator)
    {
        ILocalSymbol local = declarator.Symbol;
        if (local.IsConst || declarator.GetVariableInitializer() is not { } initializer)
        {
            return;
        }

        bindings[local] = LowerParts(initializer.Value);
    }

    /// <summary>An expression for its effect: an assignment, or a call whose result nobody takes.</summary>
    private void LowerEffect(IOperation operation)
    {
        switch (operation)
        {
            case IInvocationOperation call:
                Invoke(call);
                break;
            case IIncrementOrDecrementOperation or IAssignmentOperation or IInvalidOperation:
                LowerParts(operation);
                break;
            default:
                Rejected(operation, Rejection.Expression(ExpressionText.Of(operation.Syntax)));
                break;
        }
    }

    private ImmutableArray<Value> Assign(IOperation target, ImmutableArray<Value> value)
    {
        switch (target)
        {
            case ITupleOperation tuple:
                int first = 0;
                foreach (IOperation element in tuple.Elements)
                {
                    int count = PartCount(element.Type);
                    Assign(element, value.Skip(first).Take(count).ToImmutableArray());
                    first += count;
                }

                break;
            case IDeclarationExpressionOperation declaration:
                Assign(declaration.Expression, value);
                break;
            case IDiscardOperation:
                break;
            case ILocalReferenceOperation { Local: { RefKind: RefKind.None } local }:
                bindings[local] = value;
                break;
            case IParameterReferenceOperation { Parameter: var parameter } when DslSymbols.TypeOf(parameter.Type) is not ObjectType:
                bindings[parameter] = value;
                break;
            case IInvalidOperation:
                isInvalid = true;
                break;
            default:
                AssignMember(target, value);
                break;
        }

        return value;
    }

    /// <summary>The symbols that the operations inside assign, and where; each assignment once, in program order.</summary>
    private static IEnumerable<(ISymbol Symbol, TextSpan Span)> Assignments(IOperation operation)
    {
        IEnumerable<IOperation> targets = operation.DescendantsAndSelf().SelectMany(o => o switch
        {
            IAssignmentOperation assignment => Elements(assignment.Target),
            IIncrementOrDecrementOperation step => [step.Target],
            _ => [],
        });
        foreach (IOperation target in targets)
        {
            switch (target)
            {
                case ILocalReferenceOperation local:
                    yield return (local.Local, target.Syntax.Span);
                    break;
                case IParameterReferenceOperation parameter:
                    yield return (parameter.Parameter, target.Syntax.Span);
                    break;
            }
        }
    }

    private static IEnumerable<IOperation> Elements(IOperation target) =>
        target is ITupleOperation tuple ? tuple.Elements.SelectMany(Elements) : [target];

    private static int PartCount(ITypeSymbol? type) =>
        type is INamedTypeSymbol { IsTupleType: true } tuple ? tuple.TupleElements.Sum(e => PartCount(e.Type)) : 1;
}
