using System;
using System.Numerics.Tensors;

namespace MPCache;

// Element-wise arithmetic. Shapes broadcast as in NumPy: aligned at the last axis, equal sizes match, a size of 1 or a missing axis is
// repeated.
public sealed partial class Tensor
{
    /// <summary>The element-wise sum x + y; shapes broadcast.</summary>
    /// <param name="left">x.</param>
    /// <param name="right">y.</param>
    /// <returns>A tensor of the common shape.</returns>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <remarks>Compiled: local.</remarks>
    public static Tensor operator +(Tensor left, Tensor right)
    {
        return Combine("+", left, right, TensorPrimitives.Add);
    }

    /// <summary>The element-wise difference x − y; shapes broadcast.</summary>
    /// <param name="left">x.</param>
    /// <param name="right">y.</param>
    /// <returns>A tensor of the common shape.</returns>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <remarks>Compiled: local.</remarks>
    public static Tensor operator -(Tensor left, Tensor right)
    {
        return Combine("-", left, right, TensorPrimitives.Subtract);
    }

    /// <summary>The element-wise product x·y; shapes broadcast. (<see cref="Functions.MatMul"/> is the matrix product.)</summary>
    /// <param name="left">x.</param>
    /// <param name="right">y.</param>
    /// <returns>A tensor of the common shape.</returns>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <remarks>Compiled: one flight between secrets, local where one factor is public.</remarks>
    public static Tensor operator *(Tensor left, Tensor right)
    {
        return Combine("*", left, right, TensorPrimitives.Multiply);
    }

    /// <summary>The sum x + s of every element and a public number.</summary>
    /// <param name="left">x.</param>
    /// <param name="right">s.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <remarks>Compiled: local.</remarks>
    public static Tensor operator +(Tensor left, float right)
    {
        return Combine("+", left, Scalar(right), TensorPrimitives.Add);
    }

    /// <summary>The sum s + x of a public number and every element.</summary>
    /// <param name="left">s.</param>
    /// <param name="right">x.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <remarks>Compiled: local.</remarks>
    public static Tensor operator +(float left, Tensor right)
    {
        return Combine("+", Scalar(left), right, TensorPrimitives.Add);
    }

    /// <summary>The difference x − s of every element and a public number.</summary>
    /// <param name="left">x.</param>
    /// <param name="right">s.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <remarks>Compiled: local.</remarks>
    public static Tensor operator -(Tensor left, float right)
    {
        return Combine("-", left, Scalar(right), TensorPrimitives.Subtract);
    }

    /// <summary>The difference s − x of a public number and every element.</summary>
    /// <param name="left">s.</param>
    /// <param name="right">x.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <remarks>Compiled: local.</remarks>
    public static Tensor operator -(float left, Tensor right)
    {
        return Combine("-", Scalar(left), right, TensorPrimitives.Subtract);
    }

    /// <summary>The product x·s of every element and a public number.</summary>
    /// <param name="left">x.</param>
    /// <param name="right">s.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <remarks>Compiled: local; a fraction raises the scale, and the truncation it needs rides on the next opening.</remarks>
    public static Tensor operator *(Tensor left, float right)
    {
        return Combine("*", left, Scalar(right), TensorPrimitives.Multiply);
    }

    /// <summary>The product s·x of a public number and every element.</summary>
    /// <param name="left">s.</param>
    /// <param name="right">x.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <remarks>Compiled: local; a fraction raises the scale, and the truncation it needs rides on the next opening.</remarks>
    public static Tensor operator *(float left, Tensor right)
    {
        return Combine("*", Scalar(left), right, TensorPrimitives.Multiply);
    }

    /// <summary>
    /// The quotient x ÷ s of every element and a public number. (<see cref="Functions.Reciprocal"/> divides by a secret.)
    /// </summary>
    /// <param name="left">x.</param>
    /// <param name="right">s.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <remarks>Compiled: local, a product with 1 ÷ s; free where s is a power of two. The range of a parameter must leave out 0.</remarks>
    public static Tensor operator /(Tensor left, float right)
    {
        return Combine("/", left, Scalar(right), TensorPrimitives.Divide);
    }

    /// <summary>The negative −x of every element.</summary>
    /// <param name="operand">x.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <remarks>Compiled: local.</remarks>
    public static Tensor operator -(Tensor operand)
    {
        ArgumentNullException.ThrowIfNull(operand);
        float[] result = new float[operand.Values.Length];
        TensorPrimitives.Negate(operand.Values, result);
        return new Tensor(result, operand._shape);
    }

    /// <summary>An element-wise function of two operands over the shape they broadcast to.</summary>
    internal static Tensor Combine(string operation, Tensor left, Tensor right, ElementwiseKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        int[] shape = Shapes.Broadcast(operation, left.Shape, right.Shape);
        float[] result = new float[Shapes.Product(shape)];
        kernel(Shapes.Expand(left, shape), Shapes.Expand(right, shape), result);
        return new Tensor(result, shape);
    }

    /// <summary>Computes an element-wise function of two operands of equal length.</summary>
    internal delegate void ElementwiseKernel(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result);
}
