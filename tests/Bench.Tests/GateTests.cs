using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Bench.Gates;
using MPCache.Bench.Reports;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Ring;
using Xunit;

namespace MPCache.Bench.Tests;

/// <summary>Gates compute what they are called, cost what is known of them, and are not reported where a run is not its plan.</summary>
public sealed class GateTests
{
    private const int Values = 200;

    public static TheoryData<string, double> Elementwise => new()
    {
        { "product", 0.001 }, { "truncate", 1.0 / 256 }, { "extend", 0 }, { "less", 0 }, { "maximum", 0.001 }, { "exponential", 0.001 },
        { "silu", 0.002 }, { "gelu", 0.002 }, { "reciprocal", 0.01 }, { "rsqrt", 0.003 },
    };

    [Theory]
    [MemberData(nameof(Elementwise))]
    public async Task AGateComputesWhatItIsCalled(string name, double error)
    {
        GateCase gate = Find(name);
        (double[][] operands, double[] results) = await RunAsync(gate);

        Assert.Equal(Values, results.Length);
        double[] expected = [.. operands[0].Select((x, i) => Meaning(name, x, operands[^1][i]))];
        double worst = expected.Zip(results, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= error, string.Create(CultureInfo.InvariantCulture, $"off by {worst}, allowed is {error}"));
    }

    [Fact]
    public async Task ASoftmaxSumsToOneAndIsLargestWhereItsOperandIs()
    {
        GateCase gate = Find("softmax");
        (double[][] operands, double[] results) = await RunAsync(gate);
        int columns = gate.Operands[0].RowSize;
        foreach ((double[] x, double[] y) in operands[0].Chunk(columns).Zip(results.Chunk(columns)))
        {
            double sum = x.Sum(v => Math.Exp(8 * (v - x.Max())));
            Assert.All(x.Zip(y), p => Assert.Equal(Math.Exp(8 * (p.First - x.Max())) / sum, p.Second, 0.003));
        }
    }

    [Fact]
    public async Task AShuffleKeepsTheElementsOfEachRowInAnotherOrder()
    {
        GateCase gate = Find("shuffle");
        (double[][] operands, double[] results) = await RunAsync(gate);
        int columns = gate.Operands[0].RowSize;
        foreach ((double[] x, double[] y) in operands[0].Chunk(columns).Zip(results.Chunk(columns)))
        {
            Assert.Equal(x.Order(), y.Order());
            Assert.NotEqual(x, y);
        }
    }

    [Fact]
    public async Task TheLargestOfEachRowAreFound()
    {
        GateCase gate = Find("topk");
        (double[][] operands, double[] results) = await RunAsync(gate);
        int kept = results.Length / gate.Operands[0].Rows;
        foreach ((double[] x, double[] y) in operands[0].Chunk(gate.Operands[0].RowSize).Zip(results.Chunk(kept)))
        {
            Assert.All(x.OrderDescending().Take(kept).Zip(y.OrderDescending()), p => Assert.Equal(p.First, p.Second, 0.01));
        }
    }

    [Fact]
    public async Task TheServersProductIsThatOfItsWeights()
    {
        GateCase gate = Find("server-linear");
        using GateRun run = new(gate);
        await run.MeasureAsync(1);
        GateOperand operand = gate.Operands[0];
        double[] x = [.. Decode(run.Values(operand)[0], operand.Schema)];
        double[] results = [.. Decode(run.Results, gate.Operands[1].Schema)];
        double[][] weights = [.. run.Weights.Select(w => Math.ScaleB(w, -WeightScale.FractionBits(-1, 1))).Chunk(x.Length)];
        Assert.All(weights.Zip(results), p => Assert.Equal(p.First.Zip(x, (w, v) => w * v).Sum(), p.Second, 0.001));
    }

    [Fact]
    public async Task AComparisonCostsWhatIsKnownOfIt()
    {
        // Four digits of 4 bits: 60 bits of unit vectors a value, 11 planes of coefficients; 7 planes and then one each way.
        const int values = 640;
        using GateRun run = new(GateCases.All(values).Single(g => g.Name == "compare-16"));
        GateLine line = await run.MeasureAsync(1);

        Assert.Equal((values * 60 / 8) + (11 * values / 8), line.DealerBytes);
        Assert.Equal(2, line.Flights);
        Assert.Equal((8 * values / 8) + (2 * Wire.HeaderBytes), line.ServerToClientBytes);
        Assert.Equal(line.ServerToClientBytes, line.ClientToServerBytes);
    }

