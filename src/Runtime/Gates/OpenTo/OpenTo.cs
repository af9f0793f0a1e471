using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Opens an additive share under a fresh mask to one party, who then holds the value: the other party sends z_b + r with r from its own
/// seed, which is its share of the mask; the receiver's share is zero.
/// <para>Truncating by k, each party truncates its share first, as for <see cref="Open"/>; the interval of z must leave room for the
/// +1.</para>
/// <para>Rings: Z_2^m to Z_2^(m−k). Flights: 1, to the receiver. Online: ⌈(m−k)/8⌉ bytes an element, one way. Tape: none. Error: none
/// without truncation, below one unit of the last place with it.</para>
/// <para>Leakage: the receiver misses r, so ẑ is uniform in Z_2^(m−k) and independent of z; the sender learns nothing. Source: as for
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
        int small = ring - truncate;
        Party sender = to == Party.Server ? Party.Client : Party.Server;
        if (TRole.IsDealer)
        {
            RingValue mask = new(run.Rent(count), run.Rent(count), count);
            run.ExpandOwnedMask<TRole>(at, sender, mask.First, mask.Second, small);
            return mask;
        }

        bool receives = to == Party.Server ? TRole.IsServer : TRole.IsClient;
        RingValue held = new(receives ? run.Rent(count) : null, run.Rent(count), count);
        run.ExpandOwnedMask<TRole>(at, sender, held.Second, default, small);
        if (TRole.IsRehearsal)
        {
            return held;
        }

        if (receives)
        {
            ShareTruncation.Apply<TRole>(share.First, held.First, ring, truncate);
            RingKernels.Reduce(held.First, small);
            return held;
        }

        ulong[] sent = run.Rent(count);
        Span<ulong> summand = sent.AsSpan(0, count);
        ShareTruncation.Apply<TRole>(share.First, summand, ring, truncate);
        RingKernels.AddInPlace(summand, held.Second);
        BitPacking.PackRing(summand, small, run.Outgoing.Write(BitPacking.RingLength(count, small)));
        run.Return(sent);
        return held;
    }

    /// <summary>Adds the sender's summand from the flight, at the receiver.</summary>
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
            int small = ring - truncate;
            ulong[] received = run.Rent(held.Count);
            Span<ulong> summand = received.AsSpan(0, held.Count);
            BitPacking.UnpackRing(run.Incoming.Read(BitPacking.RingLength(held.Count, small)), small, summand);
            RingKernels.AddInPlace(held.First, summand);
            RingKernels.Reduce(held.First, small);
            run.Return(received);
        }
    }
}
