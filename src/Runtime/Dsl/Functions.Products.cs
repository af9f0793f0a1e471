using System;
using System.Numerics.Tensors;

namespace MPCache;

// Products of matrices. Dot products are accumulated in 64 bits: each product of two floats is exact there, and one rounding remains.
public static partial class Functions
{
    private const int FewRows = 8;

    /// <summary>
    /// The matrix product: result[…, i, j] = Σ_t a[…, i, t]·b[…, t, j], of shapes […, n, k] and […, k, m] → […, n, m].
    /// </summary>
    /// <param name="a">The left factor, at least two axes.</param>
    /// <param name="b">The right factor, at least two axes.</param>
    /// <returns>The product.</returns>
    /// <exception cref="ShapeException">
    /// A factor has fewer than two axes, the summed axes differ, or the axes before the last two differ: they are not broadcast.
    /// </exception>
    /// <remarks>
    /// Compiled: one flight, and bytes for each element of the result, not for each of the factors. Where the right factor is a resident
    /// weight or its transpose, as <see cref="Linear"/>.
    /// </remarks>
    public static Tensor MatMul(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Rank < 2 || b.Rank < 2)
        {
            throw new ShapeException(
                nameof(MatMul),
                $"the shapes {Shapes.Text(a.Shape)} and {Shapes.Text(b.Shape)} need two axes each",
                "Reshape the factors to matrices");
        }

        (int rows, int inner, int columns) = (a.Size(^2), a.Size(^1), b.Size(^1));
        if (b.Size(^2) != inner)
        {
            throw new ShapeException(
                nameof(MatMul),
                $"the shapes {Shapes.Text(a.Shape)} and {Shapes.Text(b.Shape)} disagree on the summed axis ({inner} against {b.Size(^2)})",
                "Make the left factor's last axis equal the right factor's second to last, or transpose a factor");
        }

        ReadOnlySpan<int> batch = a.Shape[..^2];
        if (!batch.SequenceEqual(b.Shape[..^2]))
        {
            throw new ShapeException(
                nameof(MatMul),
                $"the shapes {Shapes.Text(a.Shape)} and {Shapes.Text(b.Shape)} differ before the last two axes",
                "Make the batch axes equal, for example by reshaping");
        }

        int[] shape = [.. batch, rows, columns];
        float[] result = new float[Shapes.Count(nameof(MatMul), shape)];
        int batches = Shapes.Product(batch);
        for (int i = 0; i < batches; i++)
        {
            ReadOnlySpan<float> left = a.Values.Slice(i * rows * inner, rows * inner);
            ReadOnlySpan<float> right = b.Values.Slice(i * inner * columns, inner * columns);
            Span<float> product = result.AsSpan(i * rows * columns, rows * columns);
            if (rows < FewRows)
            {
                // A step of decoding: turning the right factor would cost as much as the product.
                MultiplyFew(left, right, product, rows, inner, columns);
            }
            else
            {
                WideProducts.Multiply(left, right, product, rows, inner, columns);
            }
        }

        return new Tensor(result, shape);
    }

    /// <summary>
    /// A linear layer without bias, x·weightᵀ: result[…, o] = Σ_i x[…, i]·weight[o, i], of shapes […, in] and [out, in] → […, out].
    /// </summary>
    /// <param name="x">The activations, at least one axis.</param>
    /// <param name="weight">The weights, one row an output.</param>
    /// <returns>The outputs.</returns>
    /// <exception cref="ShapeException">The weights are not a matrix, or the input sizes differ.</exception>
    /// <remarks>
    /// Compiled: one flight. With weights that the server knows it goes from the server to the client only, and online the client
    /// computes nothing.
    /// </remarks>
    public static Tensor Linear(Tensor x, Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        if (x.Rank < 1 || weight.Rank != 2 || x.Size(^1) != weight.Size(1))
        {
            throw new ShapeException(
                nameof(Linear),
                $"the activations {Shapes.Text(x.Shape)} do not go with the weights {Shapes.Text(weight.Shape)}",
                "Give weights of the shape [out, in] with in equal to the last axis of the activations");
        }

        (int outputs, int inputs) = (weight.Size(0), weight.Size(1));
        int[] shape = [.. x.Shape[..^1], outputs];
        float[] result = new float[Shapes.Count(nameof(Linear), shape)];
        int rows = Shapes.Product(x.Shape[..^1]);
        WideProducts.MultiplyRows(x.Values, weight.Values, result, rows, inputs, outputs);
        return new Tensor(result, shape);
    }

    /// <summary>left·right with few left rows: each right row is widened once and added, scaled, to the sums of all left rows.</summary>
    private static void MultiplyFew(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result, int rows, int inner, int columns)
    {
        double[] wideRow = new double[columns];
        double[] sums = new double[rows * columns];
        for (int t = 0; t < inner; t++)
        {
            TensorPrimitives.ConvertTruncating(right.Slice(t * columns, columns), wideRow);
            for (int row = 0; row < rows; row++)
            {
                Span<double> sum = sums.AsSpan(row * columns, columns);
                TensorPrimitives.MultiplyAdd<double>(wideRow, left[(row * inner) + t], sum, sum);
            }
        }

        TensorPrimitives.ConvertTruncating<double, float>(sums, result);
    }
}
