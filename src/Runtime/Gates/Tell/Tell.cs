using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// A value that one party holds becomes a masked value: the holder sends x̂ + b with a fresh pad b from its own seed, and its share of the
/// mask becomes r_holder + b.
/// <para>Rings: any Z_2^m. Error: none. Flights: 1, from the holder. Online: ⌈m/8⌉ bytes an element. Tape: none.</para>
/// <para>Leakage: b is uniform and known to holder and dealer only, so what the other party sees is uniform, whatever it knows. Without b
/// it would meet its own message of a <see cref="Shuffle"/> again and read the holder's permutation off it. Source: the last step of a
/// secret shuffle, Asharov et al. (CCS 2022).</para>
/// </summary>
public static partial class Tell
{
    /// <summary>Pads the holder's x̂ and writes it into the flight.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the pad.</param>
    /// <param name="held">The value, held by <paramref name="holder"/>.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <param name="holder">Who knows x̂.</param>
    /// <returns>The masked value, to be completed by <see cref="Take"/> after the flight.</returns>
    /// <exception cref="ArgumentException">The holder does not know x̂.</exception>
    public static RingValue Put<TRole>(Run run, in Address at, in RingValue held, int ring, Party holder)
        where TRole : IRole
    {
        int count = held.Count;
        RingValue masked = new(run.Rent(count), run.Rent(count), count);
        if (TRole.IsDealer)
        {
            run.ExpandOwnedMask<TRole>(at, holder, masked.First, masked.Second, ring);
            RingKernels.AddInPlace(masked.First, held.First);
            RingKernels.AddInPlace(masked.Second, held.Second);
            RingKernels.Reduce(masked.First, ring);
            RingKernels.Reduce(masked.Second, ring);
            return masked;
        }

        run.ExpandOwnedMask<TRole>(at, holder, masked.Second, default, ring);
        if (!TRole.IsRehearsal && (holder == Party.Server ? TRole.IsServer : TRole.IsClient))
        {
            if (held.A is null && count > 0)
            {
                throw new ArgumentException($"The {holder} does not hold the value.", nameof(held));
            }

            RingKernels.Add(held.First, masked.Second, masked.First);
            RingKernels.Reduce(masked.First, ring);
            if (!(TRole.IsServer && TRole.IsClient))
            {
                BitPacking.PackRing(masked.First, ring, run.Outgoing.Write(BitPacking.RingLength(count, ring)));
            }
        }

        RingKernels.AddInPlace(masked.Second, held.Second);
        RingKernels.Reduce(masked.Second, ring);
        return masked;
    }

    /// <summary>Reads the padded x̂ at the party that does not hold the value.</summary>
    /// <param name="run">The call.</param>
    /// <param name="masked">What <see cref="Put"/> returned.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <param name="holder">Who knew x̂.</param>
    public static void Take<TRole>(Run run, in RingValue masked, int ring, Party holder)
        where TRole : IRole
    {
        if (!TRole.IsDealer && !TRole.IsRehearsal && (holder == Party.Server ? !TRole.IsServer : !TRole.IsClient))
        {
            BitPacking.UnpackRing(run.Incoming.Read(BitPacking.RingLength(masked.Count, ring)), ring, masked.First);
        }
    }
}
