using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.Models.Weights;
using MPCache.Randomness;
using MPCache.Sessions;
using MPCache.Transport;

namespace MPCache.Cli.Roles;

/// <summary>The client: it owns a prompt and writes the completion as it comes.</summary>
/// <param name="console">Where it writes.</param>
/// <param name="site">Where the dealer is.</param>
/// <param name="server">Where the server is.</param>
/// <param name="serverPin">SHA-256 of the server's certificate; null for plain TCP.</param>
/// <param name="expected">The model that the client wants; null for any.</param>
internal sealed class ClientRole(CommandConsole console, Site site, TcpEndpoint server, string? serverPin, LlamaConfig? expected)
{
    /// <summary>Opens a session and generates.</summary>
    /// <param name="source">The tokenizer.</param>
    /// <param name="wanted">What to generate.</param>
    /// <param name="cancellation">Ends the session.</param>
    /// <exception cref="MPCacheException">A side is not there, does not fit, or failed.</exception>
    public async Task<Completion> GenerateAsync(TokenizerSource source, TextRequest wanted, CancellationToken cancellation)
    {
        await using PartySession session = await OpenAsync(cancellation).ConfigureAwait(false);
        ClientGeneration generation =
            await ClientGeneration.JoinAsync(session, expected, site.Timeouts.Connect, cancellation).ConfigureAwait(false);
        console.Progress($"model: {ModelCard.Write(generation.Config)}");
        (Tokenizer tokenizer, GenerationRequest request) =
            await PrepareAsync(generation, source, wanted, cancellation).ConfigureAwait(false);
        return await WriteAsync(session, generation, tokenizer, wanted.Prompt, request, cancellation).ConfigureAwait(false);
    }

    private async Task<PartySession> OpenAsync(CancellationToken cancellation)
    {
        DealerClient randomness = await site.JoinAsync(Party.Client, cancellation).ConfigureAwait(false);
        Connection connection;
        try
        {
            connection = await TcpConnector.ConnectAsync(server, site.Timeouts.Connect, serverPin, cancellation).ConfigureAwait(false);
        }
        catch (MPCacheException e)
        {
            await randomness.DisposeAsync().ConfigureAwait(false);
            throw new MPCacheException($"no server: {e.Cause}", e.Cure, e);
        }
        catch
        {
            await randomness.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return await PartySession.ConnectAsync(
            Party.Client, connection, randomness, LlamaPrograms.All, site.Settings, cancellation).ConfigureAwait(false);
    }

    private async Task<(Tokenizer, GenerationRequest)> PrepareAsync(
        ClientGeneration generation, TokenizerSource source, TextRequest wanted, CancellationToken cancellation)
    {
        try
        {
            Tokenizer tokenizer = source.Read(generation.Config);
            GenerationRequest request = wanted.Encode(tokenizer);
            int count = request.Lengths(generation.Config).Tokens;
            if (count < wanted.Tokens)
            {
                int context = LlamaPrograms.Context(generation.Config);
                console.Progress(Invariant($"the context of {context} tokens leaves room for {count} after the prompt"));
            }

            return (tokenizer, request);
        }
        catch (MPCacheException)
        {
            await generation.RefuseAsync("its tokenizer or prompt does not fit this model", cancellation).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<Completion> WriteAsync(
        PartySession session, ClientGeneration generation, Tokenizer tokenizer, string text, GenerationRequest request,
        CancellationToken cancellation)
    {
        console.Progress(Invariant($"sharing the weights and reading the prompt of {request.Prompt.Count} tokens"));
        TokenStream stream = new(tokenizer, request.Prompt[^1]);
        StringBuilder completion = new();
        List<int> generated = [];
        try
        {
            await foreach (int token in generation.RunAsync(request, cancellation).ConfigureAwait(false))
            {
                if (generated.Count == 0)
                {
                    // Not before the answer begins, so that an error stands alone.
                    console.Out.Write(text);
                }

                generated.Add(token);
                Write(stream.Append(token));
            }

            Write(stream.Complete());
        }
        finally
        {
            // What follows on a terminal, table or error, begins a line of its own.
            console.Out.WriteLine();
        }

        return new Completion(text, request, completion.ToString(), generated, GenerationPhase.Of(session.Statistics));

        void Write(string piece)
        {
            completion.Append(piece);
            console.Out.Write(piece);
            console.Out.Flush();
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
