using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.Randomness;
using MPCache.Transport;

namespace MPCache.Cli.Roles;

/// <summary>Dealer, server and client in one process over loopback TCP, for one generation.</summary>
/// <param name="console">Where the client writes.</param>
/// <param name="source">The server's model.</param>
/// <param name="words">The client's tokenizer.</param>
/// <param name="network">The network between server and client.</param>
/// <param name="programs">The network whose programs are called; null for those that suit the network.</param>
internal sealed class LocalGeneration(
    CommandConsole console, ModelSource source, TokenizerSource words, NetworkProfile network, Network? programs = null)
{
    private static readonly TcpEndpoint AnyPort = new("127.0.0.1", 0);

    /// <summary>How long a party may take to notice that the other one has failed.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    /// <summary>Generates.</summary>
    /// <param name="request">What to generate.</param>
    /// <param name="cancellation">Ends everything.</param>
    /// <exception cref="MPCacheException">A side failed; where both did, the error of the one that is the cause.</exception>
    public async Task<Completion> RunAsync(TextRequest request, CancellationToken cancellation)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using Listener dealer = Listener.Start(AnyPort);
        using Listener server = Listener.Start(AnyPort);
        Site site = new(dealer.Endpoint, null, "demo", new ChannelTimeouts(), network, programs);
        ClientRole client = new(console, site, server.Endpoint, null, source.Config);
        ServerRole serving = new(site, source.Config, source.Weights);

        Task dealt = Task.Run(() => new DealerService(LlamaPrograms.All).RunAsync(dealer, ending.Token), ending.Token);
        Task served = Task.Run(() => ServeOneAsync(serving, server, ending.Token), ending.Token);
        Task<Completion> generated = Task.Run(() => client.GenerateAsync(words, request, ending.Token), ending.Token);
        try
        {
            return await EndAsync(served, generated, ending).ConfigureAwait(false);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(dealt, served, generated).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ServeOneAsync(ServerRole serving, Listener server, CancellationToken cancellation)
    {
        Connection connection = await server.AcceptAsync(cancellation).ConfigureAwait(false);
        await serving.ServeAsync(connection, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits for both parties. Where both fail, one has lost its connection because of the other, whose error is the cause.
    /// </summary>
    private static async Task<Completion> EndAsync(Task served, Task<Completion> generated, CancellationTokenSource ending)
    {
        Task first = await Task.WhenAny(served, generated).ConfigureAwait(false);
        if (!first.IsCompletedSuccessfully)
        {
            ending.CancelAfter(Farewell);
        }

        await Task.WhenAll(served, generated).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        IEnumerable<Task> failed = new[] { first, served, generated }.Where(task => !task.IsCompletedSuccessfully);
        await failed.OrderBy(IsConsequence).FirstOrDefault(generated).ConfigureAwait(false);
        return await generated.ConfigureAwait(false);
    }

    private static bool IsConsequence(Task failed) =>
        failed.IsCanceled || failed.Exception?.InnerException?.InnerException is ConnectionLostException;
}
