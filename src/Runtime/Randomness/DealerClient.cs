using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Transport;

namespace MPCache.Randomness;

/// <summary>
/// A party's connection to the dealer, from which its seed and, at the client, the tapes come. Use TLS with a pinned certificate
/// wherever others can read the network: who reads a party's seed or tape can unmask its values.
/// </summary>
public sealed class DealerClient : IRandomnessSource
{
    private readonly MessageChannel channel;
    private readonly ChannelTimeouts timeouts;
    private readonly AesMaskSource masks;
    private readonly Lock gate = new();
    private readonly Dictionary<uint, Pending> pending = [];
    private readonly CancellationTokenSource closing = new();
    private readonly Task reading;
    private Exception? failure;
    private int disposed;
    private long lastHeard = Environment.TickCount64;

    private DealerClient(Party party, Guid session, ReadOnlySpan<byte> seed, MessageChannel channel, ChannelTimeouts timeouts)
    {
        Party = party;
        Session = session;
        masks = new AesMaskSource(seed);
        this.channel = channel;
        this.timeouts = timeouts;
        reading = Task.Run(ReadAsync);
    }

    /// <inheritdoc/>
    public Party Party { get; }

    /// <inheritdoc/>
    public Guid Session { get; }

    /// <inheritdoc/>
    public IMaskSource Masks => masks;

    private string Other => Party == Party.Server ? "client" : "server";

    /// <summary>Connects to a dealer over TCP.</summary>
    /// <param name="endpoint">Where the dealer listens.</param>
    /// <param name="party">Which party this is.</param>
    /// <param name="session">A name on which the two parties agreed.</param>
    /// <param name="programs">The programs that the session may call.</param>
    /// <param name="pinnedThumbprint">SHA-256 of the dealer's certificate in hexadecimal; null for plain TCP.</param>
    /// <param name="timeouts">How long to wait.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="MPCacheException">The dealer is absent, knows other programs, or already has this party in the session.</exception>
    public static async Task<DealerClient> ConnectAsync(
        TcpEndpoint endpoint, Party party, string session, IReadOnlyList<CompiledProgram> programs, string? pinnedThumbprint = null,
        ChannelTimeouts? timeouts = null, CancellationToken cancellation = default)
    {
        timeouts ??= new ChannelTimeouts();
        Connection connection;
        try
        {
            connection = await TcpConnector.ConnectAsync(endpoint, timeouts.Connect, pinnedThumbprint, cancellation).ConfigureAwait(false);
        }
        catch (MPCacheException e)
        {
            throw new MPCacheException($"no dealer: {e.Cause}", e.Cure, e);
        }

        return await ConnectAsync(connection, party, session, programs, timeouts, cancellation).ConfigureAwait(false);
    }

    /// <summary>Greets a dealer over a connection, which it takes over.</summary>
    /// <param name="connection">Leads to the dealer.</param>
    /// <param name="party">Which party this is.</param>
    /// <param name="session">A name on which the two parties agreed.</param>
    /// <param name="programs">The programs that the session may call.</param>
    /// <param name="timeouts">How long to wait.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="MPCacheException">
    /// The peer is no dealer, knows other programs, or already has this party in the session.
    /// </exception>
    public static async Task<DealerClient> ConnectAsync(
        Connection connection, Party party, string session, IReadOnlyList<CompiledProgram> programs, ChannelTimeouts? timeouts = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        timeouts ??= new ChannelTimeouts();
        try
        {
            MessageWriter body = new();
            body.UInt32(ContractVersion.Current).Text(session);
            ProgramList.Write(body, programs);
            (Speaker peer, _) = await Greeting.ExchangeAsync(connection, (Speaker)party, body.Written, timeouts.Connect, cancellation)
                .ConfigureAwait(false);
            if (peer != Speaker.Dealer)
            {
                throw new MPCacheException(
                    $"{connection.Peer} is a {peer.ToString().ToLowerInvariant()}, not a dealer",
                    "Give the dealer's address as the dealer");
            }

            MessageChannel channel = new(connection);
            (byte kind, long length) = await channel.ReceiveHeaderAsync(timeouts.Connect, cancellation).ConfigureAwait(false);
            byte[] payload = await channel.ReceivePayloadAsync(length, DealerMessage.MaximumBytes, timeouts.Connect, cancellation)
                .ConfigureAwait(false);
            MessageReader message = new(payload);
            return kind == DealerMessage.Welcome
                ? new DealerClient(party, message.Guid(), Seed(message), channel, timeouts)
                : throw new MPCacheException(message.Text(), message.Text());
        }
        catch (Exception e)
        {
            connection.Abort();
            throw e is ConnectionLostException ? Lost("before it had admitted this party", e) : e;
        }
    }

    /// <inheritdoc/>
    public async Task AnnounceAsync(LedgerEntry entry, long tapeBytes, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entry);
        MessageWriter message = new();
        LedgerCodec.Write(message, entry);
        lock (gate)
        {
            ThrowFailure();
            pending.Add(entry.Call, new Pending(entry.Name, tapeBytes));
        }

