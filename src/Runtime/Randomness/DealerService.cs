using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Transport;

namespace MPCache.Randomness;

/// <summary>
/// Deals correlated randomness to pairs of parties: exactly one server and one client a session, any number of sessions at once. It sees no
/// input, no message and no output. It must belong to neither party, and the client's connection must be private from the server.
/// Source of the model: Gupta et al., SIGMA (PETS 2024), two parties with a preprocessing dealer.
/// </summary>
public sealed class DealerService
{
    private readonly IReadOnlyList<CompiledProgram> programs;
    private readonly DealerSettings settings;
    private readonly Lock gate = new();
    private readonly Dictionary<string, DealerSession> sessions = new(StringComparer.Ordinal);

    /// <summary>Creates a dealer.</summary>
    /// <param name="programs">The programs it deals for; parties must have the same.</param>
    /// <param name="settings">How it serves.</param>
    public DealerService(IReadOnlyList<CompiledProgram> programs, DealerSettings? settings = null)
    {
        this.programs = programs;
        this.settings = settings ?? new DealerSettings();
    }

    /// <summary>Serves everyone who connects, until cancelled.</summary>
    /// <param name="listener">Where parties connect.</param>
    /// <param name="cancellation">Ends the service and every session.</param>
    public async Task RunAsync(Listener listener, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ConcurrentDictionary<Task, bool> serving = new();
        try
        {
            while (true)
            {
                Socket accepted = await listener.AcceptSocketAsync(cancellation).ConfigureAwait(false);
                Task served = Task.Run(() => ServeAsync(listener, accepted, cancellation), CancellationToken.None);
                serving.TryAdd(served, true);
                _ = served.ContinueWith(t => serving.TryRemove(t, out _), TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving.Keys).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Serves one party over a connection, which it takes over, until the party or its session ends. Errors are logged, not thrown.
    /// </summary>
    /// <param name="connection">Leads to the party.</param>
    /// <param name="cancellation">Ends the party's session.</param>
    public async Task ServeAsync(Connection connection, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await using MessageChannel channel = new(connection);
        try
        {
            (Party party, string name) = await GreetAsync(connection, cancellation).ConfigureAwait(false);
            DealerSession session = Join(name, party, channel);
            settings.Log?.Invoke($"session '{name}': the {Name(party)} joined from {connection.Peer}");
            await session.ServeAsync(party, cancellation).ConfigureAwait(false);
            Forget(name, session);
        }
        catch (MPCacheException e)
        {
            settings.Log?.Invoke(e.Message);
            await TellAsync(channel, e, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ConnectionLostException or OperationCanceledException)
        {
            settings.Log?.Invoke($"{connection.Peer}: {e.Message}");
        }
    }

    /// <summary>Tells a party why its session is over, if it still listens.</summary>
    internal static async Task TellAsync(MessageChannel channel, MPCacheException error, CancellationToken cancellation)
    {
        try
        {
            MessageWriter message = new();
            message.Text(error.Cause).Text(error.Cure);
            await channel.SendAsync(DealerMessage.Failed, message.Written, TimeSpan.FromSeconds(5), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ConnectionLostException or OperationCanceledException)
        {
            // The party is gone already and needs no explanation.
        }
    }

    internal static string Name(Party party) => party == Party.Server ? "server" : "client";

    private async Task ServeAsync(Listener listener, Socket accepted, CancellationToken cancellation)
    {
        try
        {
            await ServeAsync(await listener.OpenAsync(accepted, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MPCacheException or OperationCanceledException)
        {
            settings.Log?.Invoke(e.Message);
        }
    }

    private async Task<(Party Party, string Session)> GreetAsync(Connection connection, CancellationToken cancellation)
    {
        (Speaker peer, MessageReader body) = await Greeting.ExchangeAsync(
            connection, Speaker.Dealer, ReadOnlyMemory<byte>.Empty, settings.Timeouts.Connect, cancellation).ConfigureAwait(false);
        if (peer == Speaker.Dealer)
        {
            throw new MPCacheException($"{connection.Peer} is a dealer too", "Let servers and clients connect to the dealer");
        }

        uint contract = body.UInt32();
        if (contract != ContractVersion.Current)
        {
            throw new MPCacheException(
                $"the {Name((Party)peer)}'s programs are of contract version {contract}, the dealer's of {ContractVersion.Current}",
                "Install the same version on all sides");
        }

        string session = body.Text();
        string? difference = ProgramList.Difference(ProgramList.Read(body), programs, $"the {Name((Party)peer)}", "the dealer");
        return difference is null
            ? ((Party)peer, session)
            : throw new MPCacheException(difference, "Install the same version of the programs on all sides");
    }

    private DealerSession Join(string name, Party party, MessageChannel channel)
    {
        lock (gate)
        {
            if (!sessions.TryGetValue(name, out DealerSession? session) || session.IsOver)
            {
                session = new DealerSession(name, programs, settings);
                sessions[name] = session;
            }

            return session.TryJoin(party, channel)
                ? session
                : throw new MPCacheException(
                    $"session '{name}' already has a {Name(party)}",
                    "Choose another session name, end the other process, or take the other role");
        }
    }

    private void Forget(string name, DealerSession session)
    {
        lock (gate)
        {
            // A session that lost a party is over; its name is free for the next one.
            if (sessions.TryGetValue(name, out DealerSession? present) && present == session)
            {
                sessions.Remove(name);
            }
        }
    }
}
