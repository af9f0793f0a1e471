using System;
using System.Collections.Generic;
using MPCache.Bench.Programs;
using MPCache.Execution;

namespace MPCache.Bench.Gates;

/// <summary>The gates that are measured, each at sizes that a model of GPT-2's shape has or at a number of values.</summary>
internal static class GateCases
{
    /// <summary>The heads of GPT-2's attention: rows of a softmax and of a selection.</summary>
    private const int Heads = 12;

    /// <summary>Scores a row.</summary>
    private const int Scores = 512;

    /// <summary>Scores that a selection keeps: an eighth.</summary>
    private const int Kept = 64;

    /// <summary>Inputs of GPT-2's linear layers, and outputs of its widest one.</summary>
    private const int Inputs = 768;

    private const int Outputs = 3072;

    /// <summary>Rows, columns and depth of a product of two matrices.</summary>
    private const int Side = 256;

    /// <summary>Rings in which signs are compared.</summary>
    private static readonly int[] ComparedRings = [8, 12, 16];

    /// <summary>All gates.</summary>
    /// <param name="values">Values of gates that compute element by element.</param>
    public static IReadOnlyList<GateCase> All(int values) =>
    [
        .. Elementwise(values), .. Bitwise(values),
        Rows("matmul", $"x·yᵀ, {Side} × {Side} × {Side}", GateOperators.MatrixProductProgram, Side, Side, Side, Side,
            new GateOperand(FactorRowsSchema.Instance, Side, Side)),
        Rows("server-linear", $"x·Wᵀ of one row, {Outputs} × {Inputs} weights", GateOperators.LinearLayerProgram, 1, Inputs, Outputs, Outputs) with
        {
            Weights = (LinearWeightsSchema.Instance, Outputs, Inputs),
        },
        Rows("server-linear-256", $"x·Wᵀ of {Side} rows, {Outputs} × {Inputs} weights", GateOperators.LinearLayerProgram,
            Side, Inputs, Outputs, Outputs) with
        {
            Weights = (LinearWeightsSchema.Instance, Outputs, Inputs),
        },
        Rows("shuffle", $"{Heads} rows of {Scores} in a secret order", GateOperators.ShuffledProgram, Heads, Scores, Scores, Scores),
        Rows("topk", $"the {Kept} largest of {Scores}, {Heads} rows", GateOperators.LargestProgram, Heads, Scores, Kept, Scores),
        Rows("softmax", $"{Heads} rows of {Scores}", GateOperators.ProbabilitiesProgram, Heads, Scores, Scores, Scores),
        Rows("softmax-wan", $"{Heads} rows of {Scores}, for a wide-area network", GateOperators.ProbabilitiesProgram.For(Network.Wan), Heads,
            Scores, Scores, Scores),
    ];

    private static IEnumerable<GateCase> Elementwise(int values) =>
    [
        Vector("product", "x·y", GateOperators.ProductsProgram, ActivationsSchema.Instance, GateResultsSchema.Instance, values),
        Vector("truncate", "x with 8 fraction bits less", GateOperators.RoundOffProgram, NarrowActivationsSchema.Instance,
            CoarseResultsSchema.Instance, values),
        Vector("extend", "x in a ring of 56 bits", GateOperators.WidenProgram, NarrowActivationsSchema.Instance,
            WideResultsSchema.Instance, values),
        Vector("less", "x < y, as a number", GateOperators.IsLessProgram, ActivationsSchema.Instance, GateResultsSchema.Instance, values),
        Vector("maximum", "the larger of x and y", GateOperators.LargerProgram, ActivationsSchema.Instance, GateResultsSchema.Instance, values),
        Vector("exponential", "exp(x), x from −20 to 0", GateOperators.ExponentialsProgram, ExponentsSchema.Instance,
            FunctionResultsSchema.Instance, values),
        Vector("silu", "SiLU, x within ±7.75", GateOperators.SiluOfProgram, ArgumentsSchema.Instance, FunctionResultsSchema.Instance, values),
        Vector("gelu", "GELU, x within ±7.75", GateOperators.GeluOfProgram, ArgumentsSchema.Instance, FunctionResultsSchema.Instance, values),
        Vector("reciprocal", "1/x, x from 1/16 to 256", GateOperators.InverseProgram, PositiveActivationsSchema.Instance,
            GateResultsSchema.Instance, values),
        Vector("rsqrt", "1/√x, x from 1/16 to 256", GateOperators.InverseRootProgram, PositiveActivationsSchema.Instance,
            GateResultsSchema.Instance, values),
    ];

    /// <summary>Gates that give or take masked bits, which no state holds.</summary>
    private static IEnumerable<GateCase> Bitwise(int values)
    {
        Dictionary<string, long> sizes = new() { ["rows"] = values };
        foreach (int ring in ComparedRings)
        {
            yield return new GateCase(
                FormattableString.Invariant($"compare-{ring}"), FormattableString.Invariant($"the sign of {ring} bits"),
                new ComparisonProgram(ring), [new GateOperand(ComparisonProgram.Schema(ring), values)], values) { Sizes = sizes };
        }

        yield return new GateCase(
            "select", "a masked bit times x", new SelectionProgram(),
            [new GateOperand(SelectionProgram.Bits, SelectionProgram.Words(values)), new GateOperand(SelectionProgram.Values, values)], values)
        {
            Sizes = sizes,
        };
    }

    private static GateCase Vector(
        string name, string description, CompiledProgram program, StateSchema operands, StateSchema results, int values)
    {
        GateOperand result = new(results, values, TakesResults: true);
        return new GateCase(name, description, program, [new GateOperand(operands, values), result], values)
        {
            Sizes = new Dictionary<string, long> { ["rows"] = values, ["results"] = result.Held },
        };
    }

    private static GateCase Rows(
        string name, string description, CompiledProgram program, int rows, int columns, int width, int values,
        params GateOperand[] others)
    {
        GateOperand result = new(ResultRowsSchema.Instance, rows, width, TakesResults: true);
        return new GateCase(
            name, description, program, [new GateOperand(ActivationRowsSchema.Instance, rows, columns), result, .. others],
            (long)rows * values)
        {
            Sizes = new Dictionary<string, long>
            {
                ["rows"] = rows, ["columns"] = columns, ["width"] = width, ["outputs"] = width, ["kept"] = width, ["results"] = result.Held,
            },
        };
    }
}
