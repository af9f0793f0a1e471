using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Models.Tests.Tracing;

/// <summary>
/// The plain form of small programs equals the method called directly, and a trace sees every expression of theirs once an iteration,
/// with the same value three ways.
/// </summary>
public sealed class ProgramTraceTests
{
    private const int Rows = 3;
    private const int Dim = 5;
    private const double Tolerance = 0.002;

    private static readonly TracedWeights Weights = new() { Matrix = Random(4, 1, Dim, Dim), Gain = Random(5, 1, Dim) };

    private static Tensor X => Random(1, 2, Rows, Dim);

    [Fact]
    public async Task Arithmetic()
    {
        Tensor y = Random(2, 2, Dim);
        AssertSame(TracedPrograms.ArithmeticProgram, [("x", X), ("y", y)], [1.7], TracedPrograms.Arithmetic(X, y, 1.7f));
        await AssertTraced(
            TracedPrograms.ArithmeticProgram,
            session => TracedPrograms.ArithmeticAsync(session, Input.Of(X), Input.Of(y), 1.7),
            [
                "x + y", "(x + y) * 0.5f", "halved * 0.3f", "1f - halved * 0.3f", "flipped * scale", "flipped * scale - y",
                "-(flipped * scale - y)", "-(flipped * scale - y) * x", "-(flipped * scale - y) * x - 0.25f",
                "(-(flipped * scale - y) * x - 0.25f).Reveal(Party.Client)",
            ]);
    }

    [Fact]
    public async Task What_stays_shared()
    {
        AssertSame(TracedPrograms.SharesProgram, [("x", X)], [], TracedPrograms.Shares(X));
        await AssertTraced(
            TracedPrograms.SharesProgram,
            session => TracedPrograms.SharesAsync(session, Input.Of(X)),
            [
                "x.Mean(0)", "x * x.Mean(0)", "(x * x.Mean(0)).Within(-4, 4)", "(x * x.Mean(0)).Within(-4, 4) * 0.3f", "(x * x).Mean(-1)",
                "(x * x).Mean(-1) + 0.01f", "RSqrt(meanSquare)", "x * RSqrt(meanSquare)", "x * RSqrt(meanSquare) + products",
                "(x * RSqrt(meanSquare) + products).Reveal(Party.Client)",
            ]);
    }

    [Fact]
    public async Task Reductions()
    {
        (Tensor sums, Tensor extremes, Tensor place) = TracedPrograms.Reductions(X);
        AssertSame(TracedPrograms.ReductionsProgram, [("x", X)], [], sums, extremes, place);
        // x * x is no value of its own: it is part of a dot product.
        await AssertTraced(
            TracedPrograms.ReductionsProgram,
            session => TracedPrograms.ReductionsAsync(session, Input.Of(X)),
            [
                "x.Sum(-1)", "x.Mean(1)", "(x * x).Sum(-1)", "Concat(1, x.Mean(1), (x * x).Sum(-1))",
                "Concat(1, x.Sum(-1), Concat(1, x.Mean(1), (x * x).Sum(-1)))", "x.Max(-1)", "x.Min(-1)", "x.Max(-1) - x.Min(-1)",
                "x.Sum(0)", "x.Sum(0).Mean(1)", "x.Max(-1) - x.Min(-1) + x.Sum(0).Mean(1)", "sums.Reveal(Party.Client)",
                "extremes.Reveal(Party.Server)", "ArgMax(x)", "ArgMax(x).Reveal(Party.Client)",
            ]);
    }

    [Fact]
    public async Task Choices()
    {
        Tensor y = Random(2, 2, Rows, Dim);
        (Tensor chosen, Tensor counted) = TracedPrograms.Choices(X, y);
        AssertSame(TracedPrograms.ChoicesProgram, [("x", X), ("y", y)], [], chosen, counted);
        // The first comparison stays a bit, the second is brought into a ring.
        await AssertTraced(
            TracedPrograms.ChoicesProgram,
            session => TracedPrograms.ChoicesAsync(session, Input.Of(X), Input.Of(y)),
            [
                "Less(x, y)", "Relu(x)", "Maximum(x, y)", "Minimum(x, y)", "Minimum(x, y) * 0.5f", "Maximum(x, y) + Minimum(x, y) * 0.5f",
                "Select(Less(x, y), Relu(x), Maximum(x, y) + Minimum(x, y) * 0.5f)", "chosen.Reveal(Party.Client)", "Less(y, x)",
                "Less(y, x).Sum(-1)", "Less(y, x).Sum(-1).Reveal(Party.Server)",
            ]);
    }

