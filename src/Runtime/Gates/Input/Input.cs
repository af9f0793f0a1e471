using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// A value that one party knows becomes a masked value: the owner knows the whole mask, r = r_owner, and sends x̂ = x + r.
/// <para>Flights: 1, from the owner. Online: ⌈m/8⌉ bytes an element. Tape: none. Error: none.</para>
/// <para>Leakage: r is uniform in Z_2^m and known to owner and dealer only, so x̂ is uniform to the other party.</para>
/// </summary>
public static partial class InputGate
{
    /// <summary>Masks the owner's values and writes them into the flight.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the mask.</param>
    /// <param name="values">The raw ring elements at the owner and in the clear; empty elsewhere.</param>
    /// <param name="count">Elements.</param>
    /// <param name="ring">The ring's bits.</param>
    /// <param name="owner">Who knows the values.</param>
    public static RingValue Put<TRole>(Run run, in Address at, ReadOnlySpan<ulong> values, int count, int ring, Party owner)
        where TRole : IRole
    {
        RingValue masked = new(run.Rent(count), run.Rent(count), count);
        if (TRole.IsDealer)
        {
            run.ExpandOwnedMask<TRole>(at, owner, masked.First, masked.Second, ring);
            return masked;
        }

        run.ExpandOwnedMask<TRole>(at, owner, masked.Second, default, ring);
        if (!TRole.IsRehearsal && (owner == Party.Server ? TRole.IsServer : TRole.IsClient))
        {
            RingKernels.Add(values, masked.Second, masked.First);
            RingKernels.Reduce(masked.First, ring);
            if (!(TRole.IsServer && TRole.IsClient))
            {
                BitPacking.PackRing(masked.First, ring, run.Outgoing.Write(BitPacking.RingLength(count, ring)));
            }
        }

        return masked;
    }

    /// <summary>Masks some of the server's weights, which it puts in as values.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the mask.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="start">The first element.</param>
    /// <param name="count">Elements.</param>
    /// <param name="ring">The ring's bits.</param>
    public static RingValue PutWeights<TRole>(Run run, in Address at, ResidentTensor weights, int start, int count, int ring)
        where TRole : IRole
    {
        if (!TRole.IsServer)
        {
            return Put<TRole>(run, at, default, count, ring, Party.Server);
        }

        ulong[] values = run.Rent(count);
        ReadOnlySpan<short> source = weights.Weights.AsSpan(start, count);
        for (int i = 0; i < count; i++)
        {
            values[i] = (ulong)(long)source[i];
        }

        RingValue masked = Put<TRole>(run, at, values.AsSpan(0, count), count, ring, Party.Server);
        run.Return(values);
        return masked;
    }

    /// <summary>Reads the masked values at the party that does not own them.</summary>
    public static void Take<TRole>(Run run, in RingValue masked, int ring, Party owner)
        where TRole : IRole
    {
        if (!TRole.IsDealer && !TRole.IsRehearsal && (owner == Party.Server ? !TRole.IsServer : !TRole.IsClient))
        {
            BitPacking.UnpackRing(run.Incoming.Read(BitPacking.RingLength(masked.Count, ring)), ring, masked.First);
        }
    }
}
