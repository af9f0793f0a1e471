using System;
using System.Collections.Generic;
using System.Globalization;
using MPCache.Models.Policies;
using MPCache.Models.Weights;

namespace MPCache.Models.Generation;

/// <summary>What to generate: the most likely token after a prompt, and after that token, and so on.</summary>
/// <param name="Prompt">The prompt's tokens, the beginning of text first.</param>
/// <param name="Tokens">How many tokens at most.</param>
/// <param name="EndsText">Whether a token says that the text is complete; it ends the generation and is not part of it.</param>
public sealed record GenerationRequest(IReadOnlyList<int> Prompt, int Tokens, Func<int, bool> EndsText)
{
    /// <summary>Which cached tokens are kept and attended to: all of them unless stated.</summary>
    public CachePolicy Policy { get; init; } = CachePolicy.Read("full");

    /// <summary>How many tokens of the prompt one call reads at most; see <see cref="GenerationLengths.Chunk"/>.</summary>
    public int Chunk { get; init; } = GenerationLengths.StandardChunk;

    /// <summary>How many tokens a model's context leaves room for: every token but the last one generated is read into the cache.</summary>
    /// <param name="config">The model.</param>
    /// <returns>The lengths of prompt, chunks and completion; the last is at most <see cref="Tokens"/>.</returns>
    /// <exception cref="MPCacheException">The prompt is empty, longer than the context or of another vocabulary, no token is asked for, or
    /// the policy does not fit.</exception>
    public GenerationLengths Lengths(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        CheckTokens(config, "the prompt", Prompt);
        CheckLengths(config, new GenerationLengths(Prompt.Count, Tokens, Chunk));
        GenerationLengths lengths = new(Prompt.Count, Math.Min(Tokens, LlamaPrograms.Context(config) - Prompt.Count + 1), Chunk);
        Policy.Schedule(config, lengths with { Tokens = 1 });
        return lengths;
    }

    /// <summary>Checks that tokens are the model's.</summary>
    internal static void CheckTokens(LlamaConfig config, string what, IReadOnlyList<int> tokens)
    {
        foreach (int token in tokens)
        {
            if (token < 0 || token >= config.Vocabulary)
            {
                throw new MPCacheException(
                    Invariant($"{what} has the token {token}, the model's are 0 to {config.Vocabulary - 1}"),
                    "Use the tokenizer that belongs to the model");
            }
        }
    }

    /// <summary>Checks the public lengths of a generation.</summary>
    internal static void CheckLengths(LlamaConfig config, GenerationLengths lengths)
    {
        (int prompt, int tokens, int chunk) = lengths;
        if (chunk is < 1 or > GenerationLengths.LongestChunk)
        {
            throw new MPCacheException(
                Invariant($"the prompt is to be read in chunks of {chunk} tokens"),
                Invariant($"Give a chunk of 1 to {GenerationLengths.LongestChunk} tokens"));
        }

        if (prompt < 1)
        {
            throw new MPCacheException("the prompt is empty", "Give a prompt of at least one token");
        }

        if (tokens < 1)
        {
            throw new MPCacheException(Invariant($"{tokens} tokens are asked for"), "Ask for at least one token");
        }

        int context = LlamaPrograms.Context(config);
        if (prompt > context)
        {
            string whose = context < config.ContextLength ? "the programs take" : "the model's context";
            throw new MPCacheException(Invariant($"the prompt has {prompt} tokens, {whose} {context}"), "Shorten the prompt");
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
