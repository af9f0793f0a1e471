using static MPCache.Functions;

namespace MPCache.Models.Attention;

/// <summary>
/// Attention over the whole cache, and its two halves, which the policies put something between.
/// Source: Ainslie et al., GQA (EMNLP 2023).
/// </summary>
public static class FullAttention
{
    /// <summary>Grouped-query attention of the newest rows over all cached tokens; row i sees the tokens up to its own.</summary>
    /// <param name="query">[rows, groups, repeat, size], already scaled by 1/√size.</param>
    /// <param name="keys">[tokens, groups, size].</param>
    /// <param name="values">[tokens, groups, size].</param>
    /// <returns>[rows, groups · repeat · size].</returns>
    [Protocol]
    public static Tensor Attend(Tensor query, Tensor keys, Tensor values) => Mix(Probabilities(query, keys), values);

    /// <summary>How much each row attends to each token.</summary>
    /// <param name="query">[rows, groups, repeat, size], already scaled by 1/√size.</param>
    /// <param name="keys">[tokens, groups, size].</param>
    /// <returns>[groups, repeat, rows, tokens].</returns>
    [Protocol]
    public static Tensor Probabilities(
        [Shape("rows, groups, repeat, size")] Tensor query, [Shape("tokens, groups, size")] Tensor keys)
    {
        int rows = query.Size(0);
        int groups = query.Size(1);
        int repeat = query.Size(2);
        int size = query.Size(3);
        int tokens = keys.Size(0);

        Tensor heads = query.Permute(1, 2, 0, 3).Reshape(groups, repeat * rows, size);
        // The upper bound is that of tokens which a row does not see: their scores do not count, but reach higher than any that do.
        Tensor scores = MatMul(heads, keys.Permute(1, 2, 0)).Within(-352, 144);
        return Softmax(scores.Reshape(groups, repeat, rows, tokens), CausalMask(rows, tokens));
    }

    /// <summary>The values, mixed as each row attends to them.</summary>
    /// <param name="probabilities">[groups, repeat, rows, tokens].</param>
    /// <param name="values">[tokens, groups, size].</param>
    /// <returns>[rows, groups · repeat · size].</returns>
    [Protocol]
    public static Tensor Mix(
        [Shape("groups, repeat, rows, tokens")] Tensor probabilities, [Shape("tokens, groups, size")] Tensor values)
    {
        int groups = probabilities.Size(0);
        int repeat = probabilities.Size(1);
        int rows = probabilities.Size(2);
        int tokens = probabilities.Size(3);
        int size = values.Size(2);

        Tensor mixed = MatMul(probabilities.Reshape(groups, repeat * rows, tokens), values.Permute(1, 0, 2)).Within(-16, 16);
        return mixed.Reshape(groups, repeat, rows, size).Permute(2, 0, 1, 3).Reshape(rows, groups * repeat * size);
    }
}
