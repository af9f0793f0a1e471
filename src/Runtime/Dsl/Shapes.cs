using System;
using System.Globalization;
using System.Text;

namespace MPCache;

/// <summary>Arithmetic on shapes: element counts, axes, broadcasting, and the words error messages use for them.</summary>
internal static class Shapes
{
    /// <summary>The shape as messages write it, for example <c>[2, 3]</c>.</summary>
    public static string Text(ReadOnlySpan<int> shape)
    {
        StringBuilder text = new("[");
        for (int i = 0; i < shape.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"{shape[i]}");
        }

        return text.Append(']').ToString();
    }

    /// <summary>The multi-dimensional index of a row-major position, for example <c>[1, 0]</c>.</summary>
    public static string IndexText(int position, ReadOnlySpan<int> shape)
    {
        int[] index = new int[shape.Length];
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            (position, index[axis]) = Math.DivRem(position, shape[axis]);
        }

        return Text(index);
    }

    /// <summary>The number of elements; refuses negative axes and more elements than an array can hold.</summary>
    public static int Count(string operation, ReadOnlySpan<int> shape)
    {
        long count = 1;
        bool tooMany = false;
        bool empty = false;
        foreach (int size in shape)
        {
            if (size < 0)
            {
                throw new ShapeException(operation, $"the shape {Text(shape)} has a negative axis", "Give every axis a size of at least 0");
            }

            empty |= size == 0;
            tooMany |= size > 0 && count > Array.MaxLength / size;
            count = tooMany ? count : count * size;
        }

        if (tooMany && !empty)
        {
            throw new ShapeException(
                operation, $"the shape {Text(shape)} has more than {Array.MaxLength} elements", "Split the tensor along an axis");
        }

        return empty ? 0 : (int)count;
    }

    /// <summary>The number of elements of axes whose tensor exists already.</summary>
    public static int Product(ReadOnlySpan<int> axes)
    {
        int product = 1;
        foreach (int size in axes)
        {
            product *= size;
        }

        return product;
    }

    /// <summary>The axis counted from the front; -1 is the last one.</summary>
    public static int Axis(string operation, int axis, ReadOnlySpan<int> shape)
    {
        int resolved = axis < 0 ? axis + shape.Length : axis;
        if (resolved < 0 || resolved >= shape.Length)
        {
            throw new ShapeException(
                operation,
                $"the shape {Text(shape)} has no axis {axis}",
                shape.Length == 0 ? "Use a tensor with at least one axis" : $"Use an axis from {-shape.Length} to {shape.Length - 1}");
        }

        return resolved;
    }

    /// <summary>The shape two operands broadcast to: aligned at the last axis, equal sizes match and a size of 1 is repeated.</summary>
    public static int[] Broadcast(string operation, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        int[] result = new int[Math.Max(left.Length, right.Length)];
        for (int back = 1; back <= result.Length; back++)
        {
            int leftSize = back <= left.Length ? left[^back] : 1;
            int rightSize = back <= right.Length ? right[^back] : 1;
            if (leftSize != rightSize && leftSize != 1 && rightSize != 1)
            {
                throw new ShapeException(
                    operation,
                    $"the shapes {Text(left)} and {Text(right)} do not broadcast ({leftSize} against {rightSize})",
                    "Make the axes equal, counted from the last one, or give one of the two the size 1");
            }

            result[^back] = leftSize == 1 ? rightSize : leftSize;
        }

        Count(operation, result);
        return result;
    }

    /// <summary>The elements of a tensor repeated to a shape that it broadcasts to; no copy where nothing is repeated.</summary>
    public static ReadOnlySpan<float> Expand(Tensor tensor, ReadOnlySpan<int> shape)
    {
        if (tensor.Shape.SequenceEqual(shape))
        {
            return tensor.Values;
        }

        ReadOnlySpan<float> source = tensor.Values;
        float[] result = new float[Product(shape)];
        if (result.Length == 0 || source.Length == 1)
        {
            result.AsSpan().Fill(source.Length == 1 ? source[0] : 0f);
            return result;
        }

        int[] strides = new int[shape.Length];
        int stride = 1;
        for (int back = 1; back <= tensor.Rank; back++)
        {
            int size = tensor.Shape[^back];
            strides[^back] = size == 1 ? 0 : stride;
            stride *= size;
        }

        int run = shape[^1];
        int[] index = new int[shape.Length - 1];
        int from = 0;
        for (int to = 0; to < result.Length; to += run)
        {
            Span<float> row = result.AsSpan(to, run);
            if (strides[^1] == 0)
            {
                row.Fill(source[from]);
            }
            else
            {
                source.Slice(from, run).CopyTo(row);
            }

            for (int axis = index.Length - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                from -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return result;
    }
}
