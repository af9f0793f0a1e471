using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Opens an additive share under a fresh mask: [z] in Z_2^m becomes the masked value ẑ = z + r.
/// <para>Truncating by k, the mask is r = h·2^k + l: both parties keep shares of h, which seeds give, and only the dealer knows l, which it
/// has added to a correction of the gate that made [z]. The result is ⌊ẑ / 2^k⌋ in Z_2^(m−k) with mask h, that is
/// ⌊z / 2^k⌋ + [z mod 2^k &gt; ẑ mod 2^k]: the floor, or one more with a public uniform coin. The interval of z must leave room for the
/// +1.</para>
/// <para>Flights: 1. Online: ⌈m/8⌉ bytes an element each way; from the server only, where the client's share is known before the call.
/// Tape: none. Error: none without truncation, below one unit of the last place with it.</para>
/// <para>Leakage: each party misses a uniform summand of the other's message (h_b·2^k, and l in the correction), so ẑ is uniform in Z_2^m
/// and independent of z. Source: Damgård et al., TinyTable (CRYPTO 2017); Patra et al., ABY2.0 (USENIX Security 2021).</para>
/// </summary>
public static partial class Open
{
    /// <summary>Writes this role's summand into the flight.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the fresh mask.</param>
    /// <param name="share">The additive share.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <param name="truncate">Low bits k to discard.</param>
    /// <param name="fromServer">The client's share does not depend on anything online and was sent before the call.</param>
    /// <returns>The masked value in Z_2^(m−k), to be completed by <see cref="Take"/> after the flight.</returns>
    public static RingValue Put<TRole>(Run run, in Address at, in RingValue share, int ring, int truncate, bool fromServer)
        where TRole : IRole
    {
        int count = share.Count;
        RingValue opened = new(run.Rent(count), run.Rent(count), count);
        if (TRole.IsDealer)
        {
            run.ExpandMask<TRole>(at, opened.First, opened.Second, ring - truncate);
            return opened;
        }

        run.ExpandMask<TRole>(at, opened.Second, default, ring - truncate);
        if (TRole.IsRehearsal && !fromServer)
        {
            return opened;
        }

        if (fromServer && TRole.IsClient && !TRole.IsServer && !TRole.IsRehearsal)
        {
            BitPacking.UnpackRing(run.Prepared.Read(BitPacking.RingLength(count, ring)), ring, opened.First);
            return opened;
        }

        RingKernels.ShiftLeft(opened.Second, truncate, opened.First);
        RingKernels.AddInPlace(opened.First, share.First);
        RingKernels.Reduce(opened.First, ring);
        if (TRole.IsRehearsal)
        {
            BitPacking.PackRing(opened.First, ring, run.Prepared.Write(BitPacking.RingLength(count, ring)));
        }
        else if (!(TRole.IsServer && TRole.IsClient))
        {
            BitPacking.PackRing(opened.First, ring, run.Outgoing.Write(BitPacking.RingLength(count, ring)));
        }

        return opened;
    }

    /// <summary>Adds the peer's summand from the flight and truncates.</summary>
    public static void Take<TRole>(Run run, in RingValue opened, int ring, int truncate, bool fromServer)
        where TRole : IRole
    {
        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            return;
        }

        if (!(TRole.IsServer && TRole.IsClient))
        {
            int bytes = BitPacking.RingLength(opened.Count, ring);
            ReadOnlySpan<byte> message = fromServer && TRole.IsServer ? run.Prepared.Read(bytes) : run.Incoming.Read(bytes);
            ulong[] peer = run.Rent(opened.Count);
            Span<ulong> summand = peer.AsSpan(0, opened.Count);
            BitPacking.UnpackRing(message, ring, summand);
            RingKernels.AddInPlace(opened.First, summand);
            RingKernels.Reduce(opened.First, ring);
            run.Return(peer);
        }

        if (truncate > 0)
        {
            RingKernels.ShiftRightLogical(opened.First, truncate, opened.First);
        }
    }
}
