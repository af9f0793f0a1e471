using static MPCache.Functions;

namespace MPCache.Models.Attention;

/// <summary>
/// StreamingLLM: the first tokens, which attract attention whatever they say, and a window of recent ones. Which tokens these are is public,
/// so nothing is selected in secret. Source: Xiao et al., Efficient Streaming Language Models with Attention Sinks (ICLR 2024); keys keep
/// the rotation of their original position.
/// </summary>
public static class StreamingLlm
{
    /// <summary>Attention of the newest token over sinks and window.</summary>
    /// <param name="query">[1, groups, repeat, size], already scaled by 1/√size.</param>
    /// <param name="keys">[tokens, groups, size], the newest token's among them.</param>
    /// <param name="values">[tokens, groups, size].</param>
    /// <param name="sinks">Tokens at the beginning.</param>
    /// <param name="window">Tokens at the end, the newest among them; with the sinks at most all tokens.</param>
    [Protocol]
    public static Tensor Attend(Tensor query, Tensor keys, Tensor values, int sinks, int window) =>
        FullAttention.Attend(query, Ends(keys, sinks, window), Ends(values, sinks, window));

    /// <summary>The first rows and the last ones.</summary>
    /// <param name="rows">[tokens, groups, size].</param>
    /// <param name="sinks">Rows at the beginning.</param>
    /// <param name="window">Rows at the end.</param>
    [Protocol]
    public static Tensor Ends(Tensor rows, int sinks, int window) =>
        Concat(0, rows.Slice(0, 0, sinks), rows.Slice(0, rows.Size(0) - window, window));
}
