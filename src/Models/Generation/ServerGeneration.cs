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
        (int prompt, int count, CachePolicy policy) = Read(config, await HearAsync().ConfigureAwait(false));

        GenerationCalls calls =
            await GenerationCalls.StartAsync(session, config, weights, policy, prompt, count, cancellation).ConfigureAwait(false);
        await calls.NextAsync(Input.Of(prompt), cancellation).ConfigureAwait(false);
        for (int generated = 1; ; generated++)
        {
            switch (await HearAsync().ConfigureAwait(false))
            {
                case GenerationNote.Done:
                    return (prompt, generated);
                case GenerationNote.Next when generated < count:
                    await calls.NextAsync(Input.Of(1), cancellation).ConfigureAwait(false);
                    break;
                case string text:
                    throw GenerationNote.Unexpected("client", text);
            }
        }

        Task<string> HearAsync() => GenerationNote.HearAsync(session, "client", patience ?? StandardPatience, cancellation);
    }

    private static (int Prompt, int Count, CachePolicy Policy) Read(LlamaConfig config, string text)
    {
        if (GenerationNote.ReadRefuse(text) is string reason)
        {
            throw new MPCacheException($"the client refuses: {reason}", "Look at the client's output for the cure");
        }

        try
        {
            (int prompt, int tokens, CachePolicy policy) =
                GenerationNote.ReadGenerate(text) ?? throw GenerationNote.Unexpected("client", text);
            GenerationRequest.CheckLengths(config, prompt, tokens);
            policy.Schedule(config, prompt, 1);
            int context = LlamaPrograms.Context(config);
            return tokens <= context - prompt + 1
                ? (prompt, tokens, policy)
                : throw new MPCacheException(
                    $"it asks for {tokens} tokens after {prompt}, the context has {context}", "Ask for fewer tokens");
        }
        catch (MPCacheException e)
        {
            throw new MPCacheException($"the client's request: {GenerationNote.Short(e.Cause)}", GenerationNote.Short(e.Cure), e);
        }
    }
}
