using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using MPCache.FixedPoint;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

/// <summary>Reads a lambda of one number as a formula, operation by operation.</summary>
internal sealed class Formula(IMethodSymbol lambda, Compilation compilation)
{
    /// <summary>Pieces on each of which a formula must be defined: as many as a fit has.</summary>
    private const int Pieces = 256;

    private static readonly Dictionary<string, string> Functions = new()
    {
        ["Abs"] = "abs", ["Sqrt"] = "sqrt", ["Exp"] = "exp", ["Log"] = "log", ["Sin"] = "sin", ["Cos"] = "cos", ["Tanh"] = "tanh",
        ["Min"] = "min", ["Max"] = "max", ["Pow"] = "pow",
    };

    private readonly Dictionary<ISymbol, ScalarExpression> locals = new(SymbolEqualityComparer.Default);
    private readonly List<(ScalarExpression Part, IOperation Operation)> places = [];

    /// <summary>What cannot be part of a formula, and why.</summary>
    internal sealed class UnreadableException(IOperation operation, Rejection rejection) : Exception(rejection.Message)
    {
        public IOperation Operation { get; } = operation;

        public Rejection Rejection { get; } = rejection;
    }

    /// <exception cref="UnreadableException">The body is no formula.</exception>
    public ScalarExpression Read(IBlockOperation body)
    {
        foreach (IOperation statement in body.Operations)
        {
            switch (statement)
            {
                case IVariableDeclarationGroupOperation group:
                    foreach (IVariableDeclaratorOperation declarator in group.Declarations.SelectMany(d => d.Declarators))
                    {
                        if (!declarator.Symbol.IsConst && declarator.GetVariableInitializer() is { } initializer)
                        {
                            locals[declarator.Symbol] = Read(initializer.Value);
                        }
                    }

                    break;
                case IReturnOperation { ReturnedValue: { } value }:
                    return Read(value);
                default:
                    throw Unreadable(statement);
            }
        }

        throw Unreadable(body);
    }

    /// <summary>The first part of the formula that may be undefined between two bounds, and why; null where it is defined everywhere.</summary>
    public (IOperation Operation, string Reason)? Undefined(ScalarExpression formula, RealAttr low, RealAttr high)
    {
        Fixed first = ScalarExpression.Number(low.Decimal).Value;
        Fixed width = ScalarExpression.Number(high.Decimal).Value - first;
        Fixed unit = Fixed.FromRatio(1, 1 << Passes.MapFit.InputBits);
        for (int piece = 0; piece < Pieces; piece++)
        {
            try
            {
                formula.Range(first + (width * piece / Pieces), first + (width * (piece + 1) / Pieces), unit);
            }
            catch (DomainException error)
            {
                return (places.First(p => ReferenceEquals(p.Part, error.Part)).Operation, error.Message);
            }
            catch (ArithmeticException)
            {
                return (places.Last().Operation, "it is larger than fixed point can hold");
            }
        }

        return null;
    }

    private ScalarExpression Read(IOperation operation)
    {
        ScalarExpression part = Part(operation);
        places.Add((part, operation));
        return part;
    }

