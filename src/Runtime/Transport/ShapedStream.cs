using System;
using System.Buffers;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Transport;

/// <summary>
/// A stream over an emulated network. It shapes what is written, never what is read, so a network has both its directions where both ends
/// are shaped. A write is complete once its bytes are copied; a thread of its own hands them to the inner stream when they arrive by the
/// profile: never before, and after it by what waking up and the inner stream take. Closing travels behind the last byte like a message
/// without bytes. Large messages go in packets, so that the inner stream's own copying adds no more than a packet's.
/// </summary>
internal sealed class ShapedStream : DuplexStream
{
    private const int PacketBytes = 1 << 16;
    private const int SpinPause = 20;

    /// <summary>Bytes that have not departed before a writer waits, as a socket's buffer holds them.</summary>
    private const long BufferBytes = 4 << 20;
    private const long MostBytes = 1 << 30;

    /// <summary>How long a peer may take nothing after this end was closed.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    /// <summary>A sleeping thread may wake up this much too late; what remains is spent awake.</summary>
    private static readonly TimeSpan SleepMargin = TimeSpan.FromMilliseconds(2);

    /// <summary>Another thread's turn on this processor may take this much.</summary>
    private static readonly TimeSpan YieldMargin = TimeSpan.FromMicroseconds(50);
    private readonly Stream inner;
    private readonly NetworkProfile profile;
    private readonly long capacity;
    private readonly long origin = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource lingering = new();
    private readonly Thread carrier;

    // Guarded by the gate, except that one writer at a time moves the link on.
    private readonly object gate = new();
    private readonly Queue<Packet> packets = new();
    private TaskCompletionSource? room;
    private TimeSpan busyUntil;
    private long held;
    private Exception? failure;
    private bool closed;

    /// <summary>Takes over a stream.</summary>
    /// <param name="inner">Reads and writes; both may be under way at once.</param>
    /// <param name="profile">The network that is added to it.</param>
    public ShapedStream(Stream inner, NetworkProfile profile)
    {
        this.inner = inner;
        this.profile = profile;
        double flying = profile.BitsPerSecond / 8.0 * profile.Latency.TotalSeconds ?? MostBytes;
        capacity = (long)Math.Min(BufferBytes + flying, MostBytes);
        carrier = new Thread(CarryAll) { IsBackground = true, Name = "mpcache network" };
        carrier.UnsafeStart();
    }

    /// <summary>Since this stream was made, rounded down.</summary>
    private TimeSpan Now => Stopwatch.GetElapsedTime(origin);

    /// <summary>The next 100 ns: what is handed over within them must not arrive too early by the rounding.</summary>
    private TimeSpan NowRoundedUp => Now + TimeSpan.FromTicks(1);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        bool wait;
        lock (gate)
        {
            wait = MustWait;
        }

        return wait ? WriteLaterAsync(buffer, cancellationToken)
            : Enqueue(buffer.Span) is { } error ? ValueTask.FromException(error)
            : ValueTask.CompletedTask;
    }

    /// <summary>What was written before still arrives, even where the process ends meanwhile; the inner stream is closed then.</summary>
    protected override void Dispose(bool disposing)
    {
        lock (gate)
        {
            if (!closed)
            {
                closed = true;
                TimeSpan arrival = profile.Carry(NowRoundedUp, busyUntil, 0).Arrival;
                lingering.CancelAfter(arrival - Now + Linger);
                carrier.IsBackground = false;
                packets.Enqueue(new Packet(null, 0, arrival));
                room?.TrySetResult();
                Monitor.Pulse(gate);
            }
        }

        base.Dispose(disposing);
    }

    private bool MustWait => held >= capacity && failure is null && !closed;

    private async ValueTask WriteLaterAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (!MustWait)
                {
                    break;
                }

                room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = room.Task;
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        if (Enqueue(buffer.Span) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Hands a message over.</summary>
    /// <returns>Why it is not taken; null where it is.</returns>
    private Exception? Enqueue(ReadOnlySpan<byte> message)
    {
        TimeSpan handedOver = NowRoundedUp;
        TimeSpan before = busyUntil;
        for (int start = 0; start < message.Length; start += PacketBytes)
        {
            int end = Math.Min(start + PacketBytes, message.Length);
            byte[] copy = ArrayPool<byte>.Shared.Rent(end - start);
            message[start..end].CopyTo(copy);
            Transit transit = profile.Carry(handedOver, before, end);
            lock (gate)
            {
                if (failure is not null || closed)
                {
                    ArrayPool<byte>.Shared.Return(copy);
                    return failure ?? new ObjectDisposedException(nameof(ShapedStream));
                }

                packets.Enqueue(new Packet(copy, end - start, transit.Arrival));
                busyUntil = transit.Departure;
                held += end - start;
                Monitor.Pulse(gate);
            }
        }

        return null;
    }

    /// <summary>The carrier's thread: takes each packet to the inner stream when it arrives.</summary>
    private void CarryAll()
    {
        while (true)
        {
            Packet packet;
            lock (gate)
            {
                while (!packets.TryDequeue(out packet))
                {
                    Monitor.Wait(gate);
                }
            }

            // Nobody but this thread sets the failure.
            Exception? error = failure;
            if (error is null)
            {
                WaitUntil(packet.Arrival);
            }

            if (packet.Bytes is null)
            {
                inner.Dispose();
                lingering.Dispose();
                return;
            }

            error ??= Deliver(packet.Bytes.AsMemory(0, packet.Length));
            ArrayPool<byte>.Shared.Return(packet.Bytes);
            lock (gate)
            {
                failure = error;
                held -= packet.Length;
                if (!MustWait)
                {
                    room?.TrySetResult();
                }
            }
        }
    }

    /// <summary>Writes to the inner stream, and waits while the receiver has no room.</summary>
    /// <returns>Why the stream took no more; null where it did.</returns>
    private Exception? Deliver(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            ValueTask writing = inner.WriteAsync(bytes, lingering.Token);
            if (writing.IsCompleted)
            {
                writing.GetAwaiter().GetResult();
            }
            else
            {
                writing.AsTask().GetAwaiter().GetResult();
            }

            return null;
        }
        catch (Exception e)
        {
            // Whatever it is, the next write reports it, as the inner stream's own next write would.
            return e;
        }
    }

    /// <summary>Sleeps while that is safe and is awake for the rest, in which others may have the processor until shortly before.</summary>
    private void WaitUntil(TimeSpan arrival)
    {
        for (TimeSpan left = arrival - Now; left > TimeSpan.Zero; left = arrival - Now)
        {
            if (left > SleepMargin)
            {
                Thread.Sleep((int)(left - SleepMargin).TotalMilliseconds + 1);
            }
            else if (left > YieldMargin)
            {
                Thread.Yield();
            }
            else
            {
                Thread.SpinWait(SpinPause);
            }
        }
    }

    /// <summary>Bytes on their way; none for the end of the stream.</summary>
    private readonly record struct Packet(byte[]? Bytes, int Length, TimeSpan Arrival);
}
