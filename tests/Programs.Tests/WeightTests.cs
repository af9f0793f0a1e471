using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

public class WeightTests
{
    [Fact]
    public async Task Layers_gains_and_tables_of_resident_weights()
    {
        Draw draw = new(1);
        foreach ((int rows, int inputs, int outputs, int layers, int groups, int vocabulary) in
            new[] { (1, 1, 1, 1, 1, 1), (3, 5, 7, 2, 2, 300), (2, 64, 3, 4, 1, 17) })
        {
            await using Trial trial = await Trial.StartAsync(Dense.ApplyProgram);
            DenseWeights weights = new()
            {
                Groups = groups,
                Single = draw.Within(-1, 1, outputs, inputs),
                Stacked = draw.Within(-4, 4, layers, groups * outputs, inputs),
                Gain = draw.Within(-8, 8, inputs),
                Gains = draw.Within(0, 0.5, layers, inputs),
                Table = draw.Within(-2, 2, vocabulary, inputs),
            };
            await trial.ShareAsync(DenseWeightsSchema.Instance, weights);
            foreach (int words in new[] { 1, 4 })
            {
                Tensor x = draw.Within(-4, 4, rows, inputs);
                Tensor prompt = draw.Classes(vocabulary, words);
                (Tensor single, Tensor stacked, Tensor gained, Tensor embedded) = Dense.Apply(weights, x, prompt);

                // A weight is held in 16 bits: half a unit of 2^-15 of its declared largest magnitude.
                double weightError = 1.0 / 65536;
                await trial.AgreeAsync(
                    [
                        (single, Party.Client, 1e-4 + (inputs * 4 * weightError)),
                        (stacked, Party.Client, 1e-2 + (inputs * (32 + (2 * layers)) * 8 * weightError)),
                        (gained, Party.Server, 2e-3),
                        (embedded, Party.Client, 1e-4),
                    ],
                    side => Dense.ApplyAsync(side.Session, side.Weights[0], side.Client(x), side.Client(prompt)));
            }
        }
    }

    [Fact]
    public async Task Biases_shifts_and_rows_at_public_places_are_added()
    {
        Draw draw = new(2);
        foreach ((int rows, int inputs, int outputs, int layers, int words, int first) in
            new[] { (1, 1, 1, 1, 1, 0), (3, 5, 7, 2, 4, 3), (2, 64, 3, 4, 1, 9) })
        {
            await using Trial trial = await Trial.StartAsync(Summands.ApplyProgram);
            SummandWeights weights = new()
            {
                Matrix = draw.Within(-4, 4, outputs, inputs),
                Biases = draw.Within(-16, 16, layers, outputs),
                Gain = draw.Within(-2, 2, inputs),
                Shift = draw.Within(-0.5, 0.25, inputs),
                Table = draw.Within(-2, 2, 20, inputs),
                Places = draw.Within(-8, 8, 10, inputs),
            };
            await trial.ShareAsync(SummandWeightsSchema.Instance, weights);
            Tensor x = draw.Within(-4, 4, rows, inputs);
            Tensor prompt = draw.Classes(20, words);
            (Tensor layer, Tensor scaled, Tensor shifted, Tensor twice, Tensor placed, Tensor row) =
                Summands.Apply(weights, x, prompt, first);

            // A weight is held in 16 bits: half a unit of 2^-15 of its declared largest magnitude, a whole one at a bound.
            double weightError = 1.0 / 32768;
            double product = 1e-4 + (inputs * 4 * 4 * weightError);
            double bias = 16 * weightError;
            double largest = inputs * 16;
            await trial.AgreeAsync(
                [
                    (layer, Party.Client, product + ((layers + 1) * (bias + 1e-4))),
                    (scaled, Party.Client, 4 * 2 * weightError + 1e-4),
                    (shifted, Party.Server, 1e-4),
                    (twice, Party.Client, ((2 * largest) + 16) * (product + bias) + 1e-3),
                    (placed, Party.Client, 8 * weightError + 1e-4),
                    (row, Party.Client, 8 * weightError + 1e-4),
                ],
                side => Summands.ApplyAsync(side.Session, side.Weights[0], side.Client(x), side.Client(prompt), first));
        }
    }

