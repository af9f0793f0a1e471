using static MPCache.Functions;

namespace MPCache.Models.Attention;

/// <summary>
/// SnapKV: when the prompt has been read, each key-value head keeps the tokens to which the queries of a last window attended most, pooled over
/// neighbours so that what belongs together stays together, and the window itself. Source: Li et al., SnapKV (NeurIPS 2024).
/// </summary>
public static class SnapKv
{
    /// <summary>What each token before the window received from it, averaged over seven neighbours.</summary>
    /// <param name="probabilities">[groups, repeat, rows, tokens].</param>
    /// <param name="window">Queries at the end of the prompt.</param>
    /// <returns>[groups, tokens − window].</returns>
    [Protocol]
    public static Tensor Importance(Tensor probabilities, int window)
    {
        int groups = probabilities.Size(0);
        int rows = probabilities.Size(2);
        int before = probabilities.Size(3) - window;
        Tensor seen = probabilities.Slice(2, rows - window, window).Slice(3, 0, before).Sum(2).Sum(1).Reshape(groups, before);
        Tensor edge = Tensor.Zeros(groups, 3);
        Tensor padded = Concat(1, Concat(1, edge, seen), edge);
        Tensor pooled = padded.Slice(1, 0, before) + padded.Slice(1, 1, before) + padded.Slice(1, 2, before) + padded.Slice(1, 3, before)
            + padded.Slice(1, 4, before) + padded.Slice(1, 5, before) + padded.Slice(1, 6, before);
        return (pooled * (1f / 7)).Within(0, 1024);
    }

    /// <summary>The rows of a key-value head's most important tokens before the window, and the window's.</summary>
    /// <param name="rows">[tokens, groups, size], keys or values.</param>
    /// <param name="chosen">From the tokens before the window, head by head.</param>
    /// <param name="window">Tokens at the end.</param>
    /// <returns>[kept + window, groups, size]; only the window's order is the prompt's.</returns>
    [Protocol]
    public static Tensor Keep([Shape("tokens, groups, size")] Tensor rows, Selection chosen, int window)
    {
        int before = rows.Size(0) - window;
        Tensor gathered = Gather(rows.Slice(0, 0, before).Permute(1, 0, 2), chosen);
        return Concat(0, gathered.Permute(1, 0, 2), rows.Slice(0, before, window));
    }
}
