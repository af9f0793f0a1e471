namespace MPCache.Models.Policies;

/// <summary>The public lengths of a generation, in tokens.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Tokens">What is generated.</param>
/// <param name="Chunk">
/// How much of the prompt one call reads. Attention within a call is dealt for every pair of its tokens, though the later ones are hidden
/// from the earlier; shorter chunks need less memory and fewer bytes, and more flights.
/// Source: Agrawal et al., Sarathi: chunked prefills (2023).
/// </param>
public sealed record GenerationLengths(int Prompt, int Tokens, int Chunk = GenerationLengths.StandardChunk)
{
    /// <summary>The chunk where nothing else is asked for.</summary>
    public const int StandardChunk = 256;

    /// <summary>The longest chunk that the programs declare.</summary>
    public const int LongestChunk = 8192;
}