    [Fact]
    public async Task Scalars()
    {
        (Tensor first, Tensor second) = TracedPrograms.Scalars(X);
        AssertSame(TracedPrograms.ScalarsProgram, [("x", X)], [], first, second);
        await AssertTraced(
            TracedPrograms.ScalarsProgram,
            session => TracedPrograms.ScalarsAsync(session, Input.Of(X)),
            [
                "x * x", "x * x + 0.5f", "RSqrt(positive)", "Reciprocal(positive)", "RSqrt(positive) + Reciprocal(positive)",
                "Silu(x)",
                "RSqrt(positive) + Reciprocal(positive) + Silu(x)", "first.Reveal(Party.Client)", "Gelu(x)", "Exp(x)", "Gelu(x) + Exp(x)",
                "Softmax(x)", "Gelu(x) + Exp(x) + Softmax(x)", "(Gelu(x) + Exp(x) + Softmax(x)).Reveal(Party.Client)",
            ]);
    }

    [Fact]
    public async Task Layouts()
    {
        AssertSame(TracedPrograms.LayoutsProgram, [("x", X)], [], TracedPrograms.Layouts(X));
        // The second transpose is the first one; of the constants their sum is left.
        await AssertTraced(
            TracedPrograms.LayoutsProgram,
            session => TracedPrograms.LayoutsAsync(session, Input.Of(X)),
            [
                "x.Transpose()", "x.Transpose().Reshape(dim, 1, rows)", "x.Transpose().Reshape(dim, 1, rows).Permute(1, 2, 0)", "turned[0]",
                "Tensor.Zeros(1, dim) + Tensor.Scalar(0.75f)",
                "Concat(0, turned[0], Tensor.Zeros(1, dim) + Tensor.Scalar(0.75f))", "joined.Slice(0, 1, rows)", "x.Transpose()",
                "MatMul(part, x.Transpose())",
                "MatMul(part, x.Transpose()).Reveal(Party.Server)",
            ]);
    }

    [Fact]
    public async Task Loops_tell_their_iterations()
    {
        AssertSame(TracedPrograms.LoopsProgram, [("x", X)], [], TracedPrograms.Loops(X, 3), ("steps", 3));
        TraceComparison comparison = await Traced(
            TracedPrograms.LoopsProgram, session => TracedPrograms.LoopsAsync(session, Input.Of(X), 3));
        string[] inner = ["x * 0.125f", "inner + x * 0.125f", "(inner + x * 0.125f).Within(-8, 8)"];
        IEnumerable<(string, long, long)> expected = Enumerable.Range(0, 3).SelectMany(i => Enumerable.Empty<(string, long, long)>()
            .Append(("total * 0.5f", i, 0))
            .Concat(Enumerable.Range(0, i + 1).SelectMany(j => inner.Select(text => (text, (long)i, (long)j))))
            .Append(("inner - x", i, 0)).Append(("(inner - x).Within(-8, 8)", i, 0)));
        Assert.Equal([.. expected, ("total.Reveal(Party.Client)", 0, 0)], comparison.Rows.Select(r => (r.Expression, r.Outer, r.Inner)));
    }

    /// <summary>What is the same in all iterations is shown where it is computed, not where it is repeated.</summary>
    [Fact]
    public async Task Iterations_are_seen_at_once()
    {
        (Tensor joined, Tensor same) = TracedPrograms.Stacks(X);
        AssertSame(TracedPrograms.StacksProgram, [("x", X)], [], joined, same);
        await AssertTraced(TracedPrograms.StacksProgram, session => TracedPrograms.StacksAsync(session, Input.Of(X)),
            [
                "x.Mean(0)", "x.Mean(0) / rows", "x[i]", "x[i].Reshape(1, x.Size(1))", "x[i].Reshape(1, x.Size(1)) * 0.5f",
                "Concat(0, mean, x[i].Reshape(1, x.Size(1)) * 0.5f)",
                "Tensor.Stack(rows, i => Concat(0, mean, x[i].Reshape(1, x.Size(1)) * 0.5f))", "joined.Sum(1)",
                "joined.Sum(1).Reveal(Party.Client)", "same.Reveal(Party.Server)",
            ]);
    }

