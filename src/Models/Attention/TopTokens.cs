using static MPCache.Functions;

namespace MPCache.Models.Attention;

/// <summary>
/// The tokens with the largest scores, head by head and step by step: what any selection of as many tokens can reach at most, and dear,
/// because every cached token is compared.
/// </summary>
public static class TopTokens
{
    /// <summary>Attention of the newest token over those with the largest scores.</summary>
    /// <param name="query">[1, groups, repeat, size], already scaled by 1/√size.</param>
    /// <param name="keys">[tokens, groups, size], the newest token's among them.</param>
    /// <param name="values">[tokens, groups, size].</param>
    /// <param name="kept">How many tokens, at most all.</param>
    /// <returns>[1, groups · repeat · size].</returns>
    [Protocol]
    public static Tensor Attend(Tensor query, Tensor keys, Tensor values, int kept)
    {
        Tensor scores = SelectedAttention.Scores(query, keys);
        Selection best = TopK(scores, kept);
        Tensor probabilities = Scatter(SelectedAttention.Probabilities(Gather(scores, best)), best);
        return SelectedAttention.Mix(probabilities, values, query.Size(1), query.Size(2));
    }
}
