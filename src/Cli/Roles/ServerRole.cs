using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Randomness;
using MPCache.Sessions;
using MPCache.Transport;

namespace MPCache.Cli.Roles;

/// <summary>The server: it owns a model and serves one generation a session.</summary>
/// <param name="site">Where the dealer is.</param>
/// <param name="config">The model's dimensions.</param>
/// <param name="weights">Its weights.</param>
internal sealed class ServerRole(Site site, LlamaConfig config, LlamaWeights weights)
{
    /// <summary>Serves a client that has connected.</summary>
    /// <returns>Tokens of the prompt and tokens generated.</returns>
    /// <exception cref="MPCacheException">The session could not be opened or failed.</exception>
    public async Task<(int Prompt, int Generated)> ServeAsync(Connection connection, CancellationToken cancellation)
    {
        await using PartySession session = await OpenAsync(connection, cancellation).ConfigureAwait(false);
        return await ServerGeneration.RunAsync(session, config, weights, site.Timeouts.Idle, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// The client takes its seat at the dealer before it connects here, so the server joins now and both meet in the same session: a seat
    /// taken ahead would belong to an earlier session if a client had come to the dealer and left again.
    /// </summary>
    private async Task<PartySession> OpenAsync(Connection connection, CancellationToken cancellation)
    {
        DealerClient randomness;
        try
        {
            randomness = await site.JoinAsync(Party.Server, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return await PartySession.ConnectAsync(
            Party.Server, connection, randomness, LlamaPrograms.All, site.Settings, cancellation).ConfigureAwait(false);
    }
}
