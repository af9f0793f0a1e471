using System;
using System.Linq;

namespace MPCache.Programs.Tests.Harness;

/// <summary>Tensors of a range: mostly uniform, and often enough exactly an end of the range, or 0.</summary>
public sealed class Draw(int seed)
{
    private readonly Random random = new(seed);

    public Tensor Within(double low, double high, params int[] shape) =>
        Tensor.From([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => Element(low, high))], shape);

    /// <summary>Whole numbers from 0 to below a count.</summary>
    public Tensor Classes(int count, params int[] shape) =>
        Tensor.From([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (float)random.Next(count))], shape);

    /// <summary>Rows whose elements differ by at least a step, so that their order is certain in fixed point.</summary>
    public Tensor Distinct(double low, double step, params int[] shape)
    {
        int length = shape[^1];
        int rows = shape[..^1].Aggregate(1, (a, b) => a * b);
        float[] values = [.. Enumerable.Range(0, rows).SelectMany(_ =>
        {
            int[] order = [.. Enumerable.Range(0, length)];
            random.Shuffle(order);
            return order.Select(o => (float)(low + (step * o)));
        })];
        return Tensor.From(values, shape);
    }

    private float Element(double low, double high) => random.Next(10) switch
    {
        0 => (float)low,
        1 => (float)high,
        2 when low <= 0 && high >= 0 => 0,
        _ => (float)(low + (random.NextDouble() * (high - low))),
    };
}
