using System;

namespace MPCache;

// Choosing between values without branching: a program never takes a path that depends on a secret.
public static partial class Functions
{
    /// <summary>1 where a &lt; b, 0 elsewhere; shapes broadcast.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    /// <returns>A tensor of zeros and ones, of the common shape.</returns>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <remarks>Compiled: a comparison; its result stays secret.</remarks>
    public static Tensor Less(Tensor a, Tensor b)
    {
        return Tensor.Combine(nameof(Less), a, b, static (left, right, result) =>
        {
            for (int i = 0; i < result.Length; i++)
            {
                result[i] = left[i] < right[i] ? 1f : 0f;
            }
        });
    }

    /// <summary>
    /// The element of the second operand where the condition is 1, of the third where it is 0; all three shapes broadcast.
    /// </summary>
    /// <param name="condition">Zeros and ones, such as the result of <see cref="Less"/>.</param>
    /// <param name="whenTrue">Taken where the condition is 1.</param>
    /// <param name="whenFalse">Taken where the condition is 0.</param>
    /// <returns>A tensor of the common shape.</returns>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="MPCacheException">The condition holds something else than 0 and 1.</exception>
    /// <remarks>
    /// Compiled: one flight, a masked bit times the difference; local where the condition is public. Both alternatives are computed.
    /// </remarks>
    public static Tensor Select(Tensor condition, Tensor whenTrue, Tensor whenFalse)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(whenTrue);
        ArgumentNullException.ThrowIfNull(whenFalse);
        RequireBits(nameof(Select), "the condition", condition);
        int[] alternatives = Shapes.Broadcast(nameof(Select), whenTrue.Shape, whenFalse.Shape);
        int[] shape = Shapes.Broadcast(nameof(Select), condition.Shape, alternatives);
        ReadOnlySpan<float> bits = Shapes.Expand(condition, shape);
        ReadOnlySpan<float> ones = Shapes.Expand(whenTrue, shape);
        ReadOnlySpan<float> zeros = Shapes.Expand(whenFalse, shape);
        float[] result = new float[bits.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = bits[i] != 0 ? ones[i] : zeros[i];
        }

        return new Tensor(result, shape);
    }

    /// <summary>
    /// The position of the largest element along the last axis, which stays with the size 1: […, n] → […, 1]. Of equal elements the first
    /// one counts. Positions are whole numbers, exact in a float up to 2^24.
    /// </summary>
    /// <param name="x">The scores.</param>
    /// <returns>The positions.</returns>
    /// <exception cref="ShapeException">The tensor is a scalar, or its last axis is empty or longer than 2^24.</exception>
    /// <exception cref="MPCacheException">An element is not a number.</exception>
    /// <remarks>
    /// Compiled: comparisons between shuffled elements in groups, a fixed number of flights for a vocabulary. Elements that are equal in
    /// fixed point are ordered by chance there, because an order by position would show that they are equal.
    /// </remarks>
    public static Tensor ArgMax(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        int length = x.Rank == 0 ? 0 : x.Size(^1);
        if (length is 0 or > 1 << 24)
        {
            throw new ShapeException(
                nameof(ArgMax),
                $"the shape {Shapes.Text(x.Shape)} has no last axis of 1 to {1 << 24} elements",
                "Give at least one score a row, and split a longer axis");
        }

        ReadOnlySpan<float> source = x.Values;
        float[] result = new float[source.Length / length];
        for (int row = 0; row < result.Length; row++)
        {
            int best = 0;
            for (int i = 0; i < length; i++)
            {
                float candidate = source[row * length + i];
                if (float.IsNaN(candidate))
                {
                    throw new MPCacheException(
                        $"{nameof(ArgMax)}: the element at {Shapes.IndexText(row * length + i, x.Shape)} is not a number",
                        "Find the operation that produced it");
                }

                best = candidate > source[row * length + best] ? i : best;
            }

            result[row] = best;
        }

        return new Tensor(result, [.. x.Shape[..^1], 1]);
    }

    private static void RequireBits(string operation, string what, Tensor bits)
    {
        int place = bits.Values.IndexOfAnyExcept(0f, 1f);
        if (place >= 0)
        {
            throw new MPCacheException(
                FormattableString.Invariant($"{operation}: {what} holds {bits.Values[place]} at {Shapes.IndexText(place, bits.Shape)}"),
                "Give a tensor of zeros and ones");
        }
    }
}
