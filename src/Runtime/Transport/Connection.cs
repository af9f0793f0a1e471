using System;
using System.IO;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Transport;

/// <summary>
/// A duplex byte stream to one peer: in memory, TCP, or TLS. It counts the bytes that cross it, bounds every wait, and can be ended from
/// any thread. One send and one receive may be under way at a time. After any error it is closed: what a peer has seen of a message is
/// unknown then.
/// </summary>
public sealed class Connection : IAsyncDisposable
{
    private const int ReadAheadBytes = 16 * 1024;
    private const int SendPieceBytes = 1 << 20;

    private readonly Patience sending = new();
    private readonly Patience receiving = new();
    private readonly byte[] readAhead = GC.AllocateUninitializedArray<byte>(ReadAheadBytes);
    private Stream stream;
    private int readAheadStart;
    private int readAheadEnd;
    private string? ending;
    private int closed;

    /// <summary>Takes over a stream.</summary>
    /// <param name="stream">Reads and writes; both may be under way at once.</param>
    /// <param name="peer">Where it leads, for errors: an address.</param>
    public Connection(Stream stream, string peer)
    {
        this.stream = stream;
        Peer = peer;
    }

    /// <summary>Where the connection leads.</summary>
    public string Peer { get; }

    /// <summary>Bytes handed over by this end so far, without what the network adds.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Bytes received and asked for at this end so far.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>
    /// Emulates a network on top of the one that is there. It shapes what this end sends: both directions are shaped where both ends are.
    /// Bytes are counted as without it; a send completes when the emulated network has taken the bytes; what was sent before closing
    /// arrives in its time, and the peer learns of the closing after it.
    /// </summary>
    /// <param name="network">What to add; the loopback profile changes nothing.</param>
    /// <exception cref="InvalidOperationException">Bytes have crossed the connection already.</exception>
    public void Shape(NetworkProfile network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (BytesSent > 0 || BytesReceived > 0)
        {
            throw new InvalidOperationException("A connection is shaped before its first byte.");
        }

        if (!network.AddsNothing)
        {
            stream = new ShapedStream(stream, network);
        }
    }

    /// <summary>Sends bytes; completes when the network has taken them.</summary>
    /// <param name="bytes">What to send; must not change before completion.</param>
    /// <param name="patience">How long the peer may take nothing.</param>
    /// <param name="cancellation">Ends the wait, and with it the connection.</param>
    /// <exception cref="ConnectionLostException">The peer closed the connection or took nothing for too long.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, TimeSpan patience, CancellationToken cancellation = default)
    {
        return SendPiecesAsync(bytes, patience, cancellation);
    }

    /// <summary>Receives exactly as many bytes as the destination holds.</summary>
    /// <param name="destination">Receives the bytes.</param>
    /// <param name="patience">How long the peer may send nothing.</param>
    /// <param name="cancellation">Ends the wait, and with it the connection.</param>
    /// <exception cref="ConnectionLostException">The peer closed the connection or sent nothing for too long.</exception>
    public ValueTask ReceiveAsync(Memory<byte> destination, TimeSpan patience, CancellationToken cancellation = default)
    {
        int ready = readAheadEnd - readAheadStart;
        if (ready >= destination.Length)
        {
            TakeAhead(destination);
            return ValueTask.CompletedTask;
        }

        TakeAhead(destination[..ready]);
        return ReceiveRestAsync(destination[ready..], patience, cancellation);
    }

    /// <summary>Closes the connection at once; waits under way at both ends fail.</summary>
    public void Abort() => End("it was closed at this end");

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Abort();
        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the connection and gives the reason why it is closed, which is the first one.</summary>
    private string End(string reason)
    {
        string first = Interlocked.CompareExchange(ref ending, reason, null) ?? reason;
        if (Interlocked.Exchange(ref closed, 1) == 0)
        {
            sending.End();
            receiving.End();
            stream.Dispose();
        }

        return first;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendPiecesAsync(ReadOnlyMemory<byte> bytes, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                ReadOnlyMemory<byte> piece = bytes[..Math.Min(bytes.Length, SendPieceBytes)];
                using (CancellationTokenRegistration registration = sending.Start(patience, cancellation))
                {
                    await stream.WriteAsync(piece, sending.Token).ConfigureAwait(false);
                    sending.Stop();
                }

                BytesSent += piece.Length;
                bytes = bytes[piece.Length..];
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            throw Lost(e, $"the peer took no data for {Seconds(patience)}", cancellation);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveRestAsync(Memory<byte> destination, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            while (!destination.IsEmpty)
            {
                bool direct = destination.Length >= ReadAheadBytes;
                int count;
                using (CancellationTokenRegistration registration = receiving.Start(patience, cancellation))
                {
                    count = await stream.ReadAsync(direct ? destination : readAhead, receiving.Token).ConfigureAwait(false);
                    receiving.Stop();
                }

                if (count == 0)
                {
                    throw new EndOfStreamException();
                }

                if (direct)
                {
                    BytesReceived += count;
                    destination = destination[count..];
                }
                else
                {
                    readAheadStart = 0;
                    readAheadEnd = count;
                    int taken = Math.Min(count, destination.Length);
                    TakeAhead(destination[..taken]);
                    destination = destination[taken..];
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            throw Lost(e, $"the peer sent nothing for {Seconds(patience)}", cancellation);
        }
    }

    private void TakeAhead(Memory<byte> destination)
    {
        readAhead.AsSpan(readAheadStart, destination.Length).CopyTo(destination.Span);
        readAheadStart += destination.Length;
        BytesReceived += destination.Length;
    }

    private Exception Lost(Exception error, string silence, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            End("a wait for it was cancelled");
            return new OperationCanceledException("The wait was cancelled, and with it the connection.", error, cancellation);
        }

        string reason = error switch
        {
            OperationCanceledException => silence,
            IOException { InnerException: SocketException e } when !IsClosedByPeer(e.SocketErrorCode) =>
                $"the network failed ({e.SocketErrorCode})",
            _ => "the peer closed it",
        };

        // The other direction may have failed before and closed the connection: then its reason is the one to tell.
        return new ConnectionLostException(End(reason), error);
    }

    private static bool IsClosedByPeer(SocketError error) =>
        error is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown;

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.###} s");

    /// <summary>A bound on one direction's waits, armed and disarmed without allocation.</summary>
    private sealed class Patience
    {
        private readonly CancellationTokenSource source = new();

        public CancellationToken Token => source.Token;

        public CancellationTokenRegistration Start(TimeSpan limit, CancellationToken cancellation)
        {
            source.CancelAfter(limit);
            return cancellation.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), source);
        }

        public void Stop() => source.CancelAfter(Timeout.InfiniteTimeSpan);

        public void End() => source.Cancel();
    }
}
