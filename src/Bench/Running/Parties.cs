using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Randomness;
using MPCache.Sessions;
using MPCache.Transport;

namespace MPCache.Bench.Running;

/// <summary>Dealer, server and client in this process over loopback TCP; a network may be emulated between server and client.</summary>
internal sealed class Parties : IAsyncDisposable
{
    private static readonly TcpEndpoint AnyPort = new("127.0.0.1", 0);

    private readonly PartySession server;
    private readonly PartySession client;
    private readonly Task dealing;
    private readonly CancellationTokenSource ending;
    private readonly Listener dealer;

    private Parties(PartySession server, PartySession client, Listener dealer, Task dealing, CancellationTokenSource ending)
    {
        this.server = server;
        this.client = client;
        this.dealer = dealer;
        this.dealing = dealing;
        this.ending = ending;
    }

    /// <summary>Starts all three.</summary>
    /// <param name="programs">The programs that will be called.</param>
    /// <param name="network">What is emulated between server and client.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task<Parties> StartAsync(
        IReadOnlyList<CompiledProgram> programs, NetworkProfile network, CancellationToken cancellation)
    {
        Listener dealer = Listener.Start(AnyPort);
        CancellationTokenSource ending = new();
        Task dealing = Task.Run(() => new DealerService(programs).RunAsync(dealer, ending.Token), CancellationToken.None);
        using Listener meeting = Listener.Start(AnyPort);
        SessionSettings settings = new() { Network = network };
        Task<DealerClient>[] seats = [.. new[] { Party.Server, Party.Client }.Select(
            party => DealerClient.ConnectAsync(dealer.Endpoint, party, "bench", programs, cancellation: cancellation))];
        DealerClient[] randomness = await Task.WhenAll(seats).ConfigureAwait(false);
        Task<Connection> accepted = meeting.AcceptAsync(cancellation);
        Connection connected = await TcpConnector.ConnectAsync(meeting.Endpoint, settings.Timeouts.Connect, cancellation: cancellation)
            .ConfigureAwait(false);
        PartySession[] sessions = await Task.WhenAll(
            PartySession.ConnectAsync(
                Party.Server, await accepted.ConfigureAwait(false), randomness[0], programs, settings, cancellation),
            PartySession.ConnectAsync(Party.Client, connected, randomness[1], programs, settings, cancellation)).ConfigureAwait(false);
        return new Parties(sessions[0], sessions[1], dealer, dealing, ending);
    }

    /// <summary>Does the same at both parties at once.</summary>
    /// <exception cref="MPCacheException">A party failed; where both did, the one that did not merely lose its connection.</exception>
    public async Task<(T Server, T Client)> BothAsync<T>(Func<PartySession, Task<T>> work)
    {
        Task<T> atServer = Task.Run(() => work(server));
        Task<T> atClient = Task.Run(() => work(client));
        await ((Task)Task.WhenAll(atServer, atClient)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task<T>[] failed = [.. new[] { atServer, atClient }.Where(t => !t.IsCompletedSuccessfully).OrderBy(IsConsequence)];
        if (failed.Length > 0)
        {
            await failed[0].ConfigureAwait(false);
        }

        return (await atServer.ConfigureAwait(false), await atClient.ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync().ConfigureAwait(false);
        await client.DisposeAsync().ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await dealing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        dealer.Dispose();
        ending.Dispose();
    }

    private static bool IsConsequence(Task failed) =>
        failed.IsCanceled || failed.Exception?.InnerException?.InnerException is ConnectionLostException;
}
