using System;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace MPCache;

/// <summary>States the range of a value inside a program.</summary>
public static class RangeAssertion
{
    /// <summary>
    /// Asserts that every element lies in [<paramref name="low"/>, <paramref name="high"/>] and returns the tensor unchanged. It is an
    /// assertion, not a clamp: range analysis relies on it from here on, and what a loop carries must state it.
    /// </summary>
    /// <param name="tensor">The value, of any shape.</param>
    /// <param name="low">The smallest value allowed.</param>
    /// <param name="high">The largest value allowed.</param>
    /// <param name="expression">The asserted expression; the compiler fills it in.</param>
    /// <returns>The same tensor.</returns>
    /// <exception cref="RangeException">An element is outside or is not a number, and no recorder is set to record only.</exception>
    /// <exception cref="ArgumentException">The bounds are no interval.</exception>
    /// <remarks>
    /// Plain runs and the simulator check it; between two parties it is trusted, because checking would cost comparisons. Compiled: local.
    /// What it sees is reported to the <see cref="RangeRecorder"/> of the current scope.
    /// </remarks>
    public static Tensor Within(
        this Tensor tensor, double low, double high, [CallerArgumentExpression(nameof(tensor))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!(low <= high))
        {
            throw new ArgumentException($"The lower bound must not exceed the upper bound, and both must be numbers ({low}, {high}).");
        }

        string text = OneLine(expression);
        RangeRecorder? recorder = RangeRecorder.Current;
        recorder?.Record(text, low, high, tensor.Values);
        if (recorder is not { RecordOnly: true })
        {
            int outside = FirstOutside(tensor.Values, low, high);
            if (outside >= 0)
            {
                throw new RangeException(text, tensor.Values[outside], Shapes.IndexText(outside, tensor.Shape), low, high);
            }
        }

        return tensor;
    }

    private static int FirstOutside(ReadOnlySpan<float> values, double low, double high)
    {
        // Of values that are all inside, which is the rule, the extremes decide; a NaN among them is one.
        if (values.IsEmpty || (TensorPrimitives.Min(values) >= low && TensorPrimitives.Max(values) <= high))
        {
            return -1;
        }

        for (int i = 0; i < values.Length; i++)
        {
            // Written so that a NaN, which compares false with everything, is outside.
            if (!(values[i] >= low && values[i] <= high))
            {
                return i;
            }
        }

        return -1;
    }

    private static string OneLine(string? expression)
    {
        return expression is null
            ? "the value"
            : string.Join(' ', expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
