using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Weights;

namespace MPCache.Cli.Roles;

/// <summary>What a user asks for, before a tokenizer is at hand.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Tokens">How many tokens at most.</param>
/// <param name="Policy">Which cached tokens are kept and attended to.</param>
/// <param name="Chunk">How many tokens of the prompt one call reads at most.</param>
internal sealed record TextRequest(string Prompt, int Tokens, CachePolicy Policy, int Chunk)
{
    /// <summary>The request in tokens.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    public GenerationRequest Encode(Tokenizer tokenizer) =>
        new(tokenizer.Encode(Prompt), Tokens, tokenizer.EndsText) { Policy = Policy, Chunk = Chunk };
}