        try
        {
            await channel.SendAsync(DealerMessage.Announce, message.Written, timeouts.Idle, cancellation).ConfigureAwait(false);
        }
        catch (ConnectionLostException e)
        {
            // What the dealer said last tells more than that its connection is closed.
            await reading.ConfigureAwait(false);
            throw failure ?? Lost($"when call {entry.Call} was announced", e);
        }
    }

    /// <inheritdoc/>
    public async Task<Correlations> TakeAsync(uint call, CancellationToken cancellation)
    {
        Pending? wanted;
        lock (gate)
        {
            if (!pending.TryGetValue(call, out wanted))
            {
                throw new InvalidOperationException($"Call {call} was not announced, or its correlations were taken before.");
            }
        }

        TimeSpan patience = timeouts.Preparation;
        Volatile.Write(ref lastHeard, Environment.TickCount64);
        while (true)
        {
            try
            {
                Correlations dealt = await wanted.Dealt.Task.WaitAsync(patience, cancellation).ConfigureAwait(false);
                lock (gate)
                {
                    pending.Remove(call);
                }

                return dealt;
            }
            catch (TimeoutException e) when (Environment.TickCount64 - Volatile.Read(ref lastHeard) >= patience.TotalMilliseconds)
            {
                string seconds = FormattableString.Invariant($"{patience.TotalSeconds:0.###} s");
                throw new MPCacheException(
                    $"call {call} of {wanted.Name} was not dealt within {seconds}: the {Other} has not announced it",
                    $"Check that the {Other} makes the same call", e);
            }
            catch (TimeoutException)
            {
                // The dealer has been heard meanwhile: it is at work.
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await closing.CancelAsync().ConfigureAwait(false);
        await channel.DisposeAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        masks.Dispose();
        closing.Dispose();
    }

    private async Task ReadAsync()
    {
        Pending? filling = null;
        uint call = 0;
        try
        {
            while (true)
            {
                (byte kind, long length) = await channel.ReceiveHeaderAsync(Timeout.InfiniteTimeSpan, closing.Token).ConfigureAwait(false);
                if (kind == DealerMessage.Segment)
                {
                    if (filling is null || length > filling.TapeBytes - filling.Tape.Length)
                    {
                        throw Malformed();
                    }

                    filling.Tape.Append(
                        await channel.ReceivePayloadAsync(length, filling.TapeBytes, timeouts.Idle, closing.Token).ConfigureAwait(false));
                    filling = Complete(filling, call);
                    Volatile.Write(ref lastHeard, Environment.TickCount64);
                    continue;
                }

                byte[] payload = await channel.ReceivePayloadAsync(length, DealerMessage.MaximumBytes, timeouts.Idle, closing.Token)
                    .ConfigureAwait(false);
                MessageReader message = new(payload);
                Volatile.Write(ref lastHeard, Environment.TickCount64);
                switch (kind)
                {
                    case DealerMessage.Busy:
                        break;
                    case DealerMessage.Dealt:
                        call = message.UInt32();
                        filling = Complete(Begin(call, message.Int64(), message.UInt32()), call);
                        break;
                    case DealerMessage.Failed:
                        throw new MPCacheException(message.Text(), message.Text());
                    default:
                        throw Malformed();
                }
            }
        }
        catch (ConnectionLostException e)
        {
            Fail(Lost(
                filling is null
                    ? "between calls"
                    : $"while the tape of call {call} came: {filling.Tape.Length} of {filling.TapeBytes} bytes are here", e));
        }
        catch (OperationCanceledException)
        {
            Fail(new ObjectDisposedException(nameof(DealerClient)));
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private Pending Begin(uint call, long tapeBytes, uint segments)
    {
        lock (gate)
        {
            if (!pending.TryGetValue(call, out Pending? found))
            {
                throw Malformed();
            }

            if (tapeBytes != found.TapeBytes)
            {
                throw new MPCacheException(
                    $"the dealer announces a tape of {tapeBytes} bytes for call {call} of {found.Name}, the plan says {found.TapeBytes}",
                    "Install the same version of the program at the dealer");
            }

            found.Segments = Party == Party.Client ? segments : 0;
            return found;
        }
    }

    /// <summary>Hands the correlations over when all segments are here; gives what is still being filled.</summary>
    private Pending? Complete(Pending filling, uint call)
    {
        if (filling.Tape.SegmentCount < filling.Segments)
        {
            return filling;
        }

        if (Party == Party.Client && filling.Tape.Length != filling.TapeBytes)
        {
            throw new MPCacheException(
                $"the tape of call {call} ends after {filling.Tape.Length} of {filling.TapeBytes} bytes", "Start a new session");
        }

        filling.Dealt.TrySetResult(new Correlations(filling.Tape, filling.TapeBytes));
        return null;
    }

    private void Fail(Exception error)
    {
        channel.Connection.Abort();
        lock (gate)
        {
            failure ??= error;
            foreach (Pending waiting in pending.Values)
            {
                // Whoever takes it gets the error; nobody has to.
                if (waiting.Dealt.TrySetException(failure))
                {
                    _ = waiting.Dealt.Task.Exception;
                }
            }
        }
    }

    private void ThrowFailure()
    {
        if (failure is not null)
        {
            throw failure;
        }
    }

    private static ReadOnlySpan<byte> Seed(MessageReader message)
    {
        ReadOnlySpan<byte> seed = message.Bytes();
        return seed.Length == AesMaskSource.SeedBytes ? seed : throw Malformed();
    }

    private static MPCacheException Malformed() =>
        new("the dealer sends what this version does not understand", "Install the same version on all sides");

    private static MPCacheException Lost(string when, Exception e) => new(
        $"the connection to the dealer was lost {when}: {e.Message}",
        "Look at the dealer's output for the cause, then start a new session", e);

    /// <summary>An announced entry that was not taken yet.</summary>
    private sealed class Pending(string name, long tapeBytes)
    {
        public string Name { get; } = name;

        public long TapeBytes { get; } = tapeBytes;

        public uint Segments { get; set; }

        public Tape Tape { get; } = new("tape");

        public TaskCompletionSource<Correlations> Dealt { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
