using System;

namespace MPCache;

// Tensors that are computed independently of each other and stand side by side.
public sealed partial class Tensor
{
    /// <summary>
    /// Computes independent tensors of one shape, […], and puts them one behind the other: [count, …], of which item i is
    /// <c>item(i)</c>.
    /// </summary>
    /// <param name="count">
    /// How many; a public number of at least 1, because nothing but an item says which shape an item has. Where there may be none, let an
    /// <c>if</c> on the count take <c>Tensor.Zeros(count, …)</c> instead.
    /// </param>
    /// <param name="item">
    /// Computes the tensor of a number from 0 on. It sees what stands around it and changes none of it.
    /// </param>
    /// <returns>The tensors.</returns>
    /// <exception cref="ShapeException">The count is less than 1, or the tensors have different shapes.</exception>
    /// <remarks>
    /// Compiled: all items at once, in the flights of one: each operation becomes one over an axis more, and what does not depend on the
    /// number is computed once. Rows and slices may stand at the number, in strides, or at its quotient by another number, and what depends on
    /// nothing else is computed once for each quotient; shapes and bounds may not depend on it, and states are not written.
    /// </remarks>
    public static Tensor Stack(int count, Func<int, Tensor> item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (count < 1)
        {
            throw new ShapeException(
                nameof(Stack), $"{count} tensors cannot be stacked: the shape is that of the first",
                "Stack at least one; where there may be none, let an 'if' on the count take Tensor.Zeros(count, …)");
        }

        float[] values = [];
        int[] shape = [];
        for (int i = 0; i < count; i++)
        {
            Tensor tensor = item(i) ?? throw new ArgumentException($"The tensor of {i} is null.", nameof(item));
            if (i == 0)
            {
                shape = tensor._shape;
                values = new float[Shapes.Count(nameof(Stack), [count, .. shape])];
            }
            else if (!tensor._shape.AsSpan().SequenceEqual(shape))
            {
                throw new ShapeException(
                    nameof(Stack),
                    $"the tensor of 0 has the shape {Shapes.Text(shape)}, the tensor of {i} the shape {Shapes.Text(tensor._shape)}",
                    "Compute tensors of one shape");
            }

            tensor._values.Span.CopyTo(values.AsSpan(i * tensor._values.Length));
        }

        return new Tensor(values, [count, .. shape]);
    }
}
