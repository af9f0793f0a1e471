using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace MPCache.Generator.Ir;

/// <summary>
/// What holds of a value whatever happens, asserted ranges aside: an element of Z_2^m lies in half the ring either way; an input within
/// what its owner checks; what an extension from Z_2^m gives within [−3·2^(m−2), 3·2^(m−2)), because the wrap that it estimates is at most
/// one ring off; and what moves values changes no range. Everything else is only known to be an element of its ring.
/// </summary>
internal sealed class ProvenRanges
{
    private readonly Dictionary<int, (BigInteger Low, BigInteger High)> ranges = [];

    public (BigInteger Low, BigInteger High) Of(Value value) =>
        ranges.TryGetValue(value.Id, out (BigInteger Low, BigInteger High) range) ? range : Ring(value);

    public void Parameter(Value value) => ranges[value.Id] = Ring(value);

    public void Visit(Op op, IReadOnlyDictionary<int, Value> defined)
    {
        foreach (Value result in op.Results.Where(r => r.Tensor.Form == Form.Masked))
        {
            (BigInteger Low, BigInteger High) ring = Ring(result);
            (BigInteger Low, BigInteger High) range = Derive(op, result, defined);
            ranges[result.Id] = range.Low >= ring.Low && range.High <= ring.High ? range : ring;
        }
    }

    private (BigInteger Low, BigInteger High) Derive(Op op, Value result, IReadOnlyDictionary<int, Value> defined)
    {
        switch (op.Kind)
        {
            case "input":
                // What the owner checks is what is declared; the number may be narrower by what is asserted of the value later.
                double unit = Math.Pow(2, result.Tensor.Number!.Scale);
                return (
                    (BigInteger)Math.Floor(op.Attributes.Real("low") * unit), (BigInteger)Math.Ceiling(op.Attributes.Real("high") * unit));
            case "extend" when defined.ContainsKey(op.Operands[0]):
                BigInteger bound = 3 * (BigInteger.One << (defined[op.Operands[0]].Tensor.Number!.Ring - 2));
                return (-bound, bound - 1);
            case "reshape" or "permute" or "broadcast" or "slice" or "index" or "narrow" or "shuffle" or "gather" or "concat":
                (BigInteger Low, BigInteger High)[] moved = op.Operands.Where(ranges.ContainsKey).Select(o => ranges[o]).ToArray();
                return moved.Length == 0 ? Ring(result) : (moved.Min(r => r.Low), moved.Max(r => r.High));
            default:
                return Ring(result);
        }
    }

    private static (BigInteger Low, BigInteger High) Ring(Value value)
    {
        BigInteger half = BigInteger.One << (value.Tensor.Number!.Ring - 1);
        return (-half, half - 1);
    }
}
