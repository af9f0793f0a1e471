using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Sessions;
using static MPCache.Functions;

namespace MPCache.Programs.Aot;

/// <summary>The server's weights of the residual block.</summary>
[Resident(Party.Server)]
public sealed record ResidualWeights
{
    [Shape("dim, dim"), Range(-1, 1)]
    public required Tensor Mixing { get; init; }
}

/// <summary>The rows seen so far.</summary>
[State(Grows = "tokens")]
public sealed class SeenRows
{
    [Shape("tokens, dim"), Range(-8, 8)]
    public required Tensor Rows { get; set; }
}

/// <summary>A block with a gate of every kind, run in the clear: masks are zero, so its output is the same wherever it runs.</summary>
[Dim("rows", Max = 8)]
[Dim("tokens", Max = 16)]
[Dim("dim", Max = 16)]
public static partial class Residual
{
    [EntryPoint]
    public static Tensor Step(ResidualWeights weights, SeenRows seen, [Owned(Party.Client), Shape("rows, dim"), Range(-4, 4)] Tensor x)
    {
        Tensor normal = (x * RSqrt((x * x).Mean(-1) + 0.25f)).Within(-8, 8);
        seen.Rows = seen.Rows.Append(normal);
        Tensor weight = Softmax((MatMul(x, seen.Rows.Transpose()) * InverseSqrt(x.Size(1))).Within(-64, 64));
        Tensor mixed = Linear(MatMul(weight, seen.Rows).Within(-8, 8), weights.Mixing).Within(-16, 16);
        return (x + Silu(mixed) + Relu(mixed)).Reveal(Party.Client);
    }

    /// <summary>Runs two steps in the clear and prints each output's elements and its planned cost, one step a line.</summary>
    public static async Task PrintAsync(TextWriter output)
    {
        const int dim = 6;
        await using ClearExecution session = new([StepProgram]);
        ResidentHandle weights = await session.ShareAsync(ResidualWeightsSchema.Instance, new ResidualWeights { Mixing = Ramp(dim, dim) * 0.25f });
        StateHandle seen = await session.CreateStateAsync(SeenRowsSchema.Instance, new Dictionary<string, long> { ["dim"] = dim });
        foreach (int rows in new[] { 3, 1 })
        {
            CallResult result = await StepAsync(session, weights, seen, Input.Of(Ramp(rows, dim)));
            string elements = string.Join(' ', result.Outputs[0].Value.Values.ToArray().Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
            await output.WriteLineAsync($"{elements} {result.Statistics.Planned}");
        }
    }

    private static Tensor Ramp(int rows, int columns) =>
        Tensor.From([.. Enumerable.Range(0, rows * columns).Select(i => (i * 37 % 29 / 4f) - 3.5f)], rows, columns);
}
