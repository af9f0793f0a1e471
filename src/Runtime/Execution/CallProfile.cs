using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace MPCache.Execution;

/// <summary>
/// Where the online time of a party's calls goes, and what they allocate: by the slot of each gate, and by what is no gate. Every piece of
/// a call is counted once, from where it begins to where the next one does. It sees sizes and times, no values.
/// </summary>
public sealed class CallProfile
{
    /// <summary>What no gate does: linear maps over the ring, layout, public tensors.</summary>
    public const int Local = -1;

    /// <summary>Exchanges: sending, the network, and waiting for the other party. Allocations of the connection are not seen here.</summary>
    public const int Exchange = -2;

    /// <summary>Taking apart what has arrived, until the next gate or local step.</summary>
    public const int Arrival = -3;

    /// <summary>Before the first step: reading what the call was given.</summary>
    public const int Start = -4;

    private const int Others = 4;

    private Part[] parts = new Part[Others];
    private int current = Start;
    private long since;
    private long allocated;
    private bool runs;

    /// <summary>What has been counted, by slot; the parts that are no gate have the negative numbers above.</summary>
    public IEnumerable<ProfilePart> Parts
    {
        get
        {
            for (int i = 0; i < parts.Length; i++)
            {
                if (parts[i].Times > 0)
                {
                    yield return new ProfilePart(
                        i - Others, Stopwatch.GetElapsedTime(0, parts[i].Ticks), parts[i].Bytes, parts[i].Times);
                }
            }
        }
    }

    /// <summary>Forgets what has been counted.</summary>
    public void Clear() => Array.Clear(parts);

    /// <summary>A call begins, on this thread.</summary>
    internal void Begin()
    {
        runs = true;
        current = Start;
        Restart();
    }

    /// <summary>A call has ended.</summary>
    internal void End()
    {
        Count();
        runs = false;
    }

    /// <summary>The next piece of the call begins, on the thread of the last one.</summary>
    /// <param name="part">A slot, or one of the numbers above.</param>
    internal void Enter(int part)
    {
        if (runs)
        {
            Count();
            current = part;
        }
    }

    /// <summary>An exchange has ended, on whatever thread.</summary>
    internal void Resume()
    {
        long now = Stopwatch.GetTimestamp();
        ref Part exchange = ref At(Exchange);
        exchange.Ticks += now - since;
        exchange.Times++;
        current = Arrival;
        Restart();
    }

    private void Count()
    {
        ref Part part = ref At(current);
        long now = Stopwatch.GetTimestamp();
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        part.Ticks += now - since;
        part.Bytes += bytes - allocated;
        part.Times++;
        (since, allocated) = (now, bytes);
    }

    private void Restart()
    {
        since = Stopwatch.GetTimestamp();
        allocated = GC.GetAllocatedBytesForCurrentThread();
    }

    private ref Part At(int part)
    {
        int index = part + Others;
        if (index >= parts.Length)
        {
            Array.Resize(ref parts, Math.Max(index + 1, 2 * parts.Length));
            allocated = GC.GetAllocatedBytesForCurrentThread();
        }

        return ref parts[index];
    }

    private struct Part
    {
        public long Ticks;
        public long Bytes;
        public long Times;
    }
}

/// <summary>What one part of a party's calls took.</summary>
/// <param name="Slot">The gate's slot, or a number of <see cref="CallProfile"/>.</param>
/// <param name="Time">Its time.</param>
/// <param name="Allocated">Bytes allocated on the managed heap meanwhile.</param>
/// <param name="Times">How often it began.</param>
public sealed record ProfilePart(int Slot, TimeSpan Time, long Allocated, long Times);
