namespace MPCache.Models.Attention;

/// <summary>
/// TOVA: the cache is a state of a fixed size; the token to which the newest query attended least, on average over the heads of a layer,
/// leaves it. Source: Oren et al., Transformers are Multi-State RNNs (EMNLP 2024), section 3.2.
/// </summary>
public static class Tova
{
    /// <summary>The newest query's attention to each token, averaged over heads.</summary>
    /// <param name="probabilities">[groups, repeat, rows, tokens].</param>
    /// <returns>[tokens].</returns>
    [Protocol]
    public static Tensor Newest(Tensor probabilities)
    {
        int rows = probabilities.Size(2);
        Tensor newest = probabilities.Slice(2, rows - 1, 1).Mean(1).Mean(0);
        return newest.Reshape(probabilities.Size(3)).Within(0, 1);
    }
}
