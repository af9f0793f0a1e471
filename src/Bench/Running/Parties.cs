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

    private readonly Listener dealer = Listener.Start(AnyPort);
    private readonly CancellationTokenSource ending = new();
    private readonly Task dealing;
    private readonly Stack<IAsyncDisposable> opened = [];
    private PartySession server = null!;
    private PartySession client = null!;

    private Parties(IReadOnlyList<CompiledProgram> programs) =>
        dealing = Task.Run(() => new DealerService(programs).RunAsync(dealer, ending.Token), CancellationToken.None);

    /// <summary>Starts all three.</summary>
    /// <param name="programs">The programs that will be called.</param>
    /// <param name="network">What is emulated between server and client.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <param name="profiles">What counts where each party's time goes; null for nothing.</param>
    public static Task<Parties> StartAsync(
        IReadOnlyList<CompiledProgram> programs, NetworkProfile network, CancellationToken cancellation, PartyProfiles? profiles = null) =>
        StartAsync(programs, programs, network, cancellation, profiles);

    /// <summary>Starts all three, the client with programs of its own; what was opened is closed again where they do not fit.</summary>
    internal static async Task<Parties> StartAsync(
        IReadOnlyList<CompiledProgram> programs, IReadOnlyList<CompiledProgram> atClient, NetworkProfile network,
        CancellationToken cancellation, PartyProfiles? profiles = null)
    {
        Parties parties = new(programs);
        try
        {
            await parties.MeetAsync(programs, atClient, network, profiles, cancellation).ConfigureAwait(false);
            return parties;
        }
        catch
        {
            await parties.DisposeAsync().ConfigureAwait(false);
            throw;
        }
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
        // Sessions were opened last and are closed first; what a session has taken over is closed with it, and again to no effect.
        while (opened.TryPop(out IAsyncDisposable? last))
        {
            await last.DisposeAsync().ConfigureAwait(false);
        }

        await ending.CancelAsync().ConfigureAwait(false);
        await dealing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        dealer.Dispose();
        ending.Dispose();
    }

    private static bool IsConsequence(Task failed) =>
        failed.IsCanceled || failed.Exception?.InnerException?.InnerException is ConnectionLostException;

    private async Task MeetAsync(
        IReadOnlyList<CompiledProgram> programs, IReadOnlyList<CompiledProgram> atClient, NetworkProfile network, PartyProfiles? profiles,
        CancellationToken cancellation)
    {
        SessionSettings settings = new() { Network = network };
        DealerClient[] seats = await Task.WhenAll(
            KeepAsync(DealerClient.ConnectAsync(dealer.Endpoint, Party.Server, "bench", programs, cancellation: cancellation)),
            KeepAsync(DealerClient.ConnectAsync(dealer.Endpoint, Party.Client, "bench", atClient, cancellation: cancellation)))
            .ConfigureAwait(false);
        using Listener meeting = Listener.Start(AnyPort);
        Task<Connection> accepting = KeepAsync(meeting.AcceptAsync(cancellation));
        Connection connected = await KeepAsync(
            TcpConnector.ConnectAsync(meeting.Endpoint, settings.Timeouts.Connect, cancellation: cancellation)).ConfigureAwait(false);
        Connection accepted = await accepting.ConfigureAwait(false);
        PartySession[] sessions = await Task.WhenAll(
            KeepAsync(PartySession.ConnectAsync(Party.Server, accepted, seats[0], programs, settings with { Profile = profiles?.Server }, cancellation)),
            KeepAsync(PartySession.ConnectAsync(Party.Client, connected, seats[1], atClient, settings with { Profile = profiles?.Client }, cancellation)))
            .ConfigureAwait(false);
        (server, client) = (sessions[0], sessions[1]);
    }

    /// <summary>Notes what has been opened, so that it is closed however the start ends.</summary>
    private async Task<T> KeepAsync<T>(Task<T> opening)
        where T : IAsyncDisposable
    {
        T part = await opening.ConfigureAwait(false);
        lock (opened)
        {
            opened.Push(part);
        }

        return part;
    }
}