    [Fact]
    public async Task Matrix_products_read_weights_where_they_lie()
    {
        Draw draw = new(3);
        foreach ((int rows, int inputs, int outputs, int layers, int vocabulary) in
            new[] { (1, 1, 1, 1, 1), (3, 5, 7, 2, 20), (2, 40, 3, 1, 17) })
        {
            await using Trial trial = await Trial.StartAsync(DenseProducts.ApplyProgram);
            DenseWeights weights = new()
            {
                Groups = 1,
                Single = draw.Within(-1, 1, outputs, inputs),
                Stacked = draw.Within(-4, 4, layers, outputs, inputs),
                Gain = draw.Within(-8, 8, inputs),
                Gains = draw.Within(0, 0.5, layers, inputs),
                Table = draw.Within(-2, 2, vocabulary, inputs),
            };
            await trial.ShareAsync(DenseWeightsSchema.Instance, weights);
            Tensor x = draw.Within(-4, 4, rows, inputs);
            Tensor y = draw.Within(-1, 1, rows, vocabulary);
            (Tensor turned, Tensor back, Tensor stacked, Tensor weighed) = DenseProducts.Apply(weights, x, y);

            // A weight is held in 16 bits: half a unit of 2^-15 of its declared largest magnitude.
            double product = 1e-4 + (inputs * 4 / 32768.0);
            await trial.AgreeAsync(
                [
                    (turned, Party.Client, product), (back, Party.Client, (outputs * (product + (4 * inputs / 32768.0))) + 1e-3),
                    (stacked, Party.Client, 1e-3 + (inputs * outputs * layers * 64 / 32768.0)), (weighed, Party.Server, 2e-3),
                ],
                side => DenseProducts.ApplyAsync(side.Session, side.Weights[0], side.Client(x), side.Server(y)));
        }
    }

    [Fact]
    public async Task Weights_are_values_wherever_a_value_may_stand()
    {
        Draw draw = new(2);
        foreach ((int inputs, int outputs, int layers) in new[] { (1, 1, 1), (5, 3, 4) })
        {
            await using Trial trial = await Trial.StartAsync(DenseValues.ApplyProgram);
            DenseWeights weights = new()
            {
                Groups = 1,
                Single = draw.Within(-1, 1, outputs, inputs),
                Stacked = draw.Within(-4, 4, layers, outputs, inputs),
                Gain = draw.Within(-8, 8, inputs),
                Gains = draw.Within(0, 0.5, layers, inputs),
                Table = draw.Within(-2, 2, 6, inputs),
            };
            await trial.ShareAsync(DenseWeightsSchema.Instance, weights);
            Tensor x = draw.Within(-4, 4, inputs, inputs);
            foreach (int first in new[] { 0, 5 })
            {
                (Tensor biased, Tensor table, Tensor elsewhere, Tensor own) = DenseValues.Apply(weights, x, first);
                await trial.AgreeAsync(
                    [
                        (biased, Party.Client, 5e-4), (table, Party.Client, 1e-4),
                        (elsewhere, Party.Client, inputs * 2e-3), (own, Party.Server, 0.01),
                    ],
                    side => DenseValues.ApplyAsync(side.Session, side.Weights[0], side.Client(x), first));
            }

            foreach (MPCacheException failure in await trial.FailAsync(
                side => DenseValues.ApplyAsync(side.Session, side.Weights[0], side.Client(x), 6)))
            {
                Assert.Contains("weights.Table.Slice(0, first, 1)", failure.Message, System.StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Weights_that_only_a_branch_uses_as_values_are_sent_where_it_is_taken()
    {
        const int Inputs = 5;
        Draw draw = new(9);
        await using Trial trial = await Trial.StartAsync(DenseBranches.ApplyProgram);
        DenseWeights weights = new()
        {
            Groups = 1,
            Single = draw.Within(-1, 1, 2, Inputs),
            Stacked = draw.Within(-4, 4, 1, 2, Inputs),
            Gain = draw.Within(-2, 2, Inputs),
            Gains = draw.Within(0, 0.5, 1, Inputs),
            Table = draw.Within(-2, 2, 3, Inputs),
        };
        await trial.ShareAsync(DenseWeightsSchema.Instance, weights);
        Tensor x = draw.Within(-4, 4, Inputs, Inputs);
        Dictionary<(int Row, int Way), PlanTotals> costs = [];
        foreach ((int row, int way) in new[] { (0, 0), (1, 0), (3, 1), (0, 1), (0, 2), (2, 2) })
        {
            (Tensor shifted, Tensor columns) = DenseBranches.Apply(weights, x, row, way);
            costs[(row, way)] = await trial.AgreeAsync([(shifted, Party.Client, 1e-3), (columns, Party.Client, 1e-3)],
                side => DenseBranches.ApplyAsync(side.Session, side.Weights[0], side.Client(x), row, way));
        }

        // Only a product takes a flight; a weight joins the first one.
        Assert.Single(costs.Where(c => c.Key.Way < 2).Select(c => c.Value.Flights).Distinct());
        long tableRow = costs[(1, 0)].ServerToClient - costs[(0, 0)].ServerToClient;
        Assert.True(tableRow is >= 2 * Inputs and <= 8 * Inputs, $"a row of the table takes {tableRow} bytes");
        Assert.Equal(tableRow, costs[(3, 1)].ServerToClient - costs[(0, 1)].ServerToClient);
        Assert.Equal(tableRow, costs[(2, 2)].ServerToClient - costs[(0, 2)].ServerToClient);
        Assert.True(costs[(0, 1)].ServerToClient > costs[(0, 0)].ServerToClient);
        Assert.Equal(costs[(0, 0)].ClientToServer, costs[(1, 0)].ClientToServer);
    }
}
