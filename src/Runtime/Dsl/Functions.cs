using System;

namespace MPCache;

/// <summary>
/// The functions of the language, to be used through <c>using static MPCache.Functions;</c>. Called directly they compute in plain floating
/// point; a compiled program replaces each by its two-party form, whose qualitative cost the remarks state. "Local" means that no message
/// is sent; a flight is one one-way latency in which each direction may carry one message.
/// </summary>
public static partial class Functions
{
    /// <summary>Two tensors one behind the other along an axis; all other axes are equal.</summary>
    /// <param name="axis">The axis; -1 is the last.</param>
    /// <param name="a">What comes first.</param>
    /// <param name="b">What comes second.</param>
    /// <returns>The joined tensor.</returns>
    /// <exception cref="ShapeException">There is no such axis, or the shapes differ in another one.</exception>
    /// <remarks>Compiled: local.</remarks>
    public static Tensor Concat(int axis, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return Tensor.Joined(nameof(Concat), axis, a, b);
    }

    /// <summary>The rows of a table at given positions: result[i, …] = table[tokens[i], …], [vocabulary, dim] and [n] → [n, dim].</summary>
    /// <param name="table">The table, one row a word.</param>
    /// <param name="tokens">Whole numbers from 0 to below the number of rows.</param>
    /// <returns>The rows.</returns>
    /// <exception cref="ShapeException">The table has not two axes, or the tokens not one.</exception>
    /// <exception cref="MPCacheException">A token is no row of the table.</exception>
    /// <remarks>
    /// Compiled: which rows are taken is secret, so the cost is that of a masked one-hot row a token against the table, one flight, and
    /// bytes in proportion to the vocabulary.
    /// </remarks>
    public static Tensor Embedding(Tensor table, Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(tokens);
        if (table.Rank != 2 || tokens.Rank != 1)
        {
            throw new ShapeException(
                nameof(Embedding),
                $"the table {Shapes.Text(table.Shape)} and the tokens {Shapes.Text(tokens.Shape)} are not [vocabulary, dim] and [n]",
                "Reshape the table to two axes and the tokens to one");
        }

        (int vocabulary, int dim) = (table.Size(0), table.Size(1));
        float[] result = new float[Shapes.Count(nameof(Embedding), [tokens.Size(0), dim])];
        for (int i = 0; i < tokens.Size(0); i++)
        {
            float token = tokens.Values[i];
            if (!(token >= 0 && token < vocabulary && token == MathF.Floor(token)))
            {
                throw new MPCacheException(
                    FormattableString.Invariant($"{nameof(Embedding)}: token {token} at [{i}] is no row of a table of {vocabulary}"),
                    "Give whole numbers from 0 to below the number of rows");
            }

            table.Values.Slice((int)token * dim, dim).CopyTo(result.AsSpan(i * dim));
        }

        return new Tensor(result, [tokens.Size(0), dim]);
    }
}
