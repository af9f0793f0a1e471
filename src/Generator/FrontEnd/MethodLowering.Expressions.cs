using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

// Expressions: what is known at compile time becomes a constant, everything else an operation in evaluation order.
internal sealed partial class MethodLowering
{
    private static readonly IrType Tensor = IrType.Unknown;
    private static readonly IrType Int = new IntType();
    private static readonly IrType Real = new RealType();

    /// <summary>An expression's values: one, or one for each element of a tuple.</summary>
    private ImmutableArray<Value> LowerParts(IOperation operation) => operation switch
    {
        ITupleOperation tuple => tuple.Elements.SelectMany(e => LowerParts(e)).ToImmutableArray(),
        _ when operation.Type is not INamedTypeSymbol { IsTupleType: true } => [Lower(operation)],
        IInvocationOperation call => Invoke(call),
        IConversionOperation { OperatorMethod: null } conversion => LowerParts(conversion.Operand),
        ISimpleAssignmentOperation assignment => Assign(assignment.Target, LowerParts(assignment.Value)),
        IDeconstructionAssignmentOperation assignment => Assign(assignment.Target, LowerParts(assignment.Value)),
        ILocalReferenceOperation local => Read(local.Local, operation),
        IConditionalOperation choice => LowerChoice(choice),
        IInvalidOperation => Invalid(operation),
        _ => RejectedParts(operation),
    };

    private Value Lower(IOperation operation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (DslSymbols.TypeOf(operation.Type) is IntType or RealType
            && operation is not (IAssignmentOperation or IIncrementOrDecrementOperation)
            && CompileTime.Evaluate(operation, model.Compilation) is object constant)
        {
            return Constant(operation, constant);
        }

        if (operation.Type?.SpecialType == SpecialType.System_Boolean && !DslSymbols.DependsOnElements(operation)
            && PublicCondition(operation) is Value condition)
        {
            return condition;
        }

        return operation switch
        {
            IParenthesizedOperation parenthesized => Lower(parenthesized.Operand),
            ILocalReferenceOperation local => Single(Read(local.Local, operation), operation),
            IParameterReferenceOperation parameter => Single(Read(parameter.Parameter, operation), operation),
            IMemberReferenceOperation member => ReadMember(member),
            IArrayElementReferenceOperation element => ReadElement(element),
            IInvocationOperation call => Single(Invoke(call), operation),
            IConversionOperation conversion => Convert(conversion),
            IUnaryOperation unary => Unary(unary),
            IBinaryOperation binary =>
                Binary(binary, binary.OperatorKind, binary.OperatorMethod, Lower(binary.LeftOperand), Lower(binary.RightOperand)),
            ISimpleAssignmentOperation assignment => Single(Assign(assignment.Target, LowerParts(assignment.Value)), operation),
            ICompoundAssignmentOperation assignment => Compound(assignment),
            IIncrementOrDecrementOperation step => Step(step),
            IConditionalOperation choice => Single(LowerChoice(choice), operation),
            IInvalidOperation => Single(Invalid(operation), operation),
            _ => Unsupported(operation),
        };
    }

    private Value Single(ImmutableArray<Value> values, IOperation operation) => values.Length == 1 ? values[0] : Unsupported(operation);

    private Value Constant(IOperation operation, object constant)
    {
        switch (constant)
        {
            case int value:
                return Emit("int.const", Int, operation.Syntax, Attributes.Of(("value", value)));
            case float value when !float.IsNaN(value) && !float.IsInfinity(value):
                return Emit("real.const", Real, operation.Syntax, Attributes.Of(("value", RealText.Of(value))));
            case double value when !double.IsNaN(value) && !double.IsInfinity(value):
                return Emit("real.const", Real, operation.Syntax, Attributes.Of(("value", RealText.Of(value))));
            default:
                return Rejected(operation, Rejection.NotFinite(ExpressionText.Of(operation.Syntax)));
        }
    }

    private ImmutableArray<Value> Read(ISymbol symbol, IOperation operation) =>
        bindings.TryGetValue(symbol, out ImmutableArray<Value> values) ? values : Placeholders(operation);

    private Value Convert(IConversionOperation conversion)
    {
        if (conversion.OperatorMethod is null)
        {
            switch (DslSymbols.TypeOf(conversion.Operand.Type), DslSymbols.TypeOf(conversion.Type))
            {
                case (IntType, RealType):
                    return Emit("real.fromint", Real, conversion.Operand.Syntax, Attributes.None, Lower(conversion.Operand));
                case ({ } from, { } to) when from.Equals(to):
                    return Lower(conversion.Operand);
            }
        }

        return Unsupported(conversion);
    }

    private Value Unary(IUnaryOperation unary)
    {
        Value operand = Lower(unary.Operand);
        return (unary.OperatorKind, operand.Type) switch
        {
            (UnaryOperatorKind.Plus, IntType or RealType) => operand,
            (UnaryOperatorKind.Minus, IntType) => Emit("int.neg", Int, unary.Syntax, Attributes.None, operand),
            (UnaryOperatorKind.Minus, RealType) => Emit("real.neg", Real, unary.Syntax, Attributes.None, operand),
            (UnaryOperatorKind.Minus, UnknownType) => Emit("neg", Tensor, unary.Syntax, Attributes.None, operand),
            _ => Unsupported(unary),
        };
    }

