using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using MPCache.FixedPoint;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

// Functions of the author's own: an assertion of the bounds, and a formula.
internal sealed partial class MethodLowering
{
    private Value CallMap(IInvocationOperation call)
    {
        IOperation Argument(string name) => call.Arguments.First(a => a.Parameter!.Name == name).Value;
        Value x = Lower(Argument("tensor"));
        Attr?[] bounds = [.. call.Arguments.Where(a => a.Parameter!.Name is "low" or "high").OrderBy(a => a.Parameter!.Ordinal)
            .Select(ConstantArgument)];
        if (Lambda(Argument("function")) is not IAnonymousFunctionOperation { Body: IBlockOperation body } lambda)
        {
            return Argument("function") is IInvalidOperation ? Single(Invalid(call), call)
                : Rejected(call, Argument("function").Syntax.Span, Rejection.MapWithoutLambda());
        }

        if (body.DescendantsAndSelf().Any(o => o is IInvalidOperation))
        {
            return Single(Invalid(call), call);
        }

        if (bounds.Length != 2 || bounds[0] is not RealAttr low || bounds[1] is not RealAttr high)
        {
            return Placeholder(call.Type);
        }

        if (!IsInterval(low.ToDouble(), high.ToDouble()))
        {
            return Rejected(call, BoundsSpan(call), Rejection.EmptyRange(low.Decimal, high.Decimal));
        }

        Formula formula = new(lambda.Symbol, model.Compilation);
        try
        {
            ScalarExpression read = formula.Read(body);
            if (formula.Undefined(read, low, high) is ({ } part, { } reason))
            {
                return Rejected(
                    call, part.Syntax.Span, Rejection.MapUndefined(ExpressionText.Of(part.Syntax), low.Decimal, high.Decimal, reason));
            }

            Attributes within = Attributes.Of(("low", low), ("high", high));
            Value bounded = Emit("within", Tensor, Argument("tensor").Syntax, within, x);
            return Emit("map", Tensor, call.Syntax, within.With("function", read.ToString()), bounded);
        }
        catch (Formula.UnreadableException error)
        {
            return Rejected(call, error.Operation.Syntax.Span, error.Rejection);
        }
    }

    private static IAnonymousFunctionOperation? Lambda(IOperation function) => function switch
    {
        IDelegateCreationOperation creation => Lambda(creation.Target),
        IConversionOperation conversion => Lambda(conversion.Operand),
        IParenthesizedOperation parenthesized => Lambda(parenthesized.Operand),
        _ => function as IAnonymousFunctionOperation,
    };
}
