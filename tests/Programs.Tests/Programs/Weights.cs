using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

/// <summary>Weights of every shape that a program reads: a matrix, stacked matrices and vectors, a vector, a table.</summary>
[Resident(Party.Server)]
public sealed record DenseWeights
{
    public required int Groups { get; init; }

    [Shape("outputs, inputs"), Range(-1, 1)]
    public required Tensor Single { get; init; }

    [Shape("layers, groups*outputs, inputs"), Range(-4, 4)]
    public required Tensor Stacked { get; init; }

    [Shape("inputs"), Range(-8, 8)]
    public required Tensor Gain { get; init; }

    [Shape("layers, inputs"), Range(0, 0.5)]
    public required Tensor Gains { get; init; }

    [Shape("vocabulary, inputs"), Range(-2, 2)]
    public required Tensor Table { get; init; }
}

[Dim("rows", Max = 64)]
[Dim("inputs", Max = 64)]
[Dim("outputs", Max = 64)]
[Dim("layers", Max = 8)]
[Dim("groups", Max = 4)]
[Dim("vocabulary", Max = 300)]
public static partial class Dense
{
    /// <summary>Linear layers with weights of one matrix and of a row of many, gains from either side, and a table's rows.</summary>
    [EntryPoint]
    public static (Tensor Single, Tensor Stacked, Tensor Gained, Tensor Words) Apply(
        DenseWeights weights,
        [Owned(Party.Client), Shape("rows, inputs"), Range(-4, 4)] Tensor x,
        [Owned(Party.Client), Shape("words"), Range(0, 299)] Tensor words)
    {
        Tensor sum = Linear(x * weights.Gain, weights.Stacked[0]);
        for (int layer = 0; layer < weights.Stacked.Size(0); layer++)
        {
            Tensor scaled = weights.Gains[layer] * x;
            sum = (sum + Linear(scaled, weights.Stacked[layer])).Within(-16384, 16384);
        }

        return (
            Linear(x.Reshape(x.Size(0), 1, x.Size(1)), weights.Single).Reveal(Party.Client),
            sum.Reshape(x.Size(0), weights.Groups, weights.Single.Size(0)).Reveal(Party.Client),
            (x * weights.Gain * weights.Gains[0]).Reveal(Party.Server),
            Embedding(weights.Table, words).Reveal(Party.Client));
    }
}

[Dim("rows", Max = 64)]
[Dim("inputs", Max = 64)]
[Dim("outputs", Max = 64)]
[Dim("layers", Max = 8)]
[Dim("groups", Max = 4)]
[Dim("vocabulary", Max = 300)]
public static partial class DenseValues
{
    /// <summary>Weights as values: a bias in a loop, rows of a table, and in places that no gate for weights has.</summary>
    [EntryPoint]
    public static (Tensor Biased, Tensor Table, Tensor Elsewhere, Tensor Own) Apply(
        DenseWeights weights, [Owned(Party.Client), Shape("inputs, inputs"), Range(-4, 4)] Tensor x, int first)
    {
        Tensor sum = x;
        for (int layer = 0; layer < weights.Stacked.Size(0); layer++)
        {
            sum = (sum * 0.5f + weights.Gains[layer]).Within(-16, 16);
        }

        int inputs = x.Size(0);
        Tensor columns = x * weights.Gain.Reshape(inputs, 1);
        return (
            (sum + weights.Gain).Reveal(Party.Client),
            (weights.Table.Slice(0, first, 1) + x).Reveal(Party.Client),
            MatMul(weights.Single, columns).Reveal(Party.Client),
            Exp(weights.Gain.Slice(0, 0, 1) * 0.25f).Reveal(Party.Server));
    }
}

[Dim("inputs", Max = 64)]
[Dim("outputs", Max = 64)]
[Dim("vocabulary", Max = 300)]
public static partial class DenseBranches
{
    /// <summary>Weights as values in branches: a row that is there only where it is used, and one tensor in two of three branches.</summary>
    [EntryPoint]
    public static (Tensor Row, Tensor Columns) Apply(
        DenseWeights weights, [Owned(Party.Client), Shape("inputs, inputs"), Range(-4, 4)] Tensor x, int row, int way)
    {
        int inputs = x.Size(0);
        Tensor shifted = x;
        Tensor columns = x;
        if (row > 0)
        {
            shifted = x + weights.Table.Slice(0, row - 1, 1);
        }

        if (way > 1)
        {
            columns = x * weights.Gain.Reshape(inputs, 1);
        }
        else
        {
            for (int i = 0; i < 2; i++)
            {
                if (way > 0 && i == 1)
                {
                    columns = (x + weights.Gain.Reshape(inputs, 1)).Within(-32, 32);
                }
            }
        }

        return (shifted.Reveal(Party.Client), columns.Reveal(Party.Client));
    }
}

[Dim("rows", Max = 64)]
[Dim("inputs", Max = 64)]
[Dim("outputs", Max = 64)]
[Dim("layers", Max = 8)]
[Dim("groups", Max = 4)]
[Dim("vocabulary", Max = 300)]
public static partial class DenseProducts
{
    /// <summary>Layers written as products of matrices: with a weight's transpose, and with a weight as it lies.</summary>
    [EntryPoint]
    public static (Tensor Turned, Tensor Back, Tensor Stacked, Tensor Weighed) Apply(
        DenseWeights weights,
        [Owned(Party.Client), Shape("rows, inputs"), Range(-4, 4)] Tensor x,
        [Owned(Party.Server), Shape("rows, vocabulary"), Range(-1, 1)] Tensor y)
    {
        Tensor turned = MatMul(x, weights.Single.Transpose());
        Tensor sum = x;
        for (int layer = 0; layer < weights.Stacked.Size(0); layer++)
        {
            Tensor hidden = MatMul(sum, weights.Stacked[layer].Transpose()) * 0.03125f;
            sum = (sum * 0.5f + MatMul(hidden, weights.Stacked[layer]) * 0.03125f).Within(-4096, 4096);
        }

        return (
            turned.Reveal(Party.Client),
            (MatMul(turned, weights.Single) + weights.Gain).Reveal(Party.Client),
            sum.Reveal(Party.Client),
            MatMul(Softmax(y), weights.Table).Reveal(Party.Server));
    }
}
