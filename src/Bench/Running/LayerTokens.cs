using System;
using MPCache.Bench.Layers;

namespace MPCache.Bench.Running;

/// <summary>
/// Random tokens, the same in every run: keys and values uniform in ±1, and queries such that a score has the variance 1. Costs do not
/// depend on them.
/// </summary>
/// <param name="Shape">The layer's shape.</param>
/// <param name="Held">Tokens in the cache.</param>
internal sealed record LayerTokens(LayerShape Shape, int Held)
{
    private const int Seed = 1;

    /// <summary>Rows of the cache.</summary>
    public (Tensor Keys, Tensor Values) Rows(int start, int rows)
    {
        Random random = new(HashCode(start));
        return (Draw(random, 1, rows, Shape.Groups, Shape.Size), Draw(random, 1, rows, Shape.Groups, Shape.Size));
    }

    /// <summary>The newest token's row.</summary>
    public (Tensor Query, Tensor Key, Tensor Value) Newest()
    {
        Random random = new(HashCode(-1));
        return (
            Draw(random, 3 / Math.Sqrt(Shape.Size), 1, Shape.Groups, Shape.Repeat, Shape.Size),
            Draw(random, 1, 1, Shape.Groups, 1, Shape.Size), Draw(random, 1, 1, Shape.Groups, 1, Shape.Size));
    }

    private static int HashCode(int start) => unchecked((start * 31) + Seed);

    private static Tensor Draw(Random random, double bound, params int[] shape)
    {
        long count = 1;
        foreach (int size in shape)
        {
            count *= size;
        }

        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(bound * ((2 * random.NextDouble()) - 1));
        }

        return Tensor.From(values, shape);
    }
}
