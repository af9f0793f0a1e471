using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace MPCache.Generator.FrontEnd;

/// <summary>
/// Evaluates what is known while compiling: C# constants, static readonly fields of this compilation, square roots, and arithmetic and
/// comparisons of them, each in the precision that C# would use.
/// </summary>
internal static class CompileTime
{
    // A field's initialiser may name another field; C# lets them form a circle.
    private const int MaximumDepth = 16;

    /// <summary>The value as a boxed int, long, float, double, bool, string or enum's number, or null where it is not known.</summary>
    public static object? Evaluate(IOperation operation, Compilation compilation) => Evaluate(operation, compilation, 0);

    private static object? Evaluate(IOperation operation, Compilation compilation, int depth)
    {
        if (operation.ConstantValue is { HasValue: true, Value: object constant })
        {
            return constant;
        }

        object? Inner(IOperation operand) => depth < MaximumDepth ? Evaluate(operand, compilation, depth + 1) : null;

        return operation switch
        {
            IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } field } =>
                Initialiser(field, compilation) is IOperation value ? Convert(Inner(value), field.Type) : null,
            IParenthesizedOperation parenthesized => Inner(parenthesized.Operand),
            IConversionOperation { OperatorMethod: null } conversion => Convert(Inner(conversion.Operand), conversion.Type),
            IUnaryOperation { OperatorMethod: null } unary => Unary(unary.OperatorKind, Inner(unary.Operand)),
            IBinaryOperation { OperatorMethod: null } binary =>
                Binary(binary.OperatorKind, Inner(binary.LeftOperand), Inner(binary.RightOperand)),
            IConditionalOperation { WhenFalse: IOperation whenFalse } choice when Inner(choice.Condition) is bool condition =>
                Inner(condition ? choice.WhenTrue : whenFalse),
            IInvocationOperation { TargetMethod.Name: "Sqrt", Arguments.Length: 1 } call when IsMath(call.TargetMethod.ContainingType) =>
                Inner(call.Arguments[0].Value) switch
                {
                    float x => (object)(float)Math.Sqrt(x),
                    double x => Math.Sqrt(x),
                    _ => null,
                },
            _ => null,
        };
    }

    public static bool IsMath(ITypeSymbol? type) =>
        type is { Name: "Math" or "MathF", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private static IOperation? Initialiser(IFieldSymbol field, Compilation compilation)
    {
        SyntaxNode? syntax = field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        return syntax is VariableDeclaratorSyntax { Initializer.Value: ExpressionSyntax value }
            && compilation.ContainsSyntaxTree(value.SyntaxTree)
            ? compilation.GetSemanticModel(value.SyntaxTree).GetOperation(value)
            : null;
    }

    private static object? Convert(object? value, ITypeSymbol? type) => (type?.SpecialType, value) switch
    {
        (_, null) => null,
        (SpecialType.System_Single, int x) => (float)x,
        (SpecialType.System_Single, double x) => (float)x,
        (SpecialType.System_Double, int x) => (double)x,
        (SpecialType.System_Double, float x) => (double)x,
        (SpecialType.System_Int32, int x) => x,
        (SpecialType.System_Int32, float x) when Math.Abs(x) < 1 << 30 => (int)x,
        (SpecialType.System_Int32, double x) when Math.Abs(x) < 1 << 30 => (int)x,
        (SpecialType.System_Single, float x) => x,
        (SpecialType.System_Double, double x) => x,
        (SpecialType.System_Boolean, bool x) => x,
        _ => null,
    };

    private static object? Unary(UnaryOperatorKind kind, object? operand) => (kind, operand) switch
    {
        (UnaryOperatorKind.Plus, int or float or double) => operand,
        (UnaryOperatorKind.Minus, int x) => unchecked(-x),
        (UnaryOperatorKind.Minus, float x) => -x,
        (UnaryOperatorKind.Minus, double x) => -x,
        (UnaryOperatorKind.Not, bool x) => !x,
        _ => null,
    };

    private static object? Binary(BinaryOperatorKind kind, object? left, object? right) => (left, right) switch
    {
        (int a, int b) => kind switch
        {
            BinaryOperatorKind.Add => unchecked(a + b),
            BinaryOperatorKind.Subtract => unchecked(a - b),
            BinaryOperatorKind.Multiply => unchecked(a * b),
            BinaryOperatorKind.Divide when b is not (0 or -1) => a / b,
            BinaryOperatorKind.Remainder when b is not (0 or -1) => a % b,
            _ => Compare(kind, a, b),
        },
        (float a, float b) => kind switch
        {
            BinaryOperatorKind.Add => a + b,
            BinaryOperatorKind.Subtract => a - b,
            BinaryOperatorKind.Multiply => a * b,
            BinaryOperatorKind.Divide => a / b,
            _ => Compare(kind, a, b),
        },
        (double a, double b) => kind switch
        {
            BinaryOperatorKind.Add => a + b,
            BinaryOperatorKind.Subtract => a - b,
            BinaryOperatorKind.Multiply => a * b,
            BinaryOperatorKind.Divide => a / b,
            _ => Compare(kind, a, b),
        },
        (bool a, bool b) => kind switch
        {
            BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd => a && b,
            BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr => a || b,
            BinaryOperatorKind.ExclusiveOr or BinaryOperatorKind.NotEquals => a != b,
            BinaryOperatorKind.Equals => a == b,
            _ => null,
        },
        _ => null,
    };

    private static object? Compare(BinaryOperatorKind kind, double a, double b) => kind switch
    {
        BinaryOperatorKind.LessThan => a < b,
        BinaryOperatorKind.LessThanOrEqual => a <= b,
        BinaryOperatorKind.GreaterThan => a > b,
        BinaryOperatorKind.GreaterThanOrEqual => a >= b,
        BinaryOperatorKind.Equals => a == b,
        BinaryOperatorKind.NotEquals => a != b,
        _ => null,
    };
}
