using System;
using System.Collections.Generic;
using System.Globalization;
using MPCache.Models.Policies;
using MPCache.Models.Weights;

namespace MPCache.Models.Generation;

/// <summary>A text that a model reads whatever it would have said itself: a prompt at once, and what follows it token by token.</summary>
/// <param name="Prompt">The prompt's tokens, the beginning of text first.</param>
/// <param name="Continuation">What follows, at least two tokens.</param>
/// <param name="Policy">Which cached tokens are kept and attended to.</param>
public sealed record GivenText(IReadOnlyList<int> Prompt, IReadOnlyList<int> Continuation, CachePolicy Policy)
{
    /// <summary>The lengths of the generation that makes the same calls: it reads every token but the last one.</summary>
    /// <param name="config">The model.</param>
    /// <exception cref="MPCacheException">The prompt is empty, the continuation too short, both are longer than the context or of another
    /// vocabulary, or the policy does not fit.</exception>
    public GenerationLengths Lengths(LlamaConfig config)
    {
        if (Continuation.Count < 2)
        {
            throw new MPCacheException(
                Invariant($"{Continuation.Count} tokens follow the prompt"), "Give two or more, of which all but the first are predicted");
        }

        GenerationLengths lengths = new GenerationRequest(Prompt, Continuation.Count, _ => false) { Policy = Policy }.Lengths(config);
        GenerationRequest.CheckTokens(config, "the text", Continuation);
        return lengths.Tokens == Continuation.Count
            ? lengths
            : throw new MPCacheException(
                Invariant($"the text has {Prompt.Count + Continuation.Count} tokens, of which {LlamaPrograms.Context(config) + 1} fit"),
                "Give a shorter text");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
