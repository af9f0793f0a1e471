using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Transport;

/// <summary>
/// A connected TCP socket as a stream. A read polls for some microseconds before it sleeps, because waking a sleeping thread costs more
/// than a flight on a fast network. It does so only as long as that pays: where the network is slow or the processors are busy, polls fail,
/// and failures stop the polling.
/// </summary>
internal sealed class PolledSocketStream : DuplexStream
{
    private const int PollPause = 20;
    private const int ProbeInterval = 64;
    private const int MaximumCredit = 8;
    private const int FailureCost = 4;
    private static readonly long PollTicks = Environment.ProcessorCount > 1 ? Stopwatch.Frequency / 1_000_000 * 30 : 0;

    private readonly Socket socket;
    private int credit = MaximumCredit;
    private uint reads;

    public PolledSocketStream(Socket socket)
    {
        this.socket = socket;
        socket.NoDelay = true;
        socket.Blocking = false;

        // A peer whose machine vanished sends no word of it; without probes a wait for it would last as long as the caller's patience.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // At least one attempt, which finds what has come meanwhile.
        long patience = credit > 0 || ++reads % ProbeInterval == 0 ? PollTicks : 0;
        long start = Stopwatch.GetTimestamp();
        do
        {
            int count = socket.Receive(buffer.Span, SocketFlags.None, out SocketError error);
            if (error == SocketError.Success)
            {
                credit = Math.Min(credit + 1, MaximumCredit);
                return ValueTask.FromResult(count);
            }

            if (error != SocketError.WouldBlock)
            {
                return ValueTask.FromException<int>(Error(error));
            }

            Thread.SpinWait(PollPause);
        }
        while (Stopwatch.GetTimestamp() - start < patience);

        credit = Math.Max(credit - FailureCost, 0);
        return ReceiveAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = socket.Send(buffer.Span, SocketFlags.None, out SocketError error);
        if (error == SocketError.Success && count == buffer.Length)
        {
            return ValueTask.CompletedTask;
        }

        return error is SocketError.Success or SocketError.WouldBlock
            ? SendAsync(error == SocketError.Success ? buffer[count..] : buffer, cancellationToken)
            : ValueTask.FromException(Error(error));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw Error(e.SocketErrorCode);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                int count = await socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                buffer = buffer[count..];
            }
        }
        catch (SocketException e)
        {
            throw Error(e.SocketErrorCode);
        }
    }

    private static IOException Error(SocketError error) => new($"The socket failed: {error}.", new SocketException((int)error));
}
