using System;

namespace MPCache.Execution;

/// <summary>
/// Moves elements of row-major tensors of words: permuted, repeated, sliced, joined. One plane at a time, values untouched, so it serves
/// masked values, shares and public tensors alike.
/// </summary>
public static class Layout
{
    private const int MaximumRank = 16;

    /// <summary>Elements of a shape; 1 for a scalar's.</summary>
    /// <exception cref="OverflowException">More elements than one buffer holds.</exception>
    public static int Count(ReadOnlySpan<int> shape)
    {
        int count = 1;
        foreach (int size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            count = checked(count * size);
        }

        return count;
    }

    /// <summary>Reorders axes: axis i of the result is axis <paramref name="axes"/>[i] of <paramref name="x"/>.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="z">The result, as many elements; no overlap with <paramref name="x"/>.</param>
    /// <param name="shape">The shape of <paramref name="x"/>.</param>
    /// <param name="axes">A permutation of the axes.</param>
    /// <exception cref="ArgumentException">The axes are no permutation, or a length does not match.</exception>
    public static void Permute(ReadOnlySpan<ulong> x, Span<ulong> z, ReadOnlySpan<int> shape, ReadOnlySpan<int> axes)
    {
        Check(x.Length, shape, nameof(x));
        CheckRank(axes.Length, shape.Length);
        Span<int> strides = stackalloc int[shape.Length];
        RowMajor(shape, strides);
        Span<int> sizes = stackalloc int[shape.Length];
        Span<int> steps = stackalloc int[shape.Length];
        uint seen = 0;
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = axes[i];
            if ((uint)axis >= (uint)shape.Length || (seen >> axis & 1) != 0)
            {
                throw new ArgumentException("The axes are no permutation.", nameof(axes));
            }

            seen |= 1u << axis;
            sizes[i] = shape[axis];
            steps[i] = strides[axis];
        }

