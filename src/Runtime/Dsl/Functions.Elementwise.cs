using System;
using System.Numerics.Tensors;

namespace MPCache;

// Functions of every element on its own, computed in 64 bits and rounded once. A result that is not finite is an error, not a value to go
// on with: the compiled program has no infinities.
public static partial class Functions
{
    /// <summary>The reciprocal square root 1/√x of every element.</summary>
    /// <param name="x">Positive elements, of any shape.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <exception cref="MPCacheException">An element is not positive.</exception>
    /// <remarks>
    /// Compiled: piecewise polynomials in every octave of powers of four, of which comparisons choose one: three flights, and the bytes of
    /// as many polynomials as the operand's range has octaves. Use one a row, not one an element.
    /// </remarks>
    public static Tensor RSqrt(Tensor x)
    {
        return Apply(nameof(RSqrt), x, static v => 1 / Math.Sqrt(v), "Keep the operand positive, for example by adding a small constant");
    }

    /// <summary>The reciprocal 1/x of every element.</summary>
    /// <param name="x">Elements other than 0, of any shape.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <exception cref="MPCacheException">An element is 0, or so near to it that the result exceeds a float.</exception>
    /// <remarks>
    /// Compiled: piecewise polynomials in every octave of powers of four, of which comparisons choose one: three flights, and the bytes of
    /// as many polynomials as the operand's range, which must exclude 0, has octaves. Use one a row, not one an element.
    /// </remarks>
    public static Tensor Reciprocal(Tensor x)
    {
        return Apply(nameof(Reciprocal), x, static v => 1 / v, "Keep the operand away from 0");
    }

    /// <summary>The exponential e^x of every element.</summary>
    /// <param name="x">Elements of any shape.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <exception cref="MPCacheException">A result exceeds a float, which happens above 88.72.</exception>
    /// <remarks>Compiled: two flights, a lookup and a product. The range of the operand decides the ring.</remarks>
    public static Tensor Exp(Tensor x)
    {
        return Apply(nameof(Exp), x, Math.Exp, "Bound the operand, for example by subtracting the maximum of the row");
    }

    /// <summary>The sigmoid-weighted linear unit x·σ(x) = x/(1 + e^(−x)) of every element.</summary>
    /// <param name="x">Elements of any shape.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <exception cref="MPCacheException">An element is not finite.</exception>
    /// <remarks>
    /// Compiled: two flights, a piecewise polynomial; its error stands in the plan. Source: Elfwing, Uchibe and Doya, "Sigmoid-weighted
    /// linear units for neural network function approximation in reinforcement learning", Neural Networks 107, 2018, section 2.1.
    /// </remarks>
    public static Tensor Silu(Tensor x)
    {
        return Apply(nameof(Silu), x, static v => v / (1 + Math.Exp(-v)), NotFinite);
    }

    /// <summary>
    /// The Gaussian error linear unit x·Φ(x) = x/2·(1 + erf(x/√2)) of every element: the exact form, not the approximation by a
    /// hyperbolic tangent.
    /// </summary>
    /// <param name="x">Elements of any shape.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <exception cref="MPCacheException">An element is not finite.</exception>
    /// <remarks>
    /// Compiled: two flights, a piecewise polynomial; its error stands in the plan. Source: Hendrycks and Gimpel, "Gaussian Error Linear
    /// Units (GELUs)", 2016, section 2 (arXiv:1606.08415).
    /// </remarks>
    public static Tensor Gelu(Tensor x)
    {
        // Φ(x) = erfc(−x/√2)/2 keeps its relative precision for very negative x, where 1 + erf cancels.
        return Apply(nameof(Gelu), x, static v => v * ErrorFunction.Complement(-v / Math.Sqrt(2)) / 2, NotFinite);
    }

    /// <summary>The rectified linear unit max(x, 0) of every element.</summary>
    /// <param name="x">Elements of any shape.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <remarks>Compiled: a comparison and a selection.</remarks>
    public static Tensor Relu(Tensor x)
    {
        return Tensor.Combine(nameof(Relu), x, Tensor.Scalar(0f), TensorPrimitives.Max);
    }

    /// <summary>The larger of each two elements; shapes broadcast.</summary>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand.</param>
    /// <returns>A tensor of the common shape.</returns>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <remarks>Compiled: a comparison and a selection. (<see cref="Tensor.Max"/> reduces an axis.)</remarks>
    public static Tensor Maximum(Tensor a, Tensor b)
    {
        return Tensor.Combine(nameof(Maximum), a, b, TensorPrimitives.Max);
    }

    /// <summary>The smaller of each two elements; shapes broadcast.</summary>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand.</param>
    /// <returns>A tensor of the common shape.</returns>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <remarks>Compiled: a comparison and a selection. (<see cref="Tensor.Min"/> reduces an axis.)</remarks>
    public static Tensor Minimum(Tensor a, Tensor b)
    {
        return Tensor.Combine(nameof(Minimum), a, b, TensorPrimitives.Min);
    }

    private const string NotFinite = "Find what made the operand leave the range of a float";

    private static Tensor Apply(string operation, Tensor x, Func<double, double> function, string cure)
    {
        ArgumentNullException.ThrowIfNull(x);
        ReadOnlySpan<float> source = x.Values;
        float[] result = new float[source.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = (float)function(source[i]);
            if (!float.IsFinite(result[i]))
            {
                throw new MPCacheException(
                    FormattableString.Invariant($"{operation}: {source[i]} at {Shapes.IndexText(i, x.Shape)} has no finite result"), cure);
            }
        }

        return new Tensor(result, x.Shape.ToArray());
    }
}
