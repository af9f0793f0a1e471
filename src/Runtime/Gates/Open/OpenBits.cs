using System;
using System.Runtime.InteropServices;
using MPCache.Execution;

namespace MPCache.Gates;

/// <summary>
/// Opens XOR-shared bits under fresh mask bits: ⟨b⟩ becomes b̂ = b ⊕ ρ with ρ = ρ_0 ⊕ ρ_1.
/// <para>Flights: 1. Online: ⌈n/8⌉ bytes a plane of n bits each way. Tape: none. Error: none.</para>
/// <para>Leakage: each party misses a uniform bit of the other's message, so b̂ is uniform and independent of b.</para>
/// </summary>
public static partial class OpenBits
{
    /// <summary>Writes this role's summand into the flight.</summary>
    public static BitValue Put<TRole>(Run run, in Address at, in BitValue share)
        where TRole : IRole
    {
        int words = share.Planes * share.Words;
        BitValue opened = new(run.Rent(words), run.Rent(words), share.Planes, share.Count);
        Span<ulong> first = opened.A.AsSpan(0, words);
        Span<ulong> second = opened.B.AsSpan(0, words);
        if (TRole.IsDealer)
        {
            run.ExpandMask<TRole>(at, first, second, 64);
            ClearTails(opened.Planes, opened.Count, first);
            ClearTails(opened.Planes, opened.Count, second);
            return opened;
        }

        run.ExpandMask<TRole>(at, second, default, 64);
        ClearTails(opened.Planes, opened.Count, second);
        if (TRole.IsRehearsal)
        {
            return opened;
        }

        for (int i = 0; i < words; i++)
        {
            first[i] = share.A![i] ^ second[i];
        }

        ClearTails(opened.Planes, opened.Count, first);

        if (!(TRole.IsServer && TRole.IsClient))
        {
            int bytes = (share.Count + 7) >> 3;
            for (int plane = 0; plane < share.Planes; plane++)
            {
                MemoryMarshal.AsBytes(opened.First(plane))[..bytes].CopyTo(run.Outgoing.Write(bytes));
            }
        }

        return opened;
    }

    /// <summary>Adds the peer's summand from the flight.</summary>
    public static void Take<TRole>(Run run, in BitValue opened)
        where TRole : IRole
    {
        if (TRole.IsDealer || TRole.IsRehearsal || (TRole.IsServer && TRole.IsClient))
        {
            return;
        }

        int bytes = (opened.Count + 7) >> 3;
        for (int plane = 0; plane < opened.Planes; plane++)
        {
            ReadOnlySpan<byte> message = run.Incoming.Read(bytes);
            Span<byte> own = MemoryMarshal.AsBytes(opened.First(plane));
            for (int i = 0; i < bytes; i++)
            {
                own[i] ^= message[i];
            }
        }
    }

    /// <summary>
    /// Clears every plane's bits beyond the last element: no value stands behind them, so none are sent, and whoever joins planes may rely
    /// on zeros.
    /// </summary>
    private static void ClearTails(int planes, int count, Span<ulong> words)
    {
        int tail = count & 63;
        if (tail != 0)
        {
            int size = (count + 63) >> 6;
            for (int plane = 1; plane <= planes; plane++)
            {
                words[(plane * size) - 1] &= (1UL << tail) - 1;
            }
        }
    }
}
