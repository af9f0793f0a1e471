using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.Randomness;
using MPCache.Sessions;
using MPCache.Transport;

namespace MPCache.Cli.Tests.TestSupport;

/// <summary>A server that opens a session as the command does, and then does what the test wants.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly Listener listener = Listener.Start(new TcpEndpoint("127.0.0.1", 0));
    private readonly CancellationTokenSource ending = new();

    public FakeServer(string dealer, IReadOnlyDictionary<string, string> options, Func<PartySession, Task> work) =>
        Ending = Task.Run(() => ServeAsync(TcpEndpoint.Parse(dealer), options, work));

    public string Address => listener.Endpoint.ToString();

    /// <summary>The server's end, with its error.</summary>
    public Task Ending { get; }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await Ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener.Dispose();
        ending.Dispose();
    }

    private async Task ServeAsync(TcpEndpoint dealer, IReadOnlyDictionary<string, string> options, Func<PartySession, Task> work)
    {
        Connection connection = await listener.AcceptAsync(ending.Token);
        DealerClient randomness = await DealerClient.ConnectAsync(
            dealer, Party.Server, "default", LlamaPrograms.All, cancellation: ending.Token);
        await using PartySession session = await PartySession.ConnectAsync(
            Party.Server, connection, randomness, LlamaPrograms.All, new SessionSettings { Options = options }, ending.Token);
        await work(session);

        // Whoever leaves first decides what the other one reads: wait for the client.
        while (await session.ListenAsync(ending.Token) is not null)
        {
        }
    }
}
