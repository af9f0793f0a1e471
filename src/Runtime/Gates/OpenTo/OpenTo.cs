using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Opens an additive share under a fresh mask to one party, who then holds the value: the other party sends z_b + h·2^k with h from its own
/// seed, and h is its share of the mask; the receiver's share is zero.
/// <para>Truncating by k, the low bits l of the mask lie in a correction of the gate that made the share, as for <see cref="Open"/>: the
/// result is ⌊ẑ / 2^k⌋ in Z_2^(m−k), that is ⌊z / 2^k⌋ + [z mod 2^k &gt; ẑ mod 2^k], and the interval of z must leave room for the
/// +1.</para>
/// <para>Rings: Z_2^m to Z_2^(m−k). Flights: 1, to the receiver. Online: ⌈m/8⌉ bytes an element, one way. Tape: none. Error: none without
/// truncation, below one unit of the last place with it.</para>
/// <para>Leakage: the receiver misses h, and l, so ẑ is uniform in Z_2^m and independent of z; the sender learns nothing. Source: as for
/// <see cref="Open"/>, one direction of it.</para>
/// </summary>
public static partial class OpenTo
{
    /// <summary>Writes the sender's summand into the flight.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the fresh mask.</param>
    /// <param name="share">The additive share.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <param name="truncate">Low bits k to discard.</param>
    /// <param name="to">Who will hold the value.</param>
    /// <returns>The held value in Z_2^(m−k), to be completed by <see cref="Take"/> after the flight.</returns>
    public static RingValue Put<TRole>(Run run, in Address at, in RingValue share, int ring, int truncate, Party to)
        where TRole : IRole
    {
        int count = share.Count;
        Party sender = to == Party.Server ? Party.Client : Party.Server;
        if (TRole.IsDealer)
        {
            RingValue mask = new(run.Rent(count), run.Rent(count), count);
            run.ExpandOwnedMask<TRole>(at, sender, mask.First, mask.Second, ring - truncate);
            return mask;
        }

        bool receives = to == Party.Server ? TRole.IsServer : TRole.IsClient;
        RingValue held = new(receives ? run.Rent(count) : null, run.Rent(count), count);
        run.ExpandOwnedMask<TRole>(at, sender, held.Second, default, ring - truncate);
        if (TRole.IsRehearsal)
        {
            return held;
        }

        if (receives)
        {
            share.First.CopyTo(held.First);
            RingKernels.Reduce(held.First, ring);
            return held;
        }

        ulong[] sent = run.Rent(count);
        Span<ulong> summand = sent.AsSpan(0, count);
        RingKernels.ShiftLeft(held.Second, truncate, summand);
        RingKernels.AddInPlace(summand, share.First);
        BitPacking.PackRing(summand, ring, run.Outgoing.Write(BitPacking.RingLength(count, ring)));
        run.Return(sent);
        return held;
    }

    /// <summary>Adds the sender's summand from the flight and truncates, at the receiver.</summary>
    /// <param name="run">The call.</param>
    /// <param name="held">What <see cref="Put"/> returned.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <param name="truncate">Low bits k to discard.</param>
    /// <param name="to">Who will hold the value.</param>
    public static void Take<TRole>(Run run, in RingValue held, int ring, int truncate, Party to)
        where TRole : IRole
    {
        if (TRole.IsDealer || TRole.IsRehearsal || (to == Party.Server ? !TRole.IsServer : !TRole.IsClient))
        {
            return;
        }

        if (!(TRole.IsServer && TRole.IsClient))
        {
            ulong[] received = run.Rent(held.Count);
            Span<ulong> summand = received.AsSpan(0, held.Count);
            BitPacking.UnpackRing(run.Incoming.Read(BitPacking.RingLength(held.Count, ring)), ring, summand);
            RingKernels.AddInPlace(held.First, summand);
            RingKernels.Reduce(held.First, ring);
            run.Return(received);
        }

        if (truncate > 0)
        {
            RingKernels.ShiftRightLogical(held.First, truncate, held.First);
        }
    }
}
