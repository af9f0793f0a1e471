using static MPCache.Functions;

namespace MPCache.Models.Attention;

/// <summary>
/// H2O: each key-value head keeps the tokens that received most attention so far and a window of recent ones; at every step the one that
/// received least leaves for good. Source: Zhang et al., H2O: Heavy-Hitter Oracle (NeurIPS 2023), section 4.
/// </summary>
public static class HeavyHitters
{
    /// <summary>The attention that each token has received from all queries so far, head by head.</summary>
    /// <param name="before">[earlier tokens, groups, 1], from the queries before.</param>
    /// <param name="probabilities">[groups, repeat, rows, tokens], of the newest queries, whose tokens are the last ones.</param>
    /// <returns>[tokens, groups, 1].</returns>
    [Protocol]
    public static Tensor Received(Tensor before, Tensor probabilities)
    {
        int groups = probabilities.Size(0);
        int rows = probabilities.Size(2);
        int tokens = probabilities.Size(3);
        Tensor now = probabilities.Sum(2).Sum(1).Reshape(groups, tokens, 1).Permute(1, 0, 2);
        return (Concat(0, before, Tensor.Zeros(rows, groups, 1)) + now).Within(0, 16384);
    }

    /// <summary>The tokens that stay of those before the recent ones.</summary>
    /// <param name="received">[tokens, groups, 1].</param>
    /// <param name="heavy">How many stay, at most all before the recent ones.</param>
    /// <param name="recent">Tokens at the end that stay whatever they received.</param>
    [Protocol]
    public static Selection Choose(Tensor received, int heavy, int recent)
    {
        int before = received.Size(0) - recent;
        Tensor candidates = received.Slice(0, 0, before).Reshape(before, received.Size(1)).Transpose();
        return TopK(candidates, heavy);
    }
}
