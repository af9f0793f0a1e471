using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;

namespace MPCache.Transport;

/// <summary>
/// The connection between the two parties as numbered flights. A message is one frame: 32 bits that fold call and flight, 32 bits of payload
/// length, the payload. Bytes and flights of a call are counted here and nowhere else; what the plan does not allow is refused before it is read.
/// </summary>
public sealed class FlightChannel : IFlightChannel, IAsyncDisposable
{
    private const int ControlBytes = 1 << 16;
    private const int ChunkBytes = 1 << 18;

    private readonly Connection connection;
    private readonly Party self;
    private readonly ChannelTimeouts timeouts;
    private readonly byte[] header = new byte[FlightBuffer.HeaderBytes];
    private PlanTotals planned;
    private PlanTotals measured;
    private bool heard;

    /// <summary>Takes over a connection after the greeting.</summary>
    /// <param name="connection">Leads to the other party.</param>
    /// <param name="self">Which party this end is.</param>
    /// <param name="timeouts">How long to wait.</param>
    public FlightChannel(Connection connection, Party self, ChannelTimeouts timeouts)
    {
        this.connection = connection;
        this.self = self;
        this.timeouts = timeouts;
    }

    private string Peer => self == Party.Server ? "client" : "server";

    /// <summary>Starts counting a call.</summary>
    /// <param name="plan">What the plan says the call costs; more than that is not received.</param>
    public void Begin(in PlanTotals plan)
    {
        planned = plan;
        measured = default;
        heard = false;
    }

    /// <summary>What crossed the connection since <see cref="Begin"/>; the tape does not cross it and is 0.</summary>
    public PlanTotals Measured => measured;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ExchangeAsync(uint call, int flight, FlightBuffer? outgoing, FlightBuffer? incoming, CancellationToken cancellation)
    {
        measured = measured with { Flights = measured.Flights + 1 };
        ValueTask sending = outgoing is null ? ValueTask.CompletedTask : SendFlightAsync(call, flight, outgoing, cancellation);
        try
        {
            if (incoming is not null)
            {
                await ReceiveFlightAsync(call, flight, incoming, cancellation).ConfigureAwait(false);
            }
        }
        catch
        {
            connection.Abort();
            await ObserveAsync(sending).ConfigureAwait(false);
            throw;
        }

        await sending.ConfigureAwait(false);
        outgoing?.Clear();
    }

    /// <summary>Sends the client's prepared halves of a call as one message.</summary>
    /// <exception cref="MPCacheException">The connection is gone.</exception>
    public async Task SendPreparedAsync(uint call, Tape prepared, CancellationToken cancellation)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            WriteHeader(chunk, FlightTag.Of(call, FlightTag.Prepared), prepared.Length);
            int filled = FlightBuffer.HeaderBytes;
            foreach (ReadOnlyMemory<byte> segment in prepared.Segments)
            {
                for (ReadOnlyMemory<byte> rest = segment; !rest.IsEmpty;)
                {
                    int part = Math.Min(rest.Length, ChunkBytes - filled);
                    rest[..part].CopyTo(chunk.AsMemory(filled));
                    rest = rest[part..];
                    filled += part;
                    if (filled == ChunkBytes)
                    {
                        await connection.SendAsync(chunk.AsMemory(0, filled), timeouts.Preparation, cancellation).ConfigureAwait(false);
                        filled = 0;
                    }
                }
            }