    [Fact]
    public async Task EveryGateRunsAsItsPlanSays()
    {
        foreach (GateCase gate in GateCases.All(Values).Where(g => g.Name is not "server-linear-256"))
        {
            using GateRun run = new(gate);
            GateLine line = await run.MeasureAsync(1);
            PlanTotals plan = gate.Program.Interface.Plan.Evaluate(name => gate.Sizes[name]);
            Assert.Equal(plan, new PlanTotals(
                line.Flights, line.ServerToClientBytes, line.ClientToServerBytes, line.PreparedBytes, line.DealerBytes));
            Assert.True(line.DealerBytes > 0);
        }
    }

    [Theory]
    [InlineData("tape", 1, 0)]
    [InlineData("ServerToClient", 0, 1)]
    public async Task ARunThatIsNotItsPlanAbortsTheCommand(string what, int tape, int online)
    {
        GateCase gate = Find("compare-12");
        using GateRun run = new(gate with { Program = new OtherPlan(gate.Program, tape, online) });

        MPCacheException error = await Assert.ThrowsAsync<MPCacheException>(() => run.MeasureAsync(1));
        Assert.Contains("compare-12 took", error.Message, StringComparison.Ordinal);
        Assert.Contains("its plan says", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task PartiesThatAreNotInTheSameFlightAbortTheCommand()
    {
        GateCase gate = Find("compare-12");
        using GateRun run = new(gate with { Program = new ClientStopsEarly(gate.Program) });

        MPCacheException error = await Assert.ThrowsAsync<MPCacheException>(() => run.MeasureAsync(1));
        Assert.Contains("waits for a flight", error.Message, StringComparison.Ordinal);
    }

    private static GateCase Find(string name) => GateCases.All(Values).Single(g => g.Name == name);

    private static async Task<(double[][] Operands, double[] Results)> RunAsync(GateCase gate)
    {
        using GateRun run = new(gate);
        await run.MeasureAsync(1);
        GateOperand operand = gate.Operands[0];
        GateOperand result = gate.Operands.Single(o => o.TakesResults);
        return ([.. run.Values(operand).Select(f => Decode(f, operand.Schema).ToArray())], [.. Decode(run.Results, result.Schema)]);
    }

    private static IEnumerable<double> Decode(ulong[] words, StateSchema schema) =>
        words.Select(w => Math.ScaleB(RingWord.SignExtend(w, schema.RingBits), -schema.FractionBits));

    private static double Meaning(string name, double x, double y) => name switch
    {
        "product" => x * y,
        "truncate" or "extend" => x,
        "less" => x < y ? 1 : 0,
        "maximum" => Math.Max(x, y),
        "exponential" => Math.Exp(x),
        "silu" => x / (1 + Math.Exp(-x)),
        "gelu" => MPCache.Functions.Gelu(Tensor.From([(float)x], 1)).Values[0],
        "reciprocal" => 1 / x,
        _ => 1 / Math.Sqrt(x),
    };

    /// <summary>A program under a plan that says other bytes.</summary>
    private sealed class OtherPlan(CompiledProgram program, int tape, int online) : CompiledProgram
    {
        public override ProgramInterface Interface { get; } = program.Interface with
        {
            PlanText = PlanText.Print(program.Interface.Plan with
            {
                Nodes =
                [
                    .. program.Interface.Plan.Nodes.Select(n => n is FlightNode { Id: 0 } flight
                        ? flight with
                        {
                            Entries = [.. flight.Entries.Select(e => e with { ServerToClient = e.ServerToClient + Expr.Constant(online) })],
                        }
                        : n),
                    new TapeNode(9, "none", "", Expr.Constant(tape)),
                ],
            }),
        };

        public override ValueTask RunAsync<TRole>(Run run, CallFrame frame) => program.RunAsync<TRole>(run, frame);
    }

    /// <summary>A program whose client does nothing.</summary>
    private sealed class ClientStopsEarly(CompiledProgram program) : CompiledProgram
    {
        public override ProgramInterface Interface => program.Interface;

        public override ValueTask RunAsync<TRole>(Run run, CallFrame frame) =>
            TRole.IsClient && !TRole.IsRehearsal ? ValueTask.CompletedTask : program.RunAsync<TRole>(run, frame);
    }
}
