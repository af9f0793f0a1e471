using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Independent iterations. They are computed at once, so what they are is the same for all of them: sizes, bounds and conditions do not
/// depend on an iteration's number, and states are written around them.
/// </summary>
internal sealed partial class Shapes
{
    /// <summary>The numbers of the iterations around what is visited, by their symbols.</summary>
    private readonly List<string> iterations = [];

    private void Stack(Op op)
    {
        Expr count = Int(op, 0);
        Alike(op, count);
        AtMost(op, Expr.One, count, $"{count} tensors cannot be stacked: the shape is that of the first; stack at least one, or let an "
            + "'if' on the count take Tensor.Zeros(count, …) where there may be none");
        string index = "i" + loops++.ToString(CultureInfo.InvariantCulture);
        integers[op.Body!.Parameters[0].Id] = Expr.Symbol(index);
        iterations.Add(index);
        Block body = known.Counting(index, Expr.Zero, count, () => Walk(op.Body, []));
        iterations.Remove(index);
        Value result = op.Result with { Type = new TensorType(tensors[op.Body.Yields[0]].Tensor.Shape.Insert(0, count)) };
        tensors[result.Id] = result;
        ops.Add(new Op("stack", [result], [], Attributes.Of(("index", index), ("count", count)), op.Site, body));
    }

    private bool DependsOnIteration(Expr number) => iterations.Any(number.Mentions);

    /// <summary>Numbers that are the same in all iterations.</summary>
    private void Alike(Op op, params IEnumerable<Expr> numbers)
    {
        if (numbers.Any(DependsOnIteration))
        {
            throw NotAlike(op);
        }
    }

    private static CompileError NotAlike(Op op) => new(
        "MPC1025",
        "the iterations of a Stack are computed at once, and here a size, a bound or a condition depends on the iteration's number; give "
        + "all iterations the same shape, or compute them one after the other in a 'for' loop",
        op.Site);

    private void NotInStack(Op op, Op access)
    {
        if (iterations.Count > 0)
        {
            throw new CompileError(
                "MPC1024",
                $"'{access.Attributes.Text("field")}' is written by iterations that are independent of each other and change nothing "
                + "outside; stack what is to be written and write the state behind them",
                op.Site);
        }
    }
}
