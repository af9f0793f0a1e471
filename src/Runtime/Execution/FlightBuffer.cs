using System;

namespace MPCache.Execution;

/// <summary>
/// One direction's message of one flight: gates write their openings in program order, the receiving side reads them in the same order.
/// Room for the frame's header is kept in front, so that a message is one write to the connection. Its memory grows and is kept.
/// </summary>
public sealed class FlightBuffer
{
    /// <summary>Bytes of the frame's header: call, flight and payload length fold into them.</summary>
    public const int HeaderBytes = 8;

    private const int Least = 4096;

    private byte[] buffer = [];
    private int end = HeaderBytes;
    private int position = HeaderBytes;

    /// <summary>Bytes of payload.</summary>
    public int Length => end - HeaderBytes;

    /// <summary>Header and payload.</summary>
    public Memory<byte> Frame
    {
        get
        {
            Grow(end);
            return buffer.AsMemory(0, end);
        }
    }

    /// <summary>Room for the next <paramref name="bytes"/> bytes of payload.</summary>
    public Span<byte> Write(int bytes)
    {
        Grow(end + bytes);
        Span<byte> room = buffer.AsSpan(end, bytes);
        end += bytes;
        return room;
    }

    /// <summary>The next <paramref name="bytes"/> bytes of payload.</summary>
    /// <exception cref="MPCacheException">The message is shorter than the schedule says.</exception>
    public ReadOnlySpan<byte> Read(int bytes)
    {
        if (end - position < bytes)
        {
            throw new MPCacheException(
                $"a message ends early: {bytes} more bytes are due, {end - position} are left",
                "Check that both parties run the same program with the same options");
        }

        ReadOnlySpan<byte> part = buffer.AsSpan(position, bytes);
        position += bytes;
        return part;
    }

    /// <summary>Makes room for a message of <paramref name="bytes"/> bytes that is about to be received, and rewinds.</summary>
    public Memory<byte> Receive(int bytes)
    {
        Clear();
        Grow(HeaderBytes + bytes);
        end = HeaderBytes + bytes;
        return buffer.AsMemory(HeaderBytes, bytes);
    }

    /// <summary>Empties the buffer.</summary>
    public void Clear()
    {
        end = HeaderBytes;
        position = HeaderBytes;
    }

    private void Grow(int bytes)
    {
        if (bytes <= buffer.Length)
        {
            return;
        }

        byte[] larger = new byte[Math.Max(Least, Math.Max(bytes, 2 * buffer.Length))];
        buffer.AsSpan(0, Math.Min(end, buffer.Length)).CopyTo(larger);
        buffer = larger;
    }
}
