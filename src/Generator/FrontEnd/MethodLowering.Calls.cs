using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

// Calls: functions of the language become operations by the table, protocols become calls by name, all else is refused.
internal sealed partial class MethodLowering
{
    private ImmutableArray<Value> Invoke(IInvocationOperation call)
    {
        IMethodSymbol target = call.TargetMethod;
        if (DslSymbols.IsProtocol(target))
        {
            return CallProtocol(call);
        }

        if (DslSymbols.IsLanguage(target.ContainingType) && Intrinsics.Find(target.ContainingType.Name, target.Name) is Intrinsic intrinsic)
        {
            return
            [
                intrinsic.Kind switch
                {
                    "map" => CallMap(call),
                    "stack" => CallStack(call),
                    _ => CallIntrinsic(call, intrinsic),
                },
            ];
        }

        if (CompileTime.IsMath(target.ContainingType))
        {
            return [CallMath(call)];
        }

        if (call.Arguments.Select(a => a.Value).Append(call.Instance).Any(o => o is IInvalidOperation))
        {
            return Invalid(call);
        }

        Reject(NameSpan(call), DslSymbols.IsEntryPoint(target) ? Rejection.EntryPointCalled(target.Name) : Rejection.Call(target.Name));
        return Placeholders(call);
    }

    private ImmutableArray<Value> CallProtocol(IInvocationOperation call)
    {
        IMethodSymbol target = call.TargetMethod;
        Value[] operands = new Value[target.Parameters.Length];
        foreach (IArgumentOperation argument in call.Arguments)
        {
            operands[argument.Parameter!.Ordinal] = Lower(argument.Value);
        }

        string targetName = MethodNames.Of(target);
        TextSpan at = NameSpan(call);
        if (calls.All(c => c.Target != targetName))
        {
            calls.Add(new CalledProtocol(targetName, at.Start - syntax.SpanStart, at.Length));
        }

        ImmutableArray<Value> results = target.ReturnsVoid ? [] : Placeholders(call);
        Append("call", results, call.Syntax.Span, Attributes.Of(("target", targetName)), operands);
        return results;
    }

    private Value CallIntrinsic(IInvocationOperation call, Intrinsic intrinsic)
    {
        List<Value> operands = [];
        Attributes attributes = intrinsic.Attributes;
        if (call.Instance is not null)
        {
            operands.Add(Lower(call.Instance));
        }

        // Named arguments may come in any order: they are evaluated as written and stand in the order of the parameters.
        List<Value>[] lowered = call.TargetMethod.Parameters.Select(_ => new List<Value>()).ToArray();
        foreach (IArgumentOperation argument in call.Arguments)
        {
            IParameterSymbol parameter = argument.Parameter!;
            switch (parameter.Name)
            {
                case "expression":
                    break;
                case "axis" or "axes" or "low" or "high" or "to" or "fractionBits":
                    if (ConstantArgument(argument) is Attr attribute)
                    {
                        attributes = attributes.With(parameter.Name, attribute);
                    }

                    break;
                default:
                    lowered[parameter.Ordinal].AddRange((Items(argument.Value) ?? [argument.Value]).Select(Lower));
                    break;
            }
        }

        if (attributes.Has("low") && attributes.Has("high") && !IsInterval(attributes.Real("low"), attributes.Real("high")))
        {
            Reject(BoundsSpan(call), Rejection.EmptyRange(Decimal(attributes, "low"), Decimal(attributes, "high")));
        }

        operands.AddRange(lowered.SelectMany(o => o));
        return Emit(intrinsic.Kind, DslSymbols.TypeOf(call.Type) ?? Tensor, call.Syntax, attributes, operands.ToArray());
    }

    /// <summary>An argument that belongs to the operation itself, or null after saying that it must be constant.</summary>
    private Attr? ConstantArgument(IArgumentOperation argument)
    {
        if (Items(argument.Value) is { } items)
        {
            List<Expr> axes = [];
            foreach (IOperation item in items)
            {
                if (CompileTime.Evaluate(item, model.Compilation) is not int axis)
                {
                    Reject(item.Syntax.Span, Rejection.NotConstant(argument.Parameter!.Name));
                    return null;
                }

                axes.Add(Expr.Constant(axis));
            }

            return new ListAttr(axes.ToImmutableArray());
        }

        // An Index is a number, or a number behind the hat: ^1 is the last axis.
        (IOperation value, int sign) = argument.Value switch
        {
            IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } hat => (hat.Operand, -1),
            IConversionOperation { OperatorMethod: not null } conversion => (conversion.Operand, 1),
            _ => (argument.Value, 1),
        };
        switch (CompileTime.Evaluate(value, model.Compilation))
        {
            case int party when DslSymbols.IsLanguage(value.Type):
                return PartyName(party);
            case int number:
                return sign * number;
            case float number:
                return RealText.Of(number);
            case double number:
                return RealText.Of(number);
        }

        if (value is IInvalidOperation)
        {
            isInvalid = true;
        }
        else
        {
            Reject(value.Syntax.Span, Rejection.NotConstant(argument.Parameter!.Name));
        }

        return null;
    }

    /// <summary>The items of a 'params' list, an array or a collection expression; null where the value is none of them.</summary>
    private static ImmutableArray<IOperation>? Items(IOperation value) => value switch
    {
        IConversionOperation { Operand: ICollectionExpressionOperation or IArrayCreationOperation } conversion => Items(conversion.Operand),
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        ICollectionExpressionOperation collection when collection.Elements.All(e => e is not ISpreadOperation) => collection.Elements,
        _ => null,
    };

    private static TextSpan BoundsSpan(IInvocationOperation call)
    {
        TextSpan[] bounds = call.Arguments.Where(a => a.Parameter!.Name is "low" or "high").Select(a => a.Syntax.Span).ToArray();
        return TextSpan.FromBounds(bounds.Min(b => b.Start), bounds.Max(b => b.End));
    }

    private Value CallMath(IInvocationOperation call)
    {
        if (call.TargetMethod.Name is "Min" or "Max" && DslSymbols.TypeOf(call.Type) is IntType && call.Arguments.Length == 2)
        {
            Value[] operands = new Value[2];
            foreach (IArgumentOperation argument in call.Arguments)
            {
                operands[argument.Parameter!.Ordinal] = Lower(argument.Value);
            }

            return Emit(call.TargetMethod.Name == "Min" ? "int.min" : "int.max", Int, call.Syntax, Attributes.None, operands);
        }

        return call.Arguments.Any(a => DslSymbols.DependsOnElements(a.Value))
            ? Unsupported(call)
            : Rejected(
                call, NameSpan(call), Rejection.FunctionOfNumbers($"{call.TargetMethod.ContainingType.Name}.{call.TargetMethod.Name}"));
    }

    private static TextSpan NameSpan(IInvocationOperation call) => call.Syntax is InvocationExpressionSyntax invocation
        ? invocation.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name.Span,
            MemberBindingExpressionSyntax binding => binding.Name.Span,
            ExpressionSyntax expression => expression.Span,
        }
        : call.Syntax.Span;
}
