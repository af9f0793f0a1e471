using System;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Models.Transformers;
using MPCache.Programs.Tests.Harness;
using Xunit;

namespace MPCache.Models.Tests.Transformers;

/// <summary>The layer of experts against a reference that computes the chosen experts alone.</summary>
public sealed class ExpertLayerTests
{
    [Fact]
    public void Plain_rows_are_those_of_the_reference()
    {
        Draw draw = new(1);
        ExpertWeights weights = Weights(draw, 5, 6);
        Tensor x = draw.Within(-2, 2, 9, 8);
        double[][] expected = Reference(weights, x, 5);
        float[] actual = ExpertLayer.Apply(weights, x).Values.ToArray();
        Assert.All(expected.SelectMany(r => r).Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-4));
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(5, 6)]
    public async Task Rows_are_those_of_the_reference_between_two_parties(int experts, int hidden)
    {
        Draw draw = new(experts);
        ExpertWeights weights = Weights(draw, experts, hidden);
        await using Trial trial = await Trial.StartAsync(ExpertLayer.ApplyProgram);
        await trial.ShareAsync(ExpertWeightsSchema.Instance, weights);
        foreach (int rows in new[] { 1, 7 })
        {
            Tensor x = draw.Within(-2, 2, rows, 8);
            await trial.AgreeAsync(
                Rows.ToTensor(Reference(weights, x, experts)), 0.01,
                side => ExpertLayer.ApplyAsync(side.Session, side.Weights[0], side.Client(x)));
        }
    }

    private static ExpertWeights Weights(Draw draw, int experts, int hidden) => new()
    {
        Gain = draw.Within(0.5, 1.5, 8),
        Router = draw.Within(-1, 1, experts, 8),
        Gate = draw.Within(-0.5, 0.5, experts * hidden, 8),
        Up = draw.Within(-0.5, 0.5, experts * hidden, 8),
        Down = draw.Within(-0.5, 0.5, 8, experts * hidden),
    };

    private static double[][] Reference(ExpertWeights w, Tensor x, int experts)
    {
        (double[][] gate, double[][] up, double[][] down) = (Rows.Of(w.Gate), Rows.Of(w.Up), Rows.Of(w.Down));
        int hidden = gate.Length / experts;
        return [.. Rows.Of(x).Select(row =>
        {
            double root = Math.Sqrt(row.Average(v => v * v) + 1e-5);
            double[] h = [.. row.Zip(Rows.Vector(w.Gain), (v, g) => v / root * g)];
            double[] scores = Rows.Linear([h], Rows.Of(w.Router))[0];
            int[] chosen = [.. Enumerable.Range(0, experts).OrderByDescending(e => scores[e]).Take(2)];

            // Which experts a row uses hangs on no rounding.
            double[] order = [.. scores.OrderDescending()];
            Assert.True(experts == 2 || order[1] - order[2] > 0.01);
            double[] shares = Rows.Softmax([.. chosen.Select(e => scores[e])]);
            return row.Select((v, i) => v + chosen.Select((e, c) => shares[c] * Enumerable.Range(e * hidden, hidden)
                .Sum(j => down[i][j] * Rows.Silu(Rows.Dot(gate[j], h)) * Rows.Dot(up[j], h))).Sum()).ToArray();
        })];
    }
}
