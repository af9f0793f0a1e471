using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Randomness;
using MPCache.Transport;

namespace MPCache.Sessions;

/// <summary>
/// One party's end of a session with the other party: shared weights, states, and calls of compiled programs, each held against its plan
/// to the byte. Both parties do the same things in the same order.
/// </summary>
public sealed partial class PartySession : ISession
{
    private readonly Party party;
    private readonly FlightChannel channel;
    private readonly IRandomnessSource randomness;
    private readonly SessionSettings settings;
    private readonly List<CallStatistics> statistics = [];
    private readonly Queue<PreparedCall> announced = new();
    private readonly WordPool running = new();
    private readonly FlightBuffer outgoing = new();
    private readonly FlightBuffer incoming = new();
    private readonly WordPool rehearsing = new();
    private readonly CancellationTokenSource closing = new();
    private Task rehearsed = Task.CompletedTask;
    private uint next;
    private Exception? fault;
    private int busy;
    private int disposed;

    private PartySession(Party party, FlightChannel channel, IRandomnessSource randomness, SessionSettings settings)
    {
        this.party = party;
        this.channel = channel;
        this.randomness = randomness;
        this.settings = settings;
    }

    /// <inheritdoc/>
    public Party? Party => party;

    /// <inheritdoc/>
    public Network Network => settings.Programs;

    /// <inheritdoc/>
    public IReadOnlyList<CallStatistics> Statistics => statistics;

    /// <summary>Opens a session over TCP: the server listens and takes the first connection, the client connects.</summary>
    /// <param name="party">Which party this is.</param>
    /// <param name="endpoint">Where the server listens.</param>
    /// <param name="randomness">Where correlated randomness comes from; the session takes it over.</param>
    /// <param name="programs">The programs that the session may call, the same at both parties.</param>
    /// <param name="settings">Options, timeouts, TLS.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="MPCacheException">There is no peer, or the peers do not fit each other.</exception>
    public static async Task<PartySession> ConnectAsync(
        Party party, TcpEndpoint endpoint, IRandomnessSource randomness, IReadOnlyList<CompiledProgram> programs,
        SessionSettings? settings = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(randomness);
        settings ??= new SessionSettings();
        Connection connection;
        try
        {
            if (party == MPCache.Party.Server)
            {
                using Listener listener = Listener.Start(endpoint, settings.Identity);
                connection = await listener.AcceptAsync(cancellation).ConfigureAwait(false);
            }
            else
            {
                connection = await TcpConnector.ConnectAsync(endpoint, settings.Timeouts.Connect, settings.PinnedThumbprint, cancellation)
                    .ConfigureAwait(false);
            }
        }
        catch
        {
            await randomness.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return await ConnectAsync(party, connection, randomness, programs, settings, cancellation).ConfigureAwait(false);
    }

    /// <summary>Opens a session over a connection, which it takes over.</summary>
    /// <param name="party">Which party this is.</param>
    /// <param name="connection">Leads to the other party.</param>
    /// <param name="randomness">Where correlated randomness comes from; the session takes it over.</param>
    /// <param name="programs">The programs that the session may call, the same at both parties.</param>
    /// <param name="settings">Options and timeouts.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="MPCacheException">The peers do not fit each other.</exception>
    public static async Task<PartySession> ConnectAsync(
        Party party, Connection connection, IRandomnessSource randomness, IReadOnlyList<CompiledProgram> programs,
        SessionSettings? settings = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(randomness);
        ArgumentNullException.ThrowIfNull(programs);
        settings ??= new SessionSettings();
        if (randomness.Party != party)
        {
            throw new ArgumentException(
                $"The randomness source is the {Name(randomness.Party)}'s, the session the {Name(party)}'s.", nameof(randomness));
        }

        connection.Shape(settings.Network);
        try
        {
            await Handshake.RunAsync(connection, party, randomness.Session, programs, settings, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            await randomness.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new PartySession(party, new FlightChannel(connection, party, settings.Timeouts), randomness, settings);
    }

    /// <summary>Tells the other party something public between calls, such as the length of a prompt.</summary>
    /// <param name="text">At most 65536 bytes in UTF-8; not secret from the other party.</param>
    /// <param name="cancellation">Ends the wait and the session.</param>
    public Task TellAsync(string text, CancellationToken cancellation = default) =>
        AloneAsync(async () =>
        {
            await channel.SendNoteAsync(text, cancellation).ConfigureAwait(false);
            return true;
        }, cancellation);

    /// <summary>Waits for what the other party tells with <see cref="TellAsync"/>, however long it takes.</summary>
    /// <param name="cancellation">Ends the wait and the session.</param>
    /// <returns>The text; null where the other party has ended its session.</returns>
    public Task<string?> ListenAsync(CancellationToken cancellation = default) =>
        AloneAsync(() => channel.ReceiveNoteAsync(cancellation), cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            fault ??= new ObjectDisposedException(nameof(PartySession));
            await ShutAsync().ConfigureAwait(false);
        }
    }

    private static string Name(Party party) => party == MPCache.Party.Server ? "server" : "client";

    /// <summary>Runs one thing at a time; an error in it poisons the session.</summary>
    private async Task<T> AloneAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        // Nothing has happened yet, so this cancellation costs nothing.
        cancellation.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref busy, 1) != 0)
        {
            throw new InvalidOperationException("A session does one thing at a time: await what is under way first.");
        }

        try
        {
            ThrowFault();
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (fault is null)
        {
            fault = e;
            await ShutAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            Volatile.Write(ref busy, 0);
        }
    }

    private void ThrowFault()
    {
        switch (fault)
        {
            case null:
                return;
            case ObjectDisposedException:
                throw new ObjectDisposedException(nameof(PartySession));
            case MPCacheException first:
                throw new MPCacheException($"this session failed before: {first.Cause}", first.Cure, first);
            default:
                throw new MPCacheException($"this session failed before: {fault.Message.TrimEnd('.')}", "Start a new session", fault);
        }
    }

    /// <summary>Closes every connection, so that peer and dealer notice, and waits for what runs ahead.</summary>
    private async Task ShutAsync()
    {
        // First of all nothing more may be sent: the seeds are cleared next.
        await channel.DisposeAsync().ConfigureAwait(false);
        await closing.CancelAsync().ConfigureAwait(false);
        await rehearsed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await randomness.DisposeAsync().ConfigureAwait(false);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
