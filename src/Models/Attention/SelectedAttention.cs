using static MPCache.Functions;

namespace MPCache.Models.Attention;

/// <summary>
/// One decoding step's attention over rows chosen in secret, compiled the cheap way round: scores are gathered, not keys, and probabilities
/// scattered, not values (q·Gather(K)ᵀ = Gather(q·Kᵀ), P·Gather(V) = Scatter(P)·V).
/// </summary>
public static class SelectedAttention
{
    /// <summary>Fraction bits of scores and probabilities: a score is off by less than 2^−12, a probability too.</summary>
    private const int Precision = 12;

    /// <summary>The scores of all cached tokens.</summary>
    /// <param name="query">[1, groups, repeat, size], already scaled by 1/√size.</param>
    /// <param name="keys">[tokens, groups, size].</param>
    /// <returns>[groups · repeat, tokens].</returns>
    [Protocol]
    public static Tensor Scores(Tensor query, [Shape("tokens, groups, size")] Tensor keys)
    {
        int groups = query.Size(1);
        int repeat = query.Size(2);
        Tensor heads = query.Reshape(groups, repeat, query.Size(3));
        Tensor scores = MatMul(heads, keys.Permute(1, 2, 0)).Within(-384, 96).Rounded(Precision);
        return scores.Reshape(groups * repeat, keys.Size(0));
    }

    /// <summary>How much each head attends to what was chosen for it.</summary>
    /// <param name="scores">[heads, slots].</param>
    [Protocol]
    public static Tensor Probabilities(Tensor scores) => Softmax(scores).Rounded(Precision);

    /// <summary>The values, mixed as each head attends to them.</summary>
    /// <param name="probabilities">[heads, tokens], 0 where a head does not attend.</param>
    /// <param name="values">[tokens, groups, size].</param>
    /// <param name="groups">Key-value heads.</param>
    /// <param name="repeat">Query heads that share one.</param>
    /// <returns>[1, groups · repeat · size].</returns>
    [Protocol]
    public static Tensor Mix(Tensor probabilities, [Shape("tokens, groups, size")] Tensor values, int groups, int repeat)
    {
        int tokens = values.Size(0);
        Tensor mixed = MatMul(probabilities.Reshape(groups, repeat, tokens), values.Permute(1, 0, 2)).Within(-16, 16);
        return mixed.Reshape(1, groups * repeat * values.Size(2));
    }
}