    private Value Compound(ICompoundAssignmentOperation assignment)
    {
        Value before = Lower(assignment.Target);
        Value result = Binary(assignment, assignment.OperatorKind, assignment.OperatorMethod, before, Lower(assignment.Value));
        if (!result.Type.Equals(before.Type))
        {
            return Unsupported(assignment);
        }

        Assign(assignment.Target, [result]);
        return result;
    }

    private Value Step(IIncrementOrDecrementOperation step)
    {
        if (step.Target is not (ILocalReferenceOperation or IParameterReferenceOperation) || DslSymbols.TypeOf(step.Type) is not IntType)
        {
            return Unsupported(step);
        }

        Value before = Lower(step.Target);
        Value one = Emit("int.const", Int, step.Syntax, Attributes.Of(("value", 1)));
        string kind = step.Kind == OperationKind.Increment ? "int.add" : "int.sub";
        Value after = Emit(kind, Int, step.Syntax, Attributes.None, before, one);
        Assign(step.Target, [after]);
        return step.IsPostfix ? before : after;
    }

    private Value Binary(IOperation operation, BinaryOperatorKind kind, IMethodSymbol? function, Value left, Value right)
    {
        if (function is not null && !DslSymbols.IsTensor(function.ContainingType))
        {
            return Unsupported(operation);
        }

        Value Of(string name, IrType type, Value a, Value b) => Emit(name, type, operation.Syntax, Attributes.None, a, b);

        switch (kind, left.Type, right.Type)
        {
            case (BinaryOperatorKind.Add, UnknownType, UnknownType):
                return Of("add", Tensor, left, right);
            case (BinaryOperatorKind.Subtract, UnknownType, UnknownType):
                return Of("sub", Tensor, left, right);
            case (BinaryOperatorKind.Multiply, UnknownType, UnknownType):
                return Of("mul", Tensor, left, right);
            case (BinaryOperatorKind.Add, UnknownType, RealType):
                return Of("add.real", Tensor, left, right);
            case (BinaryOperatorKind.Add, RealType, UnknownType):
                return Of("add.real", Tensor, right, left);
            case (BinaryOperatorKind.Subtract, UnknownType, RealType):
                return Of("sub.real", Tensor, left, right);
            case (BinaryOperatorKind.Subtract, RealType, UnknownType):
                return Of("add.real", Tensor, Emit("neg", Tensor, operation.Syntax, Attributes.None, right), left);
            case (BinaryOperatorKind.Multiply, UnknownType, RealType):
                return Of("mul.real", Tensor, left, right);
            case (BinaryOperatorKind.Multiply, RealType, UnknownType):
                return Of("mul.real", Tensor, right, left);
            case (BinaryOperatorKind.Divide, UnknownType, RealType):
                return Of("div.real", Tensor, left, right);
            case (_, IntType, IntType) when IntKind(kind) is string name:
                return Of(name, Int, left, right);
            case (_, RealType, RealType) when RealKind(kind) is string name:
                return Of(name, Real, left, right);
            default:
                return Unsupported(operation);
        }
    }

    private static string? IntKind(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Add => "int.add",
        BinaryOperatorKind.Subtract => "int.sub",
        BinaryOperatorKind.Multiply => "int.mul",
        BinaryOperatorKind.Divide => "int.div",
        BinaryOperatorKind.Remainder => "int.mod",
        _ => null,
    };

    private static string? RealKind(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Add => "real.add",
        BinaryOperatorKind.Subtract => "real.sub",
        BinaryOperatorKind.Multiply => "real.mul",
        BinaryOperatorKind.Divide => "real.div",
        _ => null,
    };

    /// <summary>What C# itself rejects: it says so, we need not.</summary>
    private ImmutableArray<Value> Invalid(IOperation operation)
    {
        isInvalid = true;
        return Placeholders(operation);
    }

    private Value Unsupported(IOperation operation)
    {
        if (operation.DescendantsAndSelf().Any(o => o is IInvalidOperation))
        {
            isInvalid = true;
            return Placeholder(operation.Type);
        }

        string text = ExpressionText.Of(operation.Syntax);
        bool isSecretNumber = DslSymbols.TypeOf(operation.Type) is IntType or RealType && DslSymbols.DependsOnElements(operation);
        return Rejected(operation, isSecretNumber ? Rejection.SecretAsNumber(text) : Rejection.Expression(text));
    }

    private ImmutableArray<Value> RejectedParts(IOperation operation)
    {
        Reject(operation.Syntax.Span, Rejection.Expression(ExpressionText.Of(operation.Syntax)));
        return Placeholders(operation);
    }

    private ImmutableArray<Value> Placeholders(IOperation operation) =>
        Enumerable.Range(0, PartCount(operation.Type)).Select(_ => Placeholder(operation.Type)).ToImmutableArray();
}
