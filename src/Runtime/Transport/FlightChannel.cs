using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;

namespace MPCache.Transport;

/// <summary>
/// The connection between the two parties as numbered flights. A message is one frame: 32 bits that fold call and flight, 32 bits of
/// payload length, the payload. Bytes and flights of a call are counted here and nowhere else; what the plan does not allow is refused
/// before it is read.
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
    private long flights;
    private long prepared;

    // Each direction is counted by its own half of an exchange, and the halves may end on two threads at once.
    private long sent;
    private long received;
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
        (flights, prepared, sent, received) = (0, 0, 0, 0);
        heard = false;
    }

    /// <summary>What crossed the connection since <see cref="Begin"/>; the tape does not cross it and is 0.</summary>
    public PlanTotals Measured => self == Party.Server
        ? new PlanTotals(flights, sent, received, prepared, 0)
        : new PlanTotals(flights, received, sent, prepared, 0);

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ExchangeAsync(
        uint call, int flight, FlightBuffer? outgoing, FlightBuffer? incoming, CancellationToken cancellation)
    {
        flights++;
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
    public async Task SendPreparedAsync(uint call, Tape halves, CancellationToken cancellation)
    {
        await SendLongAsync(call, FlightTag.Prepared, halves.Length, halves.Segments, cancellation).ConfigureAwait(false);
        prepared = FlightBuffer.HeaderBytes + halves.Length;
    }

    /// <summary>Receives the client's prepared halves of a call at the server.</summary>
    /// <returns>The message's payload.</returns>
    /// <exception cref="MPCacheException">The connection is gone, or the message has another length than the plan says.</exception>
    public async Task<Tape> ReceivePreparedAsync(uint call, CancellationToken cancellation)
    {
        byte[] payload = GC.AllocateUninitializedArray<byte>(checked((int)(planned.Prepared - FlightBuffer.HeaderBytes)));
        await ReceiveLongAsync(call, FlightTag.Prepared, payload.Length, [payload], cancellation).ConfigureAwait(false);
        prepared = FlightBuffer.HeaderBytes + payload.Length;
        Tape halves = new("prepared message");
        halves.Append(payload);
        return halves;
    }

    /// <summary>Sends one flight from this end alone, made piece by piece so that it needs no buffer of its size.</summary>
    /// <param name="call">The call's number.</param>
    /// <param name="flight">The flight's number.</param>
    /// <param name="length">Bytes of all pieces, below 2^32.</param>
    /// <param name="pieces">The payload; a piece's memory may be used again for the next.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="MPCacheException">The connection is gone.</exception>
    public async Task SendPiecesAsync(
        uint call, int flight, long length, IEnumerable<ReadOnlyMemory<byte>> pieces, CancellationToken cancellation)
    {
        await SendLongAsync(call, flight, length, pieces, cancellation).ConfigureAwait(false);
        flights++;
        sent += FlightBuffer.HeaderBytes + length;
    }

    /// <summary>Receives what <see cref="SendPiecesAsync"/> sent.</summary>
    /// <param name="call">The call's number.</param>
    /// <param name="flight">The flight's number.</param>
    /// <param name="length">Bytes that are due.</param>
    /// <param name="rooms">Where they go; each is filled before the next is asked for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="MPCacheException">The connection is gone, or the peer sends another length.</exception>
    public async Task ReceivePiecesAsync(
        uint call, int flight, long length, IEnumerable<Memory<byte>> rooms, CancellationToken cancellation)
    {
        await ReceiveLongAsync(call, flight, length, rooms, cancellation).ConfigureAwait(false);
        flights++;
        received += FlightBuffer.HeaderBytes + length;
    }

    /// <summary>Tells the other party something public between calls, such as the length of a prompt.</summary>
    /// <exception cref="MPCacheException">The connection is gone, or the text is longer than 65536 bytes.</exception>
    public Task SendNoteAsync(string text, CancellationToken cancellation) =>
        SendControlAsync(FlightTag.Note, Encoding.UTF8.GetBytes(text), cancellation);

    /// <summary>Waits for what the other party tells with <see cref="SendNoteAsync"/>, for as long as it takes.</summary>
    /// <returns>The text; null where the other party ended the session instead.</returns>
    /// <exception cref="MPCacheException">The other party makes a call instead.</exception>
    public async Task<string?> ReceiveNoteAsync(CancellationToken cancellation)
    {
        try
        {
            return Encoding.UTF8.GetString(
                await ReceiveControlAsync(FlightTag.Note, Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false));
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

        sent += frame.Length;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveFlightAsync(uint call, int flight, FlightBuffer incoming, CancellationToken cancellation)
    {
        try
        {
            TimeSpan patience = heard ? timeouts.Idle : timeouts.Preparation;
            long length = await ReceiveHeaderAsync(FlightTag.Of(call, flight), patience, cancellation).ConfigureAwait(false);
            heard = true;
            long due = (self == Party.Server ? planned.ClientToServer : planned.ServerToClient) - received;
            if (length > due - FlightBuffer.HeaderBytes)
            {
                throw Deviates(call, flight, length, Math.Max(0, due - FlightBuffer.HeaderBytes));
            }

            await connection.ReceiveAsync(incoming.Receive((int)length), timeouts.Idle, cancellation).ConfigureAwait(false);
            received += FlightBuffer.HeaderBytes + length;
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

    private async Task SendLongAsync(
        uint call, int flight, long length, IEnumerable<ReadOnlyMemory<byte>> pieces, CancellationToken cancellation)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            WriteHeader(chunk, FlightTag.Of(call, flight), length);
            int filled = FlightBuffer.HeaderBytes;
            foreach (ReadOnlyMemory<byte> piece in pieces)
            {
                for (ReadOnlyMemory<byte> rest = piece; !rest.IsEmpty;)
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
        }
        catch (ConnectionLostException e)
        {
            throw Lost(call, flight, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private async Task ReceiveLongAsync(uint call, int flight, long length, IEnumerable<Memory<byte>> rooms, CancellationToken cancellation)
    {
        try
        {
            long announced = await ReceiveHeaderAsync(FlightTag.Of(call, flight), timeouts.Preparation, cancellation).ConfigureAwait(false);
            if (announced != length)
            {
                throw Deviates(call, flight, announced, length);
            }

            foreach (Memory<byte> room in rooms)
            {
                await connection.ReceiveAsync(room, timeouts.Idle, cancellation).ConfigureAwait(false);
            }
        }
        catch (ConnectionLostException e)
        {
            throw Lost(call, flight, e);
        }
    }

    private async Task SendControlAsync(int kind, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        if (payload.Length > ControlBytes)
        {
            throw new MPCacheException(
                $"a message of {payload.Length} bytes between calls is longer than {ControlBytes}", "Send less, or in parts");
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
