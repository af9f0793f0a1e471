using System;

namespace MPCache;

// What attention needs besides products: softmax, its mask, its scale and the rotation of positions.
public static partial class Functions
{
    /// <summary>
    /// Softmax along the last axis: exp(x_i − max x) / Σ_j exp(x_j − max x). Subtracting the maximum changes nothing but keeps large scores
    /// finite.
    /// </summary>
    /// <param name="x">The scores, […, n].</param>
    /// <returns>The probabilities, of the same shape; every row sums to 1.</returns>
    /// <exception cref="ShapeException">The scores are a scalar, or the last axis is empty.</exception>
    /// <exception cref="MPCacheException">The largest score of a row is not finite.</exception>
    /// <remarks>
    /// Compiled: a maximum that need not be exact (or none, where the range of the scores allows it), an exponential, a local sum, one
    /// reciprocal a row and a product; behind a <see cref="MatMul"/> where probabilities are there for nothing but to weigh its rows.
    /// </remarks>
    public static Tensor Softmax(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return NormalizedExponentials(x, default);
    }

    /// <summary>
    /// Softmax along the last axis over the allowed positions alone; the others get probability 0.
    /// </summary>
    /// <param name="x">The scores, […, n].</param>
    /// <param name="allowed">
    /// A public tensor of zeros and ones that broadcasts to the shape of the scores, such as a <see cref="CausalMask"/>.
    /// </param>
    /// <returns>The probabilities, of the shape of the scores; every row sums to 1.</returns>
    /// <exception cref="ShapeException">The mask does not broadcast to the scores, or the last axis is empty or missing.</exception>
    /// <exception cref="MPCacheException">
    /// A row allows no position, the mask holds something else than 0 and 1, or the largest allowed score of a row is not finite.
    /// </exception>
    /// <remarks>Compiled: as <see cref="Softmax(Tensor)"/>; what the mask forbids is public and is not computed.</remarks>
    public static Tensor Softmax(Tensor x, Tensor allowed)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(allowed);
        int[] shape = Shapes.Broadcast(nameof(Softmax), x.Shape, allowed.Shape);
        if (!x.Shape.SequenceEqual(shape))
        {
            throw new ShapeException(
                nameof(Softmax),
                $"the mask {Shapes.Text(allowed.Shape)} is larger than the scores {Shapes.Text(x.Shape)}",
                "Give a mask that broadcasts to the shape of the scores");
        }

