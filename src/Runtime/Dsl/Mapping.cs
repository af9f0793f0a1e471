using System;
using System.Runtime.CompilerServices;

namespace MPCache;

/// <summary>Functions of the author's own.</summary>
public static class Mapping
{
    /// <summary>A function of every element on its own, given as a lambda.</summary>
    /// <param name="tensor">The elements, of any shape.</param>
    /// <param name="function">
    /// The function. Compiled, it is read as a formula: it consists of its argument, constants, <c>+ - * /</c>, <c>Exp</c>, <c>Log</c>,
    /// <c>Sqrt</c>, <c>Tanh</c>, <c>Sin</c>, <c>Cos</c>, <c>Abs</c>, <c>Min</c>, <c>Max</c>, <c>Clamp</c> and <c>Pow</c> with a constant
    /// exponent of <see cref="MathF"/> or <see cref="Math"/>, and <c>condition ? a : b</c>, and captures nothing.
    /// </param>
    /// <param name="low">The smallest element allowed.</param>
    /// <param name="high">The largest element allowed.</param>
    /// <param name="expression">The expression of the elements; the compiler fills it in.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <exception cref="RangeException">An element is outside of the bounds, as by <see cref="RangeAssertion.Within"/>.</exception>
    /// <exception cref="ArgumentException">The bounds are no interval.</exception>
    /// <exception cref="MPCacheException">A result is not finite.</exception>
    /// <remarks>
    /// Compiled: two flights, a piecewise polynomial, fitted while compiling to what the bounds and the value's own range allow; of the fits
    /// that are as good as the rounding of the argument to 12 fraction bits, the one that takes the fewest bytes. What it is off by at most
    /// stands in the plan and in the comment of the compiled method. Outside of the bounds, which are an assertion and no clamp, it is
    /// nothing in particular.
    /// </remarks>
    public static Tensor Map(
        this Tensor tensor, Func<float, float> function, double low, double high,
        [CallerArgumentExpression(nameof(tensor))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        float[] result = tensor.Within(low, high, expression).Values.ToArray();
        for (int i = 0; i < result.Length; i++)
        {
            float element = result[i];
            result[i] = function(element);
            if (!float.IsFinite(result[i]))
            {
                throw new MPCacheException(
                    FormattableString.Invariant($"{nameof(Map)}: {element} at {Shapes.IndexText(i, tensor.Shape)} has no finite result"),
                    "Bound the elements to where the function is defined");
            }
        }

        return new Tensor(result, tensor.Shape.ToArray());
    }
}
