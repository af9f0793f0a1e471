using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Opens an additive share under a fresh mask: [z] in Z_2^m becomes the masked value ẑ = z + r.
/// <para>Truncating by k, each party truncates its share first: the result is z truncated in Z_2^(m−k), the floor or one more with a
/// secret coin, without bias and exact for multiples of 2^k, as <see cref="ShareTruncation"/> says. The interval of z must leave room for
/// the +1.</para>
/// <para>Flights: 1. Online: ⌈(m−k)/8⌉ bytes an element each way; from the server only, where the client's share is known before the call.
/// Tape: none. Error: none without truncation, below one unit of the last place with it.</para>
/// <para>Leakage: each party misses a uniform summand r_b of the other's message, so ẑ is uniform in Z_2^(m−k) and independent of z.
/// Source: Damgård et al., TinyTable (CRYPTO 2017); Patra et al., ABY2.0 (USENIX Security 2021).</para>
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
        int small = ring - truncate;
        RingValue opened = new(run.Rent(count), run.Rent(count), count);
        if (TRole.IsDealer)
        {
            run.ExpandMask<TRole>(at, opened.First, opened.Second, small);
            return opened;
        }

        run.ExpandMask<TRole>(at, opened.Second, default, small);
        if (TRole.IsRehearsal && !fromServer)
        {
            return opened;
        }

        if (fromServer && TRole.IsClient && !TRole.IsServer && !TRole.IsRehearsal)
        {
            BitPacking.UnpackRing(run.Prepared.Read(BitPacking.RingLength(count, small)), small, opened.First);
            return opened;
        }

        ShareTruncation.Apply<TRole>(share.First, opened.First, ring, truncate);
        RingKernels.AddInPlace(opened.First, opened.Second);
        RingKernels.Reduce(opened.First, small);
        if (TRole.IsRehearsal)
        {
            BitPacking.PackRing(opened.First, small, run.Prepared.Write(BitPacking.RingLength(count, small)));
        }
        else if (!(TRole.IsServer && TRole.IsClient))
        {
            BitPacking.PackRing(opened.First, small, run.Outgoing.Write(BitPacking.RingLength(count, small)));
        }

        return opened;
    }

    /// <summary>Adds the peer's summand from the flight.</summary>
    public static void Take<TRole>(Run run, in RingValue opened, int ring, int truncate, bool fromServer)
        where TRole : IRole
    {
        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            return;
        }

        if (!(TRole.IsServer && TRole.IsClient))
        {
            int small = ring - truncate;
            int bytes = BitPacking.RingLength(opened.Count, small);
            ReadOnlySpan<byte> message = fromServer && TRole.IsServer ? run.Prepared.Read(bytes) : run.Incoming.Read(bytes);
            ulong[] peer = run.Rent(opened.Count);
            Span<ulong> summand = peer.AsSpan(0, opened.Count);
            BitPacking.UnpackRing(message, small, summand);
            RingKernels.AddInPlace(opened.First, summand);
            RingKernels.Reduce(opened.First, small);
            run.Return(peer);
        }
    }
}
