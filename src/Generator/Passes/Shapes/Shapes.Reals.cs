using System.Collections.Generic;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Integers of the session among real numbers. They divide tensors, since the inverse of an integer is the same number for both parties and
/// the dealer; anything else that is real is a constant or a parameter of its own.
/// </summary>
internal sealed partial class Shapes
{
    /// <summary>Where an integer becomes a real number, by the number's value.</summary>
    private readonly Dictionary<int, Op> conversions = [];

    /// <summary>A real number that is no integer of the session.</summary>
    private Attr Real(Op op, int operand)
    {
        int id = op.Operands[operand];
        return Whole(id) is null
            ? reals[id]
            : throw new CompileError(
                "MPC1020",
                "a public integer that is no constant becomes a real number only to divide a tensor; pass a float beside it, or divide by it",
                conversions[id].Site);
    }

    /// <summary>What a tensor is divided by, where that is an integer of the session.</summary>
    private Expr? WholeDivisor(Op op) => Whole(op.Operands[1]);

    private Expr? Whole(int id) =>
        reals[id] is not RealAttr && conversions.TryGetValue(id, out Op? conversion) ? Int(conversion, 0) : null;

    /// <summary>A quotient by an integer, which the session checks to be positive.</summary>
    private void Divide(Op op, Expr divisor)
    {
        if (!known.IsNotNegative(divisor - 1))
        {
            if (known.IsNotNegative(Expr.Zero - divisor))
            {
                throw new CompileError("MPC3005", "the divisor is never positive; divide by a size or an int from 1 on", op.Site);
            }

            Same(op, Expr.Max(divisor, Expr.One), divisor);
        }

        Define(op, "div.real", [tensors[op.Operands[0]].Id], Attributes.Of(("scalar", $"inverse({divisor})")), Type(op, 0).Shape);
    }
}
