using static MPCache.Functions;

namespace MPCache.Models.Attention;

/// <summary>
/// Static eviction, "look once": when the prompt has been read, the tokens to which its last queries attended most stay in the cache, in
/// their order, and the others leave it for good. Source: Zeng et al., MPCache (arXiv 2501.06807), section 4.1.
/// </summary>
public static class StaticEviction
{
    /// <summary>The most queries that may count: so much attention fits the declared range.</summary>
    internal const int MostObserved = 1024;

    /// <summary>The attention that each token before the window received from the last queries, averaged over heads.</summary>
    /// <param name="probabilities">[groups, repeat, rows, tokens].</param>
    /// <param name="observed">How many queries, at most all rows and <see cref="MostObserved"/>.</param>
    /// <param name="window">Tokens at the end that stay whatever their importance.</param>
    /// <returns>[tokens − window].</returns>
    [Protocol]
    public static Tensor Importance(Tensor probabilities, int observed, int window)
    {
        int rows = probabilities.Size(2);
        int before = probabilities.Size(3) - window;
        Tensor seen = probabilities.Slice(2, rows - observed, observed).Slice(3, 0, before).Sum(2);
        return seen.Mean(1).Mean(0).Reshape(before).Within(0, MostObserved);
    }

    /// <summary>
    /// Adds to a token's importance that of its neighbours, so that what belongs together stays together: an answer of several tokens, of
    /// which the prompt's queries attended to the first. Not in the paper; as in SnapKV (Li et al., NeurIPS 2024).
    /// </summary>
    /// <param name="importance">[tokens].</param>
    /// <param name="reach">Neighbours on each side; 0 changes nothing.</param>
    /// <returns>[tokens].</returns>
    [Protocol]
    public static Tensor Pool(Tensor importance, int reach)
    {
        int tokens = importance.Size(0);
        Tensor edge = Tensor.Zeros(reach);
        Tensor padded = Concat(0, Concat(0, edge, importance), edge);
        Tensor pooled = padded.Slice(0, 0, tokens);
        for (int i = 1; i < (2 * reach) + 1; i++)
        {
            pooled = (pooled + padded.Slice(0, i, tokens)).Within(0, MostObserved);
        }

        return pooled;
    }

    /// <summary>The tokens that stay.</summary>
    /// <param name="importance">[tokens].</param>
    /// <param name="kept">How many, at most all.</param>
    [Protocol]
    public static Selection Choose(Tensor importance, int kept) => TopK(importance, kept).InOrder();

    /// <summary>
    /// The rows of the chosen tokens and those of the window, in the prompt's order. The window is not in the paper; as in SnapKV, it keeps what
    /// the prompt ends with, which is often what was asked for.
    /// </summary>
    /// <param name="rows">[tokens, groups, size], keys or values.</param>
    /// <param name="chosen">From the tokens before the window.</param>
    /// <param name="window">Tokens at the end; 0 for none.</param>
    /// <returns>[kept + window, groups, size].</returns>
    [Protocol]
    public static Tensor Keep([Shape("tokens, groups, size")] Tensor rows, Selection chosen, int window)
    {
        int before = rows.Size(0) - window;
        return Concat(0, Gather(rows.Slice(0, 0, before), chosen), rows.Slice(0, before, window));
    }
}
