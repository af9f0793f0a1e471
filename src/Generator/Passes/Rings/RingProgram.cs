using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>A function laid out for the choice of its rings.</summary>
internal sealed class RingProgram
{
    /// <summary>What a dimension counts where nothing is said of it.</summary>
    private const long TypicalSize = 64;

    /// <summary>What makes new values of what it reads; everything else moves, truncates or extends.</summary>
    private static readonly HashSet<string> Computes = new(StringComparer.Ordinal)
    {
        "mul", "matmul", "weights.linear", "weights.scale", "weights.lookup", "exponential", "piecewise", "piecewise.octaves", "for", "sum",
        "add", "sub",
    };

    private readonly RingOp?[] definitions;
    private readonly int[] required;

    /// <param name="function">The function, with numbers and without rings.</param>
    public RingProgram(Function function)
    {
        Function = function;
        Values = new Value[function.NextId];
        foreach (Value value in function.Parameters.Select(p => p.Value)
            .Concat(function.Body.All().SelectMany(b => b.Parameters.Concat(b.Ops.SelectMany(o => o.Results)))))
        {
            Values[value.Id] = value;
        }

        required = [.. Values.Select(v => v?.Type is TensorType { Number: { } number } ? number.RequiredRing : 0)];
        Dictionary<int, Op> ops = function.Body.Walk().SelectMany(o => o.Results.Select(r => (r.Id, o))).ToDictionary(p => p.Id, p => p.o);
        Dictionary<int, long> counts = Counts(function, ops);
        List<RingOp> all = [];
        Body = new RingBlock(function.Body, all, op => IsShortened(op, ops, counts));
        definitions = new RingOp?[Values.Length];
        foreach (RingOp op in all)
        {
            foreach (int result in op.Results)
            {
                definitions[result] = op;
            }
        }

        Squared = [.. SquaredOf(all)];
    }

    public Function Function { get; }

    public RingBlock Body { get; }

    /// <summary>The values, by their numbers.</summary>
    public Value[] Values { get; }

    /// <summary>Sums and what loops carry, of which squares are summed: these can be taken before the value is extended.</summary>
    public int[] Squared { get; }

    /// <summary>Bits that a value's interval needs.</summary>
    /// <param name="value">The value.</param>
    /// <param name="at">The operation that makes or reads it.</param>
    public int Required(int value, Op at)
    {
        int ring = required[value];
        if (ring <= 64)
        {
            return ring;
        }

        Number number = Values[value].Tensor.Number!;
        double reach = (double)System.Numerics.BigInteger.Max(-number.Low, number.High) / Math.Pow(2, number.Scale);
        throw new CompileError("MPC3002",
            FormattableString.Invariant($"the value may reach ±{reach:G4} with {number.Scale} fraction bits, which needs {ring} bits; ")
                + "the largest ring has 64: declare a narrower range with .Within(low, high)",
            at.Site);
    }

    /// <summary>
    /// A matrix product of what is stored over a long axis gives no more than its interval needs, whatever its users demand: its few
    /// elements are extended behind it rather than every element before it.
    /// </summary>
    private static bool IsShortened(Op op, Dictionary<int, Op> definitions, Dictionary<int, long> counts) => op.Kind == "matmul"
        && op.Operands.All(o => counts.TryGetValue(o, out long count) && count > counts[op.Result.Id])
        && op.Operands.Any(o => IsStored(o, definitions));

    /// <summary>Whether a value is read of a state, and perhaps moved or truncated.</summary>
    private static bool IsStored(int id, Dictionary<int, Op> definitions) => definitions.TryGetValue(id, out Op? op)
        && (op.Kind.StartsWith("state.", StringComparison.Ordinal)
            || (!Computes.Contains(op.Kind) && op.Operands.Any(o => IsStored(o, definitions))));

    /// <summary>How many elements the operands and results of matrix products typically have.</summary>
    private static Dictionary<int, long> Counts(Function function, Dictionary<int, Op> definitions)
    {
        Attributes sizes = function.Attributes;
        long Typical(Contract.Expr count) => count.Range(name => sizes.Has($"dim.{name}.typical")
            ? (sizes.Int($"dim.{name}.typical"), sizes.Int($"dim.{name}.typical"))
            : (TypicalSize, TypicalSize)).High;
        Dictionary<int, long> counts = [];
        foreach (Op product in definitions.Values.Where(o => o.Kind == "matmul"))
        {
            foreach (int id in product.Operands.Append(product.Result.Id).Where(id => definitions.ContainsKey(id)))
            {
                counts[id] = Typical(definitions[id].Results.First(r => r.Id == id).Tensor.Count);
            }
        }

        return counts;
    }

    private IEnumerable<int> SquaredOf(List<RingOp> all)
    {
        HashSet<int> carried = [.. Function.Body.All().SelectMany(b => b.Parameters).Select(p => p.Id)];
        SortedSet<int> squared = [];
        foreach (RingOp squares in all.Where(o => o.IsLength && o.Operands[0] == o.Operands[1]))
        {
            int id = squares.Operands[0];
            while (definitions[id] is { Kind: "truncate" or "reshape" } op)
            {
                id = op.Operands[0];
            }

            if (carried.Contains(id) || definitions[id]?.Kind == "add")
            {
                squared.Add(id);
            }
        }

        return squared;
    }
}