    private ScalarExpression Part(IOperation operation)
    {
        switch (CompileTime.Evaluate(operation, compilation))
        {
            case int number:
                return ScalarExpression.Number(RealText.Of((double)number).Decimal);
            case float number when !float.IsNaN(number) && !float.IsInfinity(number):
                return ScalarExpression.Number(RealText.Of(number).Decimal);
            case double number when !double.IsNaN(number) && !double.IsInfinity(number):
                return ScalarExpression.Number(RealText.Of(number).Decimal);
            case bool truth:
                return ScalarExpression.Call("eq", ScalarExpression.Number("1"), ScalarExpression.Number(truth ? "1" : "0"));
            case not null:
                throw Unreadable(operation);
        }

        switch (operation)
        {
            case IParameterReferenceOperation reference when SymbolEqualityComparer.Default.Equals(reference.Parameter, lambda.Parameters[0]):
                return ScalarExpression.Argument;
            case ILocalReferenceOperation reference when locals.TryGetValue(reference.Local, out ScalarExpression? local):
                return local;
            case IParameterReferenceOperation or ILocalReferenceOperation or IMemberReferenceOperation:
                throw new UnreadableException(operation, Rejection.MapCapture(ExpressionText.Of(operation.Syntax)));
            case IParenthesizedOperation parenthesized:
                return Read(parenthesized.Operand);
            case IConversionOperation { OperatorMethod: null } conversion when IsReal(conversion.Type) && IsReal(conversion.Operand.Type):
                return Read(conversion.Operand);
            case IUnaryOperation { OperatorMethod: null } unary:
                return unary.OperatorKind switch
                {
                    UnaryOperatorKind.Plus => Read(unary.Operand),
                    UnaryOperatorKind.Minus => ScalarExpression.Call("neg", Read(unary.Operand)),
                    UnaryOperatorKind.Not => ScalarExpression.Call("not", Read(unary.Operand)),
                    _ => throw Unreadable(operation),
                };
            case IBinaryOperation { OperatorMethod: null } binary when IsReal(binary.LeftOperand.Type) || IsTruth(binary.LeftOperand.Type):
                return Binary(binary);
            case IConditionalOperation { WhenFalse: IOperation otherwise } choice:
                return ScalarExpression.Call("if", Read(choice.Condition), Read(choice.WhenTrue), Read(otherwise));
            case IInvocationOperation call when IsMath(call.TargetMethod):
                return Call(call);
            default:
                throw Unreadable(operation);
        }
    }

    private ScalarExpression Binary(IBinaryOperation binary)
    {
        (ScalarExpression a, ScalarExpression b) = (Read(binary.LeftOperand), Read(binary.RightOperand));
        return binary.OperatorKind switch
        {
            BinaryOperatorKind.Add => ScalarExpression.Call("add", a, b),
            BinaryOperatorKind.Subtract => ScalarExpression.Call("sub", a, b),
            BinaryOperatorKind.Multiply => ScalarExpression.Call("mul", a, b),
            BinaryOperatorKind.Divide => ScalarExpression.Call("div", a, b),
            BinaryOperatorKind.LessThan => ScalarExpression.Call("lt", a, b),
            BinaryOperatorKind.LessThanOrEqual => ScalarExpression.Call("le", a, b),
            BinaryOperatorKind.GreaterThan => ScalarExpression.Call("lt", b, a),
            BinaryOperatorKind.GreaterThanOrEqual => ScalarExpression.Call("le", b, a),
            BinaryOperatorKind.Equals => ScalarExpression.Call("eq", a, b),
            BinaryOperatorKind.NotEquals => ScalarExpression.Call("not", ScalarExpression.Call("eq", a, b)),
            BinaryOperatorKind.ConditionalAnd => ScalarExpression.Call("and", a, b),
            BinaryOperatorKind.ConditionalOr => ScalarExpression.Call("or", a, b),
            _ => throw Unreadable(binary),
        };
    }

    private ScalarExpression Call(IInvocationOperation call)
    {
        ScalarExpression[] operands = new ScalarExpression[call.Arguments.Length];
        foreach (IArgumentOperation argument in call.Arguments)
        {
            operands[argument.Parameter!.Ordinal] = Read(argument.Value);
        }

        string name = call.TargetMethod.Name;
        if (name == "Clamp" && operands.Length == 3)
        {
            return ScalarExpression.Call("min", ScalarExpression.Call("max", operands[0], operands[1]), operands[2]);
        }

        if (!Functions.TryGetValue(name, out string? function) || (name == "Log" && operands.Length != 1)
            || (name == "Pow" && !operands[1].IsNumber))
        {
            throw Unreadable(call);
        }

        return ScalarExpression.Call(function, operands);
    }

    private static bool IsReal(ITypeSymbol? type) => type?.SpecialType is SpecialType.System_Single or SpecialType.System_Double;

    private static bool IsTruth(ITypeSymbol? type) => type?.SpecialType == SpecialType.System_Boolean;

    private static bool IsMath(IMethodSymbol method) => CompileTime.IsMath(method.ContainingType) || IsReal(method.ContainingType);

    private static UnreadableException Unreadable(IOperation operation) =>
        new(operation, Rejection.MapOperation(ExpressionText.Of(operation.Syntax)));
}
