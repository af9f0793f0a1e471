using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

/// <summary>Weights that are added: biases of one layer and of many, rows of a table.</summary>
[Resident(Party.Server)]
public sealed record SummandWeights
{
    [Shape("outputs, inputs"), Range(-4, 4)]
    public required Tensor Matrix { get; init; }

    [Shape("layers, outputs"), Range(-16, 16)]
    public required Tensor Biases { get; init; }

    [Shape("inputs"), Range(-2, 2)]
    public required Tensor Gain { get; init; }

    [Shape("inputs"), Range(-0.5, 0.25)]
    public required Tensor Shift { get; init; }

    [Shape("vocabulary, inputs"), Range(-2, 2)]
    public required Tensor Table { get; init; }

    [Shape("context, inputs"), Range(-8, 8)]
    public required Tensor Places { get; init; }
}

[Dim("rows", Max = 64)]
[Dim("inputs", Max = 64)]
[Dim("outputs", Max = 64)]
[Dim("layers", Max = 8)]
[Dim("vocabulary", Max = 300)]
[Dim("context", Max = 64)]
[Dim("first", Max = 64)]
[Dim("words", Max = 64)]
public static partial class Summands
{
    /// <summary>Sums behind a product with weights, behind another sum, of a product used twice, and of rows at public places.</summary>
    [EntryPoint]
    public static (Tensor Layer, Tensor Scaled, Tensor Shifted, Tensor Twice, Tensor Placed, Tensor Row) Apply(
        SummandWeights weights,
        [Owned(Party.Client), Shape("rows, inputs"), Range(-4, 4)] Tensor x,
        [Owned(Party.Client), Shape("words"), Range(0, 299)] Tensor words,
        int first)
    {
        Tensor layer = Linear(x, weights.Matrix) + weights.Biases[0];
        for (int i = 0; i < weights.Biases.Size(0); i++)
        {
            layer = (layer + weights.Biases[i]).Within(-2048, 2048);
        }

        Tensor product = Linear(x, weights.Matrix);
        return (
            layer.Reveal(Party.Client),
            (x * weights.Gain + weights.Shift).Reveal(Party.Client),
            (weights.Shift + x).Reveal(Party.Server),
            (product * (product + weights.Biases[0])).Reveal(Party.Client),
            (Embedding(weights.Table, words) + weights.Places.Slice(0, first, words.Size(0))).Reveal(Party.Client),
            (x + weights.Places[first]).Reveal(Party.Client));
    }
}
