using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Tells both parties which slot each shuffled row has: a row's value is the number of its slot, 1 to the number of slots, or 0 where it is
/// not selected. The client holds the numbers and sends x̂ − r_1, the server sends −r_0.
/// <para>Rings: any Z_2^m that holds the slots' numbers. Precondition: the numbers of a group are 1 to c, each once, and zeros, shuffled in
/// a secret order under which nothing else is ever revealed. Error: none. Flights: 1. Online: ⌈m/8⌉ bytes an element each way. Tape:
/// none.</para>
/// <para>Leakage: what each party receives follows from the numbers and its own share. Under a uniform secret order the numbered rows are a
/// uniform subset, and their slots a uniform bijection, whatever the values were. A second reveal under the same order would relate two
/// secrets, so the order must serve none. Source: as for the order of rows, Hamada et al. (ICISC 2012).</para>
/// </summary>
public static partial class Slots
{
    /// <summary>Writes this role's share of the numbers into the flight.</summary>
    /// <param name="run">The call.</param>
    /// <param name="held">The numbers, held by the client.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">The client does not hold the numbers.</exception>
    public static void Put<TRole>(Run run, in RingValue held, int ring)
        where TRole : IRole
    {
        if (TRole.IsDealer || TRole.IsRehearsal || (TRole.IsServer && TRole.IsClient))
        {
            return;
        }

        ulong[] rented = run.Rent(held.Count);
        Span<ulong> share = rented.AsSpan(0, held.Count);
        Share<TRole>(held, share);
        BitPacking.PackRing(share, ring, run.Outgoing.Write(BitPacking.RingLength(held.Count, ring)));
        run.Return(rented);
    }

    /// <summary>Adds the peer's share.</summary>
    /// <param name="run">The call.</param>
    /// <param name="held">The numbers, held by the client, [groups, rows].</param>
    /// <param name="groups">Groups.</param>
    /// <param name="rows">Rows a group.</param>
    /// <param name="count">Slots a group.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <returns>The shuffled row of each slot; unknown at the dealer and in a rehearsal.</returns>
    /// <exception cref="ArgumentException">There are more or fewer numbers than rows, or the client does not hold them.</exception>
    /// <exception cref="MPCacheException">The numbers are not those of the slots, each once.</exception>
    public static Positions Take<TRole>(Run run, in RingValue held, int groups, int rows, int count, int ring)
        where TRole : IRole
    {
        if (held.Count != checked(groups * rows))
        {
            throw new ArgumentException($"{held.Count} numbers are not those of {groups} groups of {rows} rows.", nameof(held));
        }

        Positions positions = new(null, groups, count);
        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            return positions;
        }

        ulong[] rented = run.Rent(held.Count);
        Span<ulong> numbers = rented.AsSpan(0, held.Count);
        Share<TRole>(held, numbers);
        if (!(TRole.IsServer && TRole.IsClient))
        {
            ulong[] received = run.Rent(held.Count);
            Span<ulong> summand = received.AsSpan(0, held.Count);
            BitPacking.UnpackRing(run.Incoming.Read(BitPacking.RingLength(held.Count, ring)), ring, summand);
            RingKernels.AddInPlace(numbers, summand);
            run.Return(received);
        }

        RingKernels.Reduce(numbers, ring);
        positions = positions with { Rows = Rows(numbers, groups, rows, count) };
        run.Return(rented);
        return positions;
    }

    private static void Share<TRole>(in RingValue held, Span<ulong> share)
        where TRole : IRole
    {
        if (!TRole.IsClient)
        {
            RingKernels.Negate(held.Second, share);
            return;
        }

        if (held.A is null && held.Count > 0)
        {
            throw new ArgumentException("The client does not hold the numbers of the slots.", nameof(held));
        }

        RingKernels.Subtract(held.First, held.Second, share);
    }

    private static int[] Rows(ReadOnlySpan<ulong> numbers, int groups, int rows, int count)
    {
        int[] found = new int[checked(groups * count)];
        Array.Fill(found, -1);
        for (int group = 0; group < groups; group++)
        {
            Span<int> slots = found.AsSpan(group * count, count);
            for (int row = 0; row < rows; row++)
            {
                ulong number = numbers[(group * rows) + row];
                if (number > (ulong)count)
                {
                    throw Faulty($"a row has slot {number} of {count}");
                }

                if (number > 0)
                {
                    ref int slot = ref slots[(int)number - 1];
                    slot = slot < 0 ? row : throw Faulty($"two rows have slot {number} of {count}");
                }
            }

            int missing = slots.IndexOf(-1);
            if (missing >= 0)
            {
                throw Faulty($"no row has slot {missing + 1} of {count}");
            }
        }

        return found;
    }

    private static MPCacheException Faulty(string cause) => new(
        cause, "Number the selected rows from 1, each once, and check that both parties run the same program and version");
}