            await connection.SendAsync(chunk.AsMemory(0, filled), timeouts.Preparation, cancellation).ConfigureAwait(false);
            measured = measured with { Prepared = FlightBuffer.HeaderBytes + prepared.Length };
        }
        catch (ConnectionLostException e)
        {
            throw Lost(call, FlightTag.Prepared, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Receives the client's prepared halves of a call at the server.</summary>
    /// <returns>The message's payload.</returns>
    /// <exception cref="MPCacheException">The connection is gone, or the message has another length than the plan says.</exception>
    public async Task<Tape> ReceivePreparedAsync(uint call, CancellationToken cancellation)
    {
        try
        {
            long due = planned.Prepared - FlightBuffer.HeaderBytes;
            long length = await ReceiveHeaderAsync(FlightTag.Of(call, FlightTag.Prepared), timeouts.Preparation, cancellation).ConfigureAwait(false);
            if (length != due)
            {
                throw Deviates(call, FlightTag.Prepared, length, due);
            }

            byte[] payload = GC.AllocateUninitializedArray<byte>(checked((int)length));
            await connection.ReceiveAsync(payload, timeouts.Idle, cancellation).ConfigureAwait(false);
            measured = measured with { Prepared = FlightBuffer.HeaderBytes + length };
            Tape prepared = new("prepared message");
            prepared.Append(payload);
            return prepared;
        }
        catch (ConnectionLostException e)
        {
            throw Lost(call, FlightTag.Prepared, e);
        }
    }

    /// <summary>Tells the other party something public between calls, such as the length of a prompt.</summary>
    /// <exception cref="MPCacheException">The connection is gone, or the text is longer than 65536 bytes.</exception>
    public Task SendNoteAsync(string text, CancellationToken cancellation) => SendControlAsync(FlightTag.Note, Encoding.UTF8.GetBytes(text), cancellation);

    /// <summary>Waits for what the other party tells with <see cref="SendNoteAsync"/>, for as long as it takes.</summary>
    /// <returns>The text; null where the other party ended the session instead.</returns>
    /// <exception cref="MPCacheException">The other party makes a call instead.</exception>
    public async Task<string?> ReceiveNoteAsync(CancellationToken cancellation)
    {
        try
        {
            return Encoding.UTF8.GetString(await ReceiveControlAsync(FlightTag.Note, Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false));
        }
        catch (ConnectionLostException)
        {
            return null;
        }
    }

    /// <summary>Tells the client what is public of the weights that will be shared.</summary>
    internal Task SendSetupAsync(ReadOnlyMemory<byte> description, CancellationToken cancellation) =>
        SendControlAsync(FlightTag.Setup, description, cancellation);

    /// <summary>Receives what <see cref="SendSetupAsync"/> sent.</summary>
    internal async Task<byte[]> ReceiveSetupAsync(CancellationToken cancellation)
    {
        try
        {
            return await ReceiveControlAsync(FlightTag.Setup, timeouts.Preparation, cancellation).ConfigureAwait(false);
        }
        catch (ConnectionLostException e)
        {
            throw LostBetweenCalls(e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendFlightAsync(uint call, int flight, FlightBuffer outgoing, CancellationToken cancellation)
    {
        Memory<byte> frame = outgoing.Frame;
        WriteHeader(frame.Span, FlightTag.Of(call, flight), outgoing.Length);
        try
        {
            await connection.SendAsync(frame, timeouts.Idle, cancellation).ConfigureAwait(false);
        }
        catch (ConnectionLostException e)
        {
            throw Lost(call, flight, e);
        }

        Count(self, frame.Length);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveFlightAsync(uint call, int flight, FlightBuffer incoming, CancellationToken cancellation)
    {
        try
        {
            TimeSpan patience = heard ? timeouts.Idle : timeouts.Preparation;
            long length = await ReceiveHeaderAsync(FlightTag.Of(call, flight), patience, cancellation).ConfigureAwait(false);
            heard = true;
            long due = self == Party.Server
                ? planned.ClientToServer - measured.ClientToServer
                : planned.ServerToClient - measured.ServerToClient;
            if (length > due - FlightBuffer.HeaderBytes)
            {
                throw Deviates(call, flight, length, Math.Max(0, due - FlightBuffer.HeaderBytes));
            }

            await connection.ReceiveAsync(incoming.Receive((int)length), timeouts.Idle, cancellation).ConfigureAwait(false);
            Count(self == Party.Server ? Party.Client : Party.Server, FlightBuffer.HeaderBytes + length);
        }
        catch (ConnectionLostException e)
        {
            throw Lost(call, flight, e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<long> ReceiveHeaderAsync(uint expected, TimeSpan patience, CancellationToken cancellation)
    {
        await connection.ReceiveAsync(header, patience, cancellation).ConfigureAwait(false);
        uint tag = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (tag != expected)
        {
            throw new MPCacheException(
                $"the {Peer} is {FlightTag.Describe(tag)} where this party is {FlightTag.Describe(expected)}",
                "Make the same calls in the same order on both sides");
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(sizeof(uint)));
    }

    private async Task SendControlAsync(int kind, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        if (payload.Length > ControlBytes)
        {
            throw new MPCacheException($"a message of {payload.Length} bytes between calls is longer than {ControlBytes}", "Send less, or in parts");
        }

        byte[] frame = new byte[FlightBuffer.HeaderBytes + payload.Length];
        WriteHeader(frame, FlightTag.Of(0, kind), payload.Length);
        payload.CopyTo(frame.AsMemory(FlightBuffer.HeaderBytes));
        try
        {
            await connection.SendAsync(frame, timeouts.Idle, cancellation).ConfigureAwait(false);
        }
        catch (ConnectionLostException e)
        {
            throw LostBetweenCalls(e);
        }
    }

    private async Task<byte[]> ReceiveControlAsync(int kind, TimeSpan patience, CancellationToken cancellation)
    {
        long length = await ReceiveHeaderAsync(FlightTag.Of(0, kind), patience, cancellation).ConfigureAwait(false);
        if (length > ControlBytes)
        {
            throw new MPCacheException($"the {Peer} announces {length} bytes between calls", "Install the same version on both sides");
        }

        byte[] payload = new byte[length];
        await connection.ReceiveAsync(payload, timeouts.Idle, cancellation).ConfigureAwait(false);
        return payload;
    }

    private static void WriteHeader(Span<byte> frame, uint tag, long length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, tag);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[sizeof(uint)..], checked((uint)length));
    }

    private void Count(Party sender, long bytes) =>
        measured = sender == Party.Server
            ? measured with { ServerToClient = measured.ServerToClient + bytes }
            : measured with { ClientToServer = measured.ClientToServer + bytes };

    private static async Task ObserveAsync(ValueTask sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception e) when (e is MPCacheException or OperationCanceledException)
        {
            // The failure of the other direction came first and is the one that is reported.
        }
    }

    private MPCacheException Deviates(uint call, int flight, long length, long due) => new(
        $"the {Peer} sends {length} bytes in call {call}, {FlightTag.Flight(flight)}, where the plan leaves {due}",
        "Check that both parties run the same program with the same options");

    private MPCacheException Lost(uint call, int flight, ConnectionLostException e) => new(
        $"the connection to the {Peer} at {connection.Peer} was lost in call {call}, {FlightTag.Flight(flight)}: {e.Message}",
        $"Look at the {Peer}'s output for the cause, then start a new session", e);

    private MPCacheException LostBetweenCalls(ConnectionLostException e) => new(
        $"the connection to the {Peer} at {connection.Peer} was lost between calls: {e.Message}",
        $"Look at the {Peer}'s output for the cause, then start a new session", e);
}
