using System;

namespace MPCache;

// Reductions keep their axis with the size 1, so that the result broadcasts against the operand: x - x.Mean(-1) is what it says.
public sealed partial class Tensor
{
    /// <summary>The sums along an axis, which stays with the size 1. The sum of an empty axis is 0.</summary>
    /// <param name="axis">The axis; -1 is the last.</param>
    /// <returns>A tensor of the same shape but for that axis.</returns>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    /// <remarks>Compiled: local.</remarks>
    public Tensor Sum(int axis)
    {
        return Reduced(nameof(Sum), axis, 0, static (sum, value) => sum + value, static (sum, _) => sum);
    }

    /// <summary>The means along an axis, which stays with the size 1.</summary>
    /// <param name="axis">The axis; -1 is the last.</param>
    /// <returns>A tensor of the same shape but for that axis.</returns>
    /// <exception cref="ShapeException">There is no such axis, or it is empty.</exception>
    /// <remarks>Compiled: local, a sum times the public reciprocal of the size.</remarks>
    public Tensor Mean(int axis)
    {
        RequireElements(nameof(Mean), axis);
        return Reduced(nameof(Mean), axis, 0, static (sum, value) => sum + value, static (sum, count) => sum / count);
    }

    /// <summary>The largest elements along an axis, which stays with the size 1.</summary>
    /// <param name="axis">The axis; -1 is the last.</param>
    /// <returns>A tensor of the same shape but for that axis.</returns>
    /// <exception cref="ShapeException">There is no such axis, or it is empty.</exception>
    /// <remarks>
    /// Compiled: comparisons of all pairs in groups of three, then of four, along the last axis, whose winners meet again: three flights a
    /// level, 1 + ⌈log4(size / 3)⌉ levels.
    /// </remarks>
    public Tensor Max(int axis)
    {
        RequireElements(nameof(Max), axis);
        return Reduced(nameof(Max), axis, double.NegativeInfinity, Math.Max, static (largest, _) => largest);
    }

    /// <summary>The smallest elements along an axis, which stays with the size 1.</summary>
    /// <param name="axis">The axis; -1 is the last.</param>
    /// <returns>A tensor of the same shape but for that axis.</returns>
    /// <exception cref="ShapeException">There is no such axis, or it is empty.</exception>
    /// <remarks>
    /// Compiled: comparisons of all pairs in groups of three, then of four, along the last axis, whose winners meet again: three flights a
    /// level, 1 + ⌈log4(size / 3)⌉ levels.
    /// </remarks>
    public Tensor Min(int axis)
    {
        RequireElements(nameof(Min), axis);
        return Reduced(nameof(Min), axis, double.PositiveInfinity, Math.Min, static (smallest, _) => smallest);
    }

    private void RequireElements(string operation, int axis)
    {
        int along = Shapes.Axis(operation, axis, _shape);
        if (_shape[along] == 0)
        {
            throw new ShapeException(
                operation, $"axis {along} of the shape {Shapes.Text(_shape)} is empty", "Reduce an axis that has at least one element");
        }
    }

    private Tensor Reduced(
        string operation, int axis, double initial, Func<double, double, double> accumulate, Func<double, int, double> finish)
    {
        int along = Shapes.Axis(operation, axis, _shape);
        int size = _shape[along];
        int[] shape = (int[])_shape.Clone();
        shape[along] = 1;
        int inner = Shapes.Product(_shape.AsSpan(along + 1));
        ReadOnlySpan<float> source = Values;
        float[] result = new float[Shapes.Count(operation, shape)];
        for (int place = 0; place < result.Length; place++)
        {
            (int block, int offset) = Math.DivRem(place, inner);
            double accumulated = initial;
            for (int i = 0; i < size; i++)
            {
                accumulated = accumulate(accumulated, source[(block * size + i) * inner + offset]);
            }

            result[place] = (float)finish(accumulated, size);
        }

        return new Tensor(result, shape);
    }
}