    [Fact]
    public async Task A_state_keeps_what_earlier_calls_appended()
    {
        TracedWindow window = new() { Rows = Tensor.Zeros(0, Dim) };
        PlainState state = new([("Rows", 1, [Dim])]);
        await using TraceSession session = await TraceSession.StartAsync([TracedPrograms.StepProgram], Tolerance);
        ResidentHandle weights = await session.ShareAsync(TracedWeightsSchema.Instance, Weights);
        StateHandle rows = await session.CreateStateAsync(TracedWindowSchema.Instance, new Dictionary<string, long> { ["dim"] = Dim });
        for (int call = 0; call < 3; call++)
        {
            Tensor x = Random(10 + call, 2, Rows, Dim);
            Tensor expected = TracedPrograms.Step(Weights, window, x);
            PlainFrame frame = Frame(TracedPrograms.StepProgram, [("x", x)], [], 1, ("rows", Rows), ("dim", Dim), ("tokens", call * Rows));
            frame.Residents[0] = new PlainResident(TracedWeightsSchema.Instance, Weights);
            frame.States[0] = state;
            TracedPrograms.StepProgram.RunPlain(frame);
            AssertSame(expected, frame.Outputs[0]);
            AssertSame(window.Rows, state["Rows"][0].Value);

            await TracedPrograms.StepAsync(session, weights, rows, Input.Of(x));
            TraceComparison comparison = session.Comparisons[call];
            Assert.Null(comparison.FirstDivergence);
            Assert.Equal(
                [
                    "Linear(x, weights.Matrix)", "Linear(x, weights.Matrix) * weights.Gain",
                    "(Linear(x, weights.Matrix) * weights.Gain).Within(-4, 4)", "window.Rows.Append(mapped)", "window.Rows",
                    "window.Rows.Mean(0)", "window.Rows", "window.Rows.Slice(0, 0, 1)", "window.Rows.Mean(0) + window.Rows.Slice(0, 0, 1)",
                    "(window.Rows.Mean(0) + window.Rows.Slice(0, 0, 1)).Reveal(Party.Client)",
                ],
                comparison.Rows.Select(r => r.Expression));
            Assert.Equal((call + 1) * Rows * Dim, comparison.Rows.First(r => r.Expression == "window.Rows").Count);
        }
    }

    [Fact]
    public async Task A_value_outside_of_its_declared_range_stops_the_trace_with_the_expression()
    {
        await using TraceSession session = await TraceSession.StartAsync([TracedPrograms.StepProgram], Tolerance);
        ResidentHandle weights = await session.ShareAsync(
            TracedWeightsSchema.Instance, new TracedWeights { Matrix = Filled(1, Dim, Dim), Gain = Filled(1, Dim) });
        StateHandle rows = await session.CreateStateAsync(TracedWindowSchema.Instance, new Dictionary<string, long> { ["dim"] = Dim });
        RangeException error = await Assert.ThrowsAsync<RangeException>(
            () => TracedPrograms.StepAsync(session, weights, rows, Input.Of(Filled(2, Rows, Dim))));
        Assert.Contains("Linear(x, weights.Matrix) * weights.Gain", error.Message, StringComparison.Ordinal);
    }

    private static Tensor Random(int seed, double bound, params int[] shape)
    {
        Random random = new(seed);
        return Tensor.From(
            [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (float)(((random.NextDouble() * 2) - 1) * bound))],
            shape);
    }

    private static Tensor Filled(float value, params int[] shape) =>
        Tensor.From([.. Enumerable.Repeat(value, shape.Aggregate(1, (a, b) => a * b))], shape);

    private static PlainFrame Frame(
        CompiledProgram program, (string Name, Tensor Value)[] inputs, double[] reals, int outputs,
        params (string Name, long Size)[] sizes) => new()
    {
        Dimensions = [.. program.Interface.Dimensions.Select(d => sizes.Single(s => s.Name == d.Name).Size)],
        Inputs = [.. program.Interface.Inputs.Select(i => inputs.Single(given => given.Name == i.Name).Value)],
        Reals = reals,
        Residents = new PlainResident[1],
        States = new PlainState[1],
        Outputs = new Tensor[outputs],
    };

    private static void AssertSame(
        CompiledProgram program, (string Name, Tensor Value)[] inputs, double[] reals, Tensor expected, (string, long) integer)
    {
        PlainFrame frame = Frame(program, inputs, reals, 1, ("rows", Rows), ("dim", Dim), integer);
        program.RunPlain(frame);
        AssertSame(expected, frame.Outputs[0]);
    }

    private static void AssertSame(CompiledProgram program, (string Name, Tensor Value)[] inputs, double[] reals, params Tensor[] expected)
    {
        PlainFrame frame = Frame(program, inputs, reals, expected.Length, ("rows", Rows), ("dim", Dim));
        program.RunPlain(frame);
        for (int i = 0; i < expected.Length; i++)
        {
            AssertSame(expected[i], frame.Outputs[i]);
        }
    }

    private static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        Assert.Equal(expected.Values.ToArray(), actual.Values.ToArray());
    }

    private static async Task AssertTraced(CompiledProgram program, Func<ISession, Task<CallResult>> call, string[] expressions)
    {
        TraceComparison comparison = await Traced(program, call);
        Assert.Equal(expressions, comparison.Rows.Select(r => r.Expression));
        Assert.All(comparison.Rows, r => Assert.Equal((0, 0), (r.Outer, r.Inner)));
    }

    private static async Task<TraceComparison> Traced(CompiledProgram program, Func<ISession, Task<CallResult>> call)
    {
        await using TraceSession session = await TraceSession.StartAsync([program], Tolerance);
        CallResult result = await call(session);
        TraceComparison comparison = Assert.Single(session.Comparisons);
        Assert.Null(comparison.FirstDivergence);
        Assert.Equal(result.Statistics.Planned, result.Statistics.Measured);
        return comparison;
    }
}
