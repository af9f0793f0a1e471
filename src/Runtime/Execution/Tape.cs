using System;
using System.Collections.Generic;

namespace MPCache.Execution;

/// <summary>
/// A byte string written once in program order and read in the same order, in segments, so that gigabytes need no single array.
/// A tape carries one call's corrections from dealer to client; another carries the client's prepared halves to the server.
/// </summary>
public sealed class Tape
{
    private const int SegmentBytes = 1 << 20;
    private const int SmallestSegmentBytes = 1 << 14;

    private readonly List<(byte[] Bytes, int Length)> segments = [];
    private readonly string name;
    private readonly long expected;
    private int readSegment;
    private int readOffset;

    /// <summary>Creates an empty tape.</summary>
    /// <param name="name">What it is called in errors: "tape" or "prepared message".</param>
    /// <param name="expected">How many bytes the plan says it will have, so that segments fit; 0 where that is not known.</param>
    public Tape(string name, long expected = 0)
    {
        this.name = name;
        this.expected = expected;
    }

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes read.</summary>
    public long Position { get; private set; }

    /// <summary>How many segments there are.</summary>
    public int SegmentCount => segments.Count;

    /// <summary>The segments in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Segments
    {
        get
        {
            foreach ((byte[] bytes, int length) in segments)
            {
                yield return bytes.AsMemory(0, length);
            }
        }
    }

    /// <summary>Room for the next <paramref name="bytes"/> bytes; one piece is never split over segments.</summary>
    public Span<byte> Write(int bytes)
    {
        if (segments.Count == 0 || segments[^1].Bytes.Length - segments[^1].Length < bytes)
        {
            long due = Math.Clamp(Math.Max(expected - Length, Length), SmallestSegmentBytes, SegmentBytes);
            segments.Add((new byte[Math.Max(bytes, (int)due)], 0));
        }

        (byte[] buffer, int length) = segments[^1];
        segments[^1] = (buffer, length + bytes);
        Length += bytes;
        return buffer.AsSpan(length, bytes);
    }

    /// <summary>Appends a received segment, which keeps the writer's boundaries.</summary>
    public void Append(byte[] segment)
    {
        segments.Add((segment, segment.Length));
        Length += segment.Length;
    }

    /// <summary>The next <paramref name="bytes"/> bytes.</summary>
    /// <exception cref="MPCacheException">The tape ends early.</exception>
    public ReadOnlySpan<byte> Read(int bytes)
    {
        if (bytes == 0)
        {
            return [];
        }

        while (readSegment < segments.Count && readOffset == segments[readSegment].Length)
        {
            readSegment++;
            readOffset = 0;
        }

        if (readSegment == segments.Count || segments[readSegment].Length - readOffset < bytes)
        {
            throw EndsEarly(bytes);
        }

        ReadOnlySpan<byte> part = segments[readSegment].Bytes.AsSpan(readOffset, bytes);
        readOffset += bytes;
        Position += bytes;
        return part;
    }

    /// <summary>Passes over bytes without using them; they may be any number of pieces.</summary>
    /// <exception cref="MPCacheException">The tape ends early.</exception>
    public void Skip(int bytes)
    {
        if (Length - Position < bytes)
        {
            throw EndsEarly(bytes);
        }

        for (int rest = bytes; rest > 0;)
        {
            int part = Math.Min(rest, segments[readSegment].Length - readOffset);
            readOffset += part;
            Position += part;
            rest -= part;
            if (rest > 0)
            {
                readSegment++;
                readOffset = 0;
            }
        }
    }

    /// <summary>Starts reading from the beginning: the rehearsal reads the tape before the call does.</summary>
    public void Rewind()
    {
        readSegment = 0;
        readOffset = 0;
        Position = 0;
    }

    private MPCacheException EndsEarly(int bytes) => new(
        $"the {name} ends early: {bytes} bytes are due at byte {Position}, of {Length}",
        "Check that dealer and parties run the same program and version, then start a new session");
}
