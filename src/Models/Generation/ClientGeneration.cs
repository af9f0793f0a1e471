using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Policies;
using MPCache.Models.Weights;
using MPCache.Sessions;

namespace MPCache.Models.Generation;

/// <summary>The client's part of a private generation: it owns the prompt and alone learns the tokens.</summary>
public sealed class ClientGeneration
{
    private static readonly TimeSpan StandardPatience = TimeSpan.FromSeconds(30);

    private readonly PartySession session;

    private ClientGeneration(PartySession session, LlamaConfig config)
    {
        this.session = session;
        Config = config;
    }

    /// <summary>The dimensions of the server's model.</summary>
    public LlamaConfig Config { get; }

    /// <summary>Hears which model the server has.</summary>
    /// <param name="session">A session that has done nothing yet.</param>
    /// <param name="expected">The model that this client wants; null for any.</param>
    /// <param name="patience">How long the server may say nothing; 30 s unless stated.</param>
    /// <param name="cancellation">Ends the session.</param>
    /// <exception cref="MPCacheException">The server has another model, or is gone.</exception>
    public static async Task<ClientGeneration> JoinAsync(
        PartySession session, LlamaConfig? expected = null, TimeSpan? patience = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        string text = await GenerationNote.HearAsync(session, "server", patience ?? StandardPatience, cancellation).ConfigureAwait(false);
        string card = GenerationNote.ReadModel(text) ?? throw GenerationNote.Unexpected("server", text);
        ClientGeneration generation = new(session, ModelCard.Read(card));
        if (expected is not null && ModelCard.Difference(expected, generation.Config) is string difference)
        {
            string cause = $"the server's model has another shape: {difference}";
            await generation.RefuseAsync("it expects a model of another shape", cancellation).ConfigureAwait(false);
            throw new MPCacheException(cause, "Connect to a server with the expected model, or expect this one");
        }

        return generation;
    }

    /// <summary>
    /// Tells the server that nothing will be generated; the session is over then. A server that is gone needs no word of it.
    /// </summary>
    /// <param name="reason">Why, in words that name nothing of the prompt: the server reads them.</param>
    /// <param name="cancellation">Ends the session.</param>
    public async Task RefuseAsync(string reason, CancellationToken cancellation = default)
    {
        try
        {
            await session.TellAsync(GenerationNote.Refuse(reason), cancellation).ConfigureAwait(false);
        }
        catch (MPCacheException)
        {
            // What this party refuses for is the error that its user needs, not that nobody heard it.
        }
    }

    /// <summary>Generates tokens; once a session.</summary>
    /// <param name="request">What to generate.</param>
    /// <param name="cancellation">Ends the session.</param>
    /// <returns>Each token as soon as it is known.</returns>
    /// <exception cref="MPCacheException">The request does not fit the model, or the server or the randomness source is gone.</exception>
    public async IAsyncEnumerable<int> RunAsync(
        GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        GenerationLengths lengths = await CheckAsync(request, cancellation).ConfigureAwait(false);
        await session.TellAsync(GenerationNote.Generate(lengths, request.Policy), cancellation).ConfigureAwait(false);
        GenerationCalls calls = await GenerationCalls.StartAsync(
            session, Config, null, request.Policy, lengths, cancellation).ConfigureAwait(false);
        CallResult result = await calls.NextAsync(request.Prompt, cancellation).ConfigureAwait(false);
        for (int step = 1; ; step++)
        {
            int token = PlainGeneration.Token(result.Outputs[0].Value);
            bool ends = request.EndsText(token);
            if (!ends)
            {
                yield return token;
            }

            if (ends || step == lengths.Tokens)
            {
                break;
            }

            await session.TellAsync(GenerationNote.Next, cancellation).ConfigureAwait(false);
            result = await calls.NextAsync([token], cancellation).ConfigureAwait(false);
        }

        await session.TellAsync(GenerationNote.Done, cancellation).ConfigureAwait(false);
    }

    private async Task<GenerationLengths> CheckAsync(GenerationRequest request, CancellationToken cancellation)
    {
        try
        {
            return request.Lengths(Config);
        }
        catch (MPCacheException)
        {
            await RefuseAsync("its request does not fit this model", cancellation).ConfigureAwait(false);
            throw;
        }
    }
}