        Gather(x, z, sizes, steps);
    }

    /// <summary>Repeats axes of size 1 until the shape is <paramref name="to"/>; both shapes have the same rank.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="z">The result; no overlap with <paramref name="x"/>.</param>
    /// <param name="from">The shape of <paramref name="x"/>.</param>
    /// <param name="to">The result's shape: equal to <paramref name="from"/> except where that is 1.</param>
    /// <exception cref="ArgumentException">The shapes do not match, or a length does not.</exception>
    public static void Broadcast(ReadOnlySpan<ulong> x, Span<ulong> z, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        Check(x.Length, from, nameof(x));
        CheckRank(to.Length, from.Length);
        Span<int> steps = stackalloc int[from.Length];
        RowMajor(from, steps);
        for (int i = 0; i < from.Length; i++)
        {
            if (from[i] == 1)
            {
                steps[i] = 0;
            }
            else if (from[i] != to[i])
            {
                throw new ArgumentException($"Axis {i} has {from[i]} elements and cannot become {to[i]}.", nameof(to));
            }
        }

        Gather(x, z, to, steps);
    }

    /// <summary>Elements <paramref name="start"/> to <paramref name="start"/> + <paramref name="length"/> of one axis.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="z">The result; no overlap with <paramref name="x"/>.</param>
    /// <param name="shape">The shape of <paramref name="x"/>.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="start">The first element.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="ArgumentException">The part is not inside the axis, or a length does not match.</exception>
    public static void Slice(ReadOnlySpan<ulong> x, Span<ulong> z, ReadOnlySpan<int> shape, int axis, int start, int length)
    {
        Check(x.Length, shape, nameof(x));
        CheckAxis(axis, shape.Length);
        if (start < 0 || length < 0 || start > shape[axis] - length)
        {
            throw new ArgumentException($"Elements {start} to {start + length} are not inside an axis of {shape[axis]}.", nameof(start));
        }

        int outer = Count(shape[..axis]);
        int inner = Count(shape[(axis + 1)..]);
        CheckLength(z.Length, checked(outer * length * inner), nameof(z));
        for (int o = 0; o < outer; o++)
        {
            x.Slice(((o * shape[axis]) + start) * inner, length * inner).CopyTo(z[(o * length * inner)..]);
        }
    }

    /// <summary>Joins two tensors along an axis; all other axes are equal.</summary>
    /// <param name="x">The elements that come first.</param>
    /// <param name="shapeX">Their shape.</param>
    /// <param name="y">The elements that come second.</param>
    /// <param name="shapeY">Their shape.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="z">The result.</param>
    /// <exception cref="ArgumentException">The shapes do not match, or a length does not.</exception>
    public static void Concat(
        ReadOnlySpan<ulong> x, ReadOnlySpan<int> shapeX, ReadOnlySpan<ulong> y, ReadOnlySpan<int> shapeY, int axis, Span<ulong> z)
    {
        Check(x.Length, shapeX, nameof(x));
        Check(y.Length, shapeY, nameof(y));
        CheckRank(shapeY.Length, shapeX.Length);
        CheckAxis(axis, shapeX.Length);
        CheckLength(z.Length, checked(x.Length + y.Length), nameof(z));
        for (int i = 0; i < shapeX.Length; i++)
        {
            if (i != axis && shapeX[i] != shapeY[i])
            {
                throw new ArgumentException($"Axis {i} has {shapeX[i]} and {shapeY[i]} elements.", nameof(shapeY));
            }
        }

        int outer = Count(shapeX[..axis]);
        int first = Count(shapeX[axis..]);
        int second = Count(shapeY[axis..]);
        for (int o = 0; o < outer; o++)
        {
            Span<ulong> row = z.Slice(o * (first + second), first + second);
            x.Slice(o * first, first).CopyTo(row);
            y.Slice(o * second, second).CopyTo(row[first..]);
        }
    }

    /// <summary>z[i_0, …] = x[Σ i_k·steps_k]: every reordering and repetition is one of these.</summary>
    private static void Gather(ReadOnlySpan<ulong> x, Span<ulong> z, ReadOnlySpan<int> sizes, ReadOnlySpan<int> steps)
    {
        CheckLength(z.Length, Count(sizes), nameof(z));
        if (z.IsEmpty)
        {
            return;
        }

        // Axes that lie one after the other in both tensors are walked as one, so that the innermost walk is as long as can be.
        Span<int> size = stackalloc int[sizes.Length + 1];
        Span<int> step = stackalloc int[sizes.Length + 1];
        int rank = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] == 1)
            {
                continue;
            }

            if (rank > 0 && step[rank - 1] == steps[i] * sizes[i])
            {
                size[rank - 1] *= sizes[i];
                step[rank - 1] = steps[i];
            }
            else
            {
                size[rank] = sizes[i];
                step[rank++] = steps[i];
            }
        }

        if (rank == 0)
        {
            z[0] = x[0];
            return;
        }

        int last = rank - 1;
        int run = size[last];
        int stride = step[last];
        Span<int> index = stackalloc int[rank];
        index.Clear();
        int from = 0;
        for (int to = 0; to < z.Length; to += run)
        {
            Span<ulong> row = z.Slice(to, run);
            switch (stride)
            {
                case 0:
                    row.Fill(x[from]);
                    break;
                case 1:
                    x.Slice(from, run).CopyTo(row);
                    break;
                default:
                    int at = from;
                    for (int i = 0; i < row.Length; i++, at += stride)
                    {
                        row[i] = x[at];
                    }

                    break;
            }

            for (int axis = last - 1; axis >= 0; axis--)
            {
                from += step[axis];
                if (++index[axis] < size[axis])
                {
                    break;
                }

                from -= step[axis] * size[axis];
                index[axis] = 0;
            }
        }
    }

    internal static void RowMajor(ReadOnlySpan<int> shape, Span<int> strides)
    {
        int stride = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= shape[i];
        }
    }

    private static void Check(int length, ReadOnlySpan<int> shape, string name)
    {
        CheckRank(shape.Length, shape.Length);
        CheckLength(length, Count(shape), name);
    }

    private static void CheckRank(int rank, int expected)
    {
        if (rank != expected || rank > MaximumRank)
        {
            throw new ArgumentException($"The shape has {rank} axes; {Math.Min(expected, MaximumRank)} are due.");
        }
    }

    private static void CheckAxis(int axis, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(axis);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(axis, rank);
    }

    private static void CheckLength(int length, int expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"The plane has {length} elements; its shape says {expected}.", name);
        }
    }
}
