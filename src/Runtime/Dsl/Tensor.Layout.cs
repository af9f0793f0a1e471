using System;

namespace MPCache;

// Where elements stand: rows, slices, permutations and concatenations of axes. None of it computes.
public sealed partial class Tensor
{
    /// <summary>A row of the leading axis, which is dropped: [n, …] → […].</summary>
    /// <param name="index">The row, from 0.</param>
    /// <returns>The row.</returns>
    /// <exception cref="ShapeException">The tensor is a scalar, or has no such row.</exception>
    /// <remarks>Compiled: local. The index must be public.</remarks>
    public Tensor this[int index]
    {
        get
        {
            if (Rank == 0 || index < 0 || index >= _shape[0])
            {
                throw new ShapeException(
                    "Tensor[index]",
                    $"the shape {Shapes.Text(_shape)} has no row {index}",
                    Rank == 0 ? "Use the scalar as it is" : $"Use a row from 0 to {_shape[0] - 1}");
            }

            int[] shape = _shape[1..];
            int length = Shapes.Product(shape);
            return new Tensor(_values.Slice(index * length, length), shape);
        }
    }

    /// <summary>Swaps the last two axes: […, n, m] → […, m, n].</summary>
    /// <returns>The transposed tensor.</returns>
    /// <exception cref="ShapeException">The tensor has fewer than two axes.</exception>
    /// <remarks>Compiled: local.</remarks>
    public Tensor Transpose()
    {
        if (Rank < 2)
        {
            throw new ShapeException(
                nameof(Transpose), $"the shape {Shapes.Text(_shape)} has fewer than two axes", "Reshape to at least two axes first");
        }

        int[] axes = new int[Rank];
        for (int i = 0; i < axes.Length; i++)
        {
            axes[i] = i;
        }

        (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        return Rearranged(axes);
    }

    /// <summary>Reorders the axes: axis i of the result is axis <c>axes[i]</c> of this tensor.</summary>
    /// <param name="axes">Every axis once, counted from 0.</param>
    /// <returns>The reordered tensor.</returns>
    /// <exception cref="ShapeException"><paramref name="axes"/> does not name every axis once.</exception>
    /// <remarks>Compiled: local.</remarks>
    public Tensor Permute(params int[] axes)
    {
        ArgumentNullException.ThrowIfNull(axes);
        bool[] named = new bool[Rank];
        bool valid = axes.Length == Rank;
        foreach (int axis in axes)
        {
            valid = valid && axis >= 0 && axis < Rank && !named[axis];
            if (!valid)
            {
                break;
            }

            named[axis] = true;
        }

        return valid
            ? Rearranged(axes)
            : throw new ShapeException(
                nameof(Permute),
                $"{Shapes.Text(axes)} is no order of the {Rank} axes of the shape {Shapes.Text(_shape)}",
                "Name every axis once, counted from 0");
    }

    /// <summary>Gives the same elements, in the same row-major order, another shape.</summary>
    /// <param name="shape">The new sizes; their product must be the number of elements.</param>
    /// <returns>The reshaped tensor.</returns>
    /// <exception cref="ShapeException">The numbers of elements differ.</exception>
    /// <remarks>Compiled: local.</remarks>
    public Tensor Reshape(params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        int count = Shapes.Count(nameof(Reshape), shape);
        if (count != _values.Length)
        {
            throw new ShapeException(
                nameof(Reshape),
                $"the shape {Shapes.Text(_shape)} has {_values.Length} elements, the shape {Shapes.Text(shape)} has {count}",
                "Give sizes with the same product");
        }

        return new Tensor(_values, (int[])shape.Clone());
    }

    /// <summary>A contiguous part of one axis; the other axes stay whole.</summary>
    /// <param name="axis">The axis; -1 is the last.</param>
    /// <param name="start">The first position, from 0.</param>
    /// <param name="length">The number of positions.</param>
    /// <returns>The part, with <paramref name="length"/> as the size of the axis.</returns>
    /// <exception cref="ShapeException">There is no such axis, or the part is not inside it.</exception>
    /// <remarks>Compiled: local. The bounds must be public.</remarks>
    public Tensor Slice(int axis, int start, int length)
    {
        int along = Shapes.Axis(nameof(Slice), axis, _shape);
        int size = _shape[along];
        if (start < 0 || length < 0 || length > size - start)
        {
            throw new ShapeException(
                nameof(Slice),
                $"{length} positions from {start} are not inside axis {along} of the shape {Shapes.Text(_shape)}",
                $"Keep start and start + length between 0 and {size}");
        }

        int[] shape = (int[])_shape.Clone();
        shape[along] = length;
        int outer = Shapes.Product(_shape.AsSpan(0, along));
        int inner = Shapes.Product(_shape.AsSpan(along + 1));
        if (outer == 1)
        {
            return new Tensor(_values.Slice(start * inner, length * inner), shape);
        }

        float[] result = new float[outer * length * inner];
        for (int block = 0; block < outer; block++)
        {
            Values.Slice((block * size + start) * inner, length * inner).CopyTo(result.AsSpan(block * length * inner));
        }

        return new Tensor(result, shape);
    }

    /// <summary>Adds rows behind the last one of the leading axis: [n, …] and [k, …] → [n + k, …]. This is how a cache grows.</summary>
    /// <param name="rows">The rows; all axes but the leading one equal this tensor's.</param>
    /// <returns>The longer tensor.</returns>
    /// <exception cref="ShapeException">The shapes differ in more than the leading axis.</exception>
    /// <remarks>Compiled: local, in place where a <see cref="StateAttribute">state</see> is assigned its own longer self.</remarks>
    public Tensor Append(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Joined(nameof(Append), 0, this, rows);
    }

    /// <summary>Two tensors one behind the other along an axis.</summary>
    internal static Tensor Joined(string operation, int axis, Tensor first, Tensor second)
    {
        int along = Shapes.Axis(operation, axis, first.Shape);
        bool fits = first.Rank == second.Rank;
        for (int i = 0; fits && i < first.Rank; i++)
        {
            fits = i == along || first._shape[i] == second._shape[i];
        }

        if (!fits)
        {
            throw new ShapeException(
                operation,
                $"the shapes {Shapes.Text(first.Shape)} and {Shapes.Text(second.Shape)} differ in more than axis {along}",
                "Make all other axes equal");
        }

        int[] shape = (int[])first._shape.Clone();
        if (shape[along] > int.MaxValue - second._shape[along])
        {
            throw new ShapeException(
                operation,
                $"axis {along} of the shapes {Shapes.Text(first.Shape)} and {Shapes.Text(second.Shape)} is too long together",
                "Keep the parts apart");
        }

        shape[along] += second._shape[along];
        float[] result = new float[Shapes.Count(operation, shape)];
        int outer = Shapes.Product(shape.AsSpan(0, along));
        int inner = Shapes.Product(shape.AsSpan(along + 1));
        int firstRun = first._shape[along] * inner;
        int secondRun = second._shape[along] * inner;
        for (int block = 0; block < outer; block++)
        {
            Span<float> target = result.AsSpan(block * (firstRun + secondRun), firstRun + secondRun);
            first.Values.Slice(block * firstRun, firstRun).CopyTo(target);
            second.Values.Slice(block * secondRun, secondRun).CopyTo(target[firstRun..]);
        }

        return new Tensor(result, shape);
    }

    private Tensor Rearranged(int[] axes)
    {
        int[] strides = new int[Rank];
        int stride = 1;
        for (int axis = Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= _shape[axis];
        }

        int[] shape = new int[Rank];
        int[] steps = new int[Rank];
        for (int i = 0; i < Rank; i++)
        {
            shape[i] = _shape[axes[i]];
            steps[i] = strides[axes[i]];
        }

        if (Rank == 0)
        {
            return this;
        }

        ReadOnlySpan<float> source = Values;
        float[] result = new float[source.Length];
        int[] index = new int[Rank - 1];
        int from = 0;
        for (int to = 0; to < result.Length; to += shape[^1])
        {
            for (int i = 0; i < shape[^1]; i++)
            {
                result[to + i] = source[from + i * steps[^1]];
            }

            for (int axis = index.Length - 1; axis >= 0; axis--)
            {
                from += steps[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                from -= steps[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return new Tensor(result, shape);
    }
}
