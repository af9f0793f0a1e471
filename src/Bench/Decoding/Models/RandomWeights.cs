using System;
using System.Linq;
using System.Runtime.InteropServices;

namespace MPCache.Bench.Decoding.Models;

/// <summary>Random tensors, uniform and the same in every run; activations stay in their ranges with them.</summary>
internal sealed class RandomWeights
{
    private readonly Random random = new(1);

    /// <summary>Weights of a linear layer: its outputs deviate about as much as its inputs.</summary>
    /// <param name="shape">Its shape, inputs last.</param>
    public Tensor Matrix(params int[] shape) => Around(0, Math.Sqrt(3.0 / shape[^1]) * 0.8, shape);

    /// <summary>Gains of a normalisation.</summary>
    public Tensor Gain(params int[] shape) => Around(1, 0.2, shape);

    /// <summary>Biases.</summary>
    public Tensor Bias(params int[] shape) => Around(0, 0.1, shape);

    /// <summary>Rows of a table.</summary>
    public Tensor Table(params int[] shape) => Around(0, 0.25, shape);

    private Tensor Around(double middle, double reach, int[] shape)
    {
        float[] values = new float[shape.Aggregate(1, (count, size) => checked(count * size))];
        Span<int> raw = MemoryMarshal.Cast<float, int>(values.AsSpan());
        random.NextBytes(MemoryMarshal.AsBytes(raw));
        float factor = (float)(reach / int.MaxValue);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)middle + (Math.Max(raw[i], -int.MaxValue) * factor);
        }

        return Tensor.From(values, shape);
    }
}
