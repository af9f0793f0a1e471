using System;
using System.Linq;
using MPCache.Bench.Layers;

namespace MPCache.Bench.Running;

/// <summary>
/// Made-up tokens, the same in every run. The keys of a cluster lie along the newest query, more or less far and with noise, so that
/// clusters differ in how much they matter; values are uniform in ±1. Costs do not depend on any of it.
/// </summary>
/// <param name="Shape">The layer's shape.</param>
/// <param name="Held">Tokens in the cache.</param>
internal sealed record LayerTokens(LayerShape Shape, int Held)
{
    private const double Noise = 0.1;

    /// <summary>Multiples of it fill an interval evenly: the golden section.</summary>
    private const double Section = 0.6180339887498949;

    /// <summary>Rows of the cache.</summary>
    public (Tensor Keys, Tensor Values) Rows(int start, int rows)
    {
        Random random = new(start + 2);
        float[] signs = Signs();
        float[] keys = new float[rows * signs.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            int cluster = (start + (i / signs.Length)) / LayerCase.Cluster;
            double level = (2 * (cluster * Section % 1)) - 1;
            keys[i] = (float)((signs[i % signs.Length] * level) + Uniform(random, Noise));
        }

        return (Tensor.From(keys, rows, Shape.Groups, Shape.Size), Draw(random, rows, Shape.Groups, Shape.Size));
    }

    /// <summary>The newest token's row.</summary>
    public (Tensor Query, Tensor Key, Tensor Value) Newest()
    {
        Random random = new(1);
        float[] signs = Signs();
        float[] query = new float[Shape.Heads * Shape.Size];
        for (int i = 0; i < query.Length; i++)
        {
            int group = i / (Shape.Repeat * Shape.Size);
            query[i] = (float)(3 / Math.Sqrt(Shape.Size) * random.NextDouble() * signs[(group * Shape.Size) + (i % Shape.Size)]);
        }

        return (
            Tensor.From(query, 1, Shape.Groups, Shape.Repeat, Shape.Size), Draw(random, 1, Shape.Groups, 1, Shape.Size),
            Draw(random, 1, Shape.Groups, 1, Shape.Size));
    }

    /// <summary>The direction of the queries of each group.</summary>
    private float[] Signs()
    {
        Random random = new(0);
        float[] signs = new float[Shape.Groups * Shape.Size];
        for (int i = 0; i < signs.Length; i++)
        {
            signs[i] = random.Next(2) == 0 ? -1 : 1;
        }

        return signs;
    }

    private static Tensor Draw(Random random, params int[] shape)
    {
        float[] values = new float[shape.Aggregate(1, (count, size) => count * size)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)Uniform(random, 1);
        }

        return Tensor.From(values, shape);
    }

    private static double Uniform(Random random, double bound) => bound * ((2 * random.NextDouble()) - 1);
}
