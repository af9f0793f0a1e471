using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Tells one party a masked value: the other sends its mask share.
/// <para>Flights: 1, to the party that learns the value. Online: ⌈m/8⌉ bytes an element. Tape: none. Error: none.</para>
/// <para>Leakage: the value itself, which the author's <c>Reveal</c> says; the mask share tells nothing beyond x = x̂ − r_0 − r_1.</para>
/// </summary>
public static partial class Reveal
{
    /// <summary>Writes the mask share of the party that does not learn the value.</summary>
    public static void Put<TRole>(Run run, in RingValue value, int ring, Party to)
        where TRole : IRole
    {
        if (!TRole.IsDealer && !TRole.IsRehearsal && (to == Party.Server ? !TRole.IsServer : !TRole.IsClient))
        {
            BitPacking.PackRing(value.Second, ring, run.Outgoing.Write(BitPacking.RingLength(value.Count, ring)));
        }
    }

    /// <summary>Takes the masks off at the party that learns the value.</summary>
    /// <returns>The raw ring elements there; null elsewhere.</returns>
    public static ulong[]? Take<TRole>(Run run, in RingValue value, int ring, Party to)
        where TRole : IRole
    {
        if (TRole.IsDealer || TRole.IsRehearsal || (to == Party.Server ? !TRole.IsServer : !TRole.IsClient))
        {
            return null;
        }

        ulong[] revealed = new ulong[value.Count];
        RingKernels.Subtract(value.First, value.Second, revealed);
        if (!(TRole.IsServer && TRole.IsClient))
        {
            ulong[] peer = run.Rent(value.Count);
            Span<ulong> share = peer.AsSpan(0, value.Count);
            BitPacking.UnpackRing(run.Incoming.Read(BitPacking.RingLength(value.Count, ring)), ring, share);
            RingKernels.Subtract(revealed, share, revealed);
            run.Return(peer);
        }

        RingKernels.Reduce(revealed, ring);
        return revealed;
    }
}