        RequireBits(nameof(Softmax), "the mask", allowed);
        return NormalizedExponentials(x, Shapes.Expand(allowed, shape));
    }

    /// <summary>
    /// The mask of causal attention: a [queries, tokens] tensor that holds 1 where query i may attend to token j, that is where
    /// j ≤ tokens − queries + i, and 0 elsewhere. The queries are the last ones of the tokens.
    /// </summary>
    /// <param name="queries">The number of queries, from 1 to <paramref name="tokens"/>.</param>
    /// <param name="tokens">The number of tokens, the queries' own included.</param>
    /// <returns>The mask, a public tensor.</returns>
    /// <exception cref="MPCacheException">There are no queries, or more than tokens.</exception>
    /// <remarks>Compiled: a public constant of the session.</remarks>
    public static Tensor CausalMask(int queries, int tokens)
    {
        if (queries < 1 || queries > tokens)
        {
            throw new MPCacheException(
                $"{nameof(CausalMask)}: {queries} queries cannot be the last ones of {tokens} tokens",
                "Use from one query to as many as there are tokens");
        }

        float[] mask = new float[Shapes.Count(nameof(CausalMask), [queries, tokens])];
        for (int query = 0; query < queries; query++)
        {
            mask.AsSpan(query * tokens, tokens - queries + query + 1).Fill(1f);
        }

        return new Tensor(mask, [queries, tokens]);
    }

    /// <summary>1/√n, the scale of attention scores, for a public number.</summary>
    /// <param name="n">At least 1.</param>
    /// <returns>The scale, a public value.</returns>
    /// <exception cref="MPCacheException"><paramref name="n"/> is less than 1.</exception>
    public static float InverseSqrt(int n)
    {
        return n >= 1
            ? (float)(1 / Math.Sqrt(n))
            : throw new MPCacheException($"{nameof(InverseSqrt)}: {n} has no inverse square root", "Give a number of at least 1");
    }

    /// <summary>
    /// Rotary position embedding: in row p each pair (x_2i, x_2i+1) of the last axis is turned by the angle
    /// (<paramref name="firstPosition"/> + p)·theta^(−2i/size), so that the product of two rotated vectors depends on the distance of
    /// their positions alone.
    /// </summary>
    /// <param name="x">Queries or keys, [rows, heads, size], size even.</param>
    /// <param name="firstPosition">The position of row 0 in the sequence, at least 0.</param>
    /// <param name="theta">The base of the frequencies, positive; usually 10000.</param>
    /// <returns>The rotated tensor, of the same shape.</returns>
    /// <exception cref="ShapeException">The tensor has not three axes, or the last one is odd.</exception>
    /// <exception cref="MPCacheException">The position is negative, or theta is not positive.</exception>
    /// <remarks>
    /// Compiled: local, because the angles are public. Source: Su et al., "RoFormer: Enhanced Transformer with Rotary Position
    /// Embedding", 2021, section 3.2.2 (arXiv:2104.09864).
    /// </remarks>
    public static Tensor RotaryEmbedding(Tensor x, int firstPosition, float theta)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 3 || x.Size(2) % 2 != 0)
        {
            throw new ShapeException(
                nameof(RotaryEmbedding),
                $"the shape {Shapes.Text(x.Shape)} is not [rows, heads, size] with an even size",
                "Reshape to three axes, the last one a whole number of pairs");
        }

        if (firstPosition < 0 || !(theta > 0) || float.IsInfinity(theta))
        {
            throw new MPCacheException(
                FormattableString.Invariant($"{nameof(RotaryEmbedding)}: position {firstPosition} with theta {theta} has no angles"),
                "Give a position of at least 0 and a positive theta");
        }

        (int rows, int heads, int size) = (x.Size(0), x.Size(1), x.Size(2));
        ReadOnlySpan<float> source = x.Values;
        float[] result = new float[source.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int first = 0; first < size; first += 2)
            {
                double angle = ((double)firstPosition + row) * Math.Pow(theta, -(double)first / size);
                (double sine, double cosine) = Math.SinCos(angle);
                for (int head = 0; head < heads; head++)
                {
                    int place = (row * heads + head) * size + first;
                    (double even, double odd) = (source[place], source[place + 1]);
                    result[place] = (float)(even * cosine - odd * sine);
                    result[place + 1] = (float)(even * sine + odd * cosine);
                }
            }
        }

        return new Tensor(result, x.Shape.ToArray());
    }

    /// <summary>Softmax with an expanded mask; an empty mask allows everything.</summary>
    private static Tensor NormalizedExponentials(Tensor x, ReadOnlySpan<float> allowed)
    {
        int length = x.Rank == 0 ? 0 : x.Size(^1);
        if (length == 0)
        {
            throw new ShapeException(
                nameof(Softmax), $"the shape {Shapes.Text(x.Shape)} has no scores along its last axis", "Give at least one score a row");
        }

        ReadOnlySpan<float> source = x.Values;
        float[] result = new float[source.Length];
        double[] weights = new double[length];
        for (int start = 0; start < source.Length; start += length)
        {
            ReadOnlySpan<float> scores = source.Slice(start, length);
            ReadOnlySpan<float> mask = allowed.IsEmpty ? default : allowed.Slice(start, length);
            float maximum = float.NegativeInfinity;
            for (int i = 0; i < length; i++)
            {
                maximum = mask.IsEmpty || mask[i] != 0 ? MathF.Max(maximum, scores[i]) : maximum;
            }

            if (!float.IsFinite(maximum))
            {
                string row = Shapes.IndexText(start / length, x.Shape[..^1]);
                throw mask.IsEmpty || mask.ContainsAnyExcept(0f)
                    ? new MPCacheException(
                        FormattableString.Invariant($"{nameof(Softmax)}: the largest score of row {row} is {maximum}"),
                        "Find what made the scores leave the range of a float")
                    : new MPCacheException(
                        $"{nameof(Softmax)}: the mask allows no position in row {row}", "Allow at least one position a row");
            }

            double sum = 0;
            for (int i = 0; i < length; i++)
            {
                weights[i] = mask.IsEmpty || mask[i] != 0 ? Math.Exp((double)scores[i] - maximum) : 0;
                sum += weights[i];
            }

            for (int i = 0; i < length; i++)
            {
                result[start + i] = (float)(weights[i] / sum);
            }
        }

        return new Tensor(result, x.Shape.ToArray());
    }
}
