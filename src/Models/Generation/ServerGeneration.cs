using System;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Policies;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;

namespace MPCache.Models.Generation;

/// <summary>
/// The server's part of a private generation: it owns the weights and learns the cache policy and the lengths of prompt and
/// completion, nothing else.
/// </summary>
public static class ServerGeneration
{
    private static readonly TimeSpan StandardPatience = TimeSpan.FromMinutes(2);

    /// <summary>Serves one generation over a session.</summary>
    /// <param name="session">A session that has done nothing yet.</param>
    /// <param name="config">The model's dimensions, which the client is told.</param>
    /// <param name="weights">The weights, which it is not.</param>
    /// <param name="patience">How long the client may say nothing between calls; two minutes unless stated.</param>
    /// <param name="cancellation">Ends the session.</param>
    /// <returns>Tokens of the prompt, and how many tokens were generated; the end of the text counts as one of them.</returns>
    /// <exception cref="MPCacheException">The client refuses the model, asks for what it has not, or is gone.</exception>
    public static async Task<(int Prompt, int Generated)> RunAsync(
        PartySession session, LlamaConfig config, LlamaWeights weights, TimeSpan? patience = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        await session.TellAsync(GenerationNote.Model(ModelCard.Write(config)), cancellation).ConfigureAwait(false);
        (GenerationLengths lengths, CachePolicy policy) = Read(config, await HearAsync().ConfigureAwait(false));

        GenerationCalls calls =
            await GenerationCalls.StartAsync(session, config, weights, policy, lengths, cancellation).ConfigureAwait(false);
        await calls.NextAsync(null, cancellation).ConfigureAwait(false);
        for (int generated = 1; ; generated++)
        {
            switch (await HearAsync().ConfigureAwait(false))
            {
                case GenerationNote.Done:
                    return (lengths.Prompt, generated);
                case GenerationNote.Next when generated < lengths.Tokens:
                    await calls.NextAsync(null, cancellation).ConfigureAwait(false);
                    break;
                case string text:
                    throw GenerationNote.Unexpected("client", text);
            }
        }

        Task<string> HearAsync() => GenerationNote.HearAsync(session, "client", patience ?? StandardPatience, cancellation);
    }

    private static (GenerationLengths Lengths, CachePolicy Policy) Read(LlamaConfig config, string text)
    {
        if (GenerationNote.ReadRefuse(text) is string reason)
        {
            throw new MPCacheException($"the client refuses: {reason}", "Look at the client's output for the cure");
        }

        try
        {
            (GenerationLengths lengths, CachePolicy policy) =
                GenerationNote.ReadGenerate(text) ?? throw GenerationNote.Unexpected("client", text);
            GenerationRequest.CheckLengths(config, lengths);
            policy.Schedule(config, lengths with { Tokens = 1 });
            int context = LlamaPrograms.Context(config);
            return lengths.Tokens <= context - lengths.Prompt + 1
                ? (lengths, policy)
                : throw new MPCacheException(
                    $"it asks for {lengths.Tokens} tokens after {lengths.Prompt}, the context has {context}",
                    "Ask for fewer tokens");
        }
        catch (MPCacheException e)
        {
            throw new MPCacheException($"the client's request: {GenerationNote.Short(e.Cause)}", GenerationNote.Short(e.Cure), e);
        }
    }
}
