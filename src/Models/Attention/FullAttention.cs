using static MPCache.Functions;

namespace MPCache.Models.Attention;

/// <summary>Attention over the whole cache.</summary>
public static class FullAttention
{
    /// <summary>
    /// Grouped-query attention of the newest rows over all cached tokens; row i sees the tokens up to its own.
    /// Source: Ainslie et al., GQA (EMNLP 2023).
    /// </summary>
    /// <param name="query">[rows, groups, repeat, size], already scaled by 1/√size.</param>
    /// <param name="keys">[tokens, groups, size].</param>
    /// <param name="values">[tokens, groups, size].</param>
    /// <returns>[rows, groups · repeat · size].</returns>
    [Protocol]
    public static Tensor Attend(
        [Shape("rows, groups, repeat, size")] Tensor query,
        [Shape("tokens, groups, size")] Tensor keys,
        [Shape("tokens, groups, size")] Tensor values)
    {
        int rows = query.Size(0);
        int groups = query.Size(1);
        int repeat = query.Size(2);
        int size = query.Size(3);
        int tokens = keys.Size(0);

        Tensor heads = query.Permute(1, 2, 0, 3).Reshape(groups, repeat * rows, size);
        Tensor scores = MatMul(heads, keys.Permute(1, 2, 0)).Within(-384, 96);
        Tensor probabilities = Softmax(scores.Reshape(groups, repeat, rows, tokens), CausalMask(rows, tokens));
        Tensor mixed = MatMul(probabilities.Reshape(groups, repeat * rows, tokens), values.Permute(1, 0, 2)).Within(-16, 16);
        return mixed.Reshape(groups, repeat, rows, size).Permute(2, 0, 1, 3).Reshape(rows, groups * repeat * size);
    }
}
