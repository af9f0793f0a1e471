using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

// Independent iterations: a region with the iteration's number as its parameter, which yields one tensor and changes nothing around it.
internal sealed partial class MethodLowering
{
    private Value CallStack(IInvocationOperation call)
    {
        IOperation Argument(string name) => call.Arguments.First(a => a.Parameter!.Name == name).Value;
        Value count = Lower(Argument("count"));
        IOperation item = Argument("item");
        if (Lambda(item) is not IAnonymousFunctionOperation { Body: IBlockOperation body } lambda)
        {
            return item is IInvalidOperation ? Single(Invalid(call), call) : Rejected(call, item.Syntax.Span, Rejection.StackWithoutLambda());
        }

        foreach ((ISymbol symbol, TextSpan span) in Assignments(body).Where(a => !IsWithin(a.Symbol, lambda.Syntax)))
        {
            Reject(span, Rejection.AssignedInStack(symbol.Name));
        }

        Dictionary<ISymbol, ImmutableArray<Value>> before = new(bindings, SymbolEqualityComparer.Default);
        (List<Op> outer, ImmutableArray<Value>? returnedBefore, int loopsAround, int branchesAround) = (ops, returned, loopDepth, branchDepth);
        (ops, returned, loopDepth, branchDepth) = ([], null, 0, 0);
        Value index = Fresh(Int);
        bindings[lambda.Symbol.Parameters[0]] = [index];
        LowerBlock(body);
        Value tensor = returned is { Length: 1 } single ? single[0] : Placeholder(call.Type);
        Block iteration = new([index], ops.ToImmutableArray(), [tensor.Id]);
        (ops, returned, loopDepth, branchDepth) = (outer, returnedBefore, loopsAround, branchesAround);
        bindings.Clear();
        foreach (KeyValuePair<ISymbol, ImmutableArray<Value>> binding in before)
        {
            bindings[binding.Key] = binding.Value;
        }

        Value result = Fresh(Tensor);
        Append("stack", [result], call.Syntax.Span, Attributes.None, [count], iteration);
        return result;
    }

    private static bool IsWithin(ISymbol symbol, SyntaxNode syntax) =>
        symbol.DeclaringSyntaxReferences.All(r => r.SyntaxTree == syntax.SyntaxTree && syntax.Span.Contains(r.Span));
}
