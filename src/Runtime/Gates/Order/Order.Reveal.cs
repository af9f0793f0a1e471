using System;
using System.Runtime.InteropServices;
using MPCache.Execution;

namespace MPCache.Gates;

public static partial class Order
{
    /// <summary>
    /// Writes this role's XOR share of the comparisons into the flight. In the second phase, pairs with an unused slot send a fresh random
    /// bit of the party's own in the place of its share: an unused slot holds a zero, so the comparison would tell the sign of a row, and
    /// that a slot is compared at all must not depend on anything but which slots are unused, which both parties know.
    /// </summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the random bits of the second phase; all are drawn, whichever are used.</param>
    /// <param name="share">XOR shares of the comparisons.</param>
    /// <param name="slots">The slots that were compared, all pairs of each group; <c>default</c> in the first phase.</param>
    /// <returns>The comparisons, to be completed by <see cref="RevealTake{TRole}"/> after the flight.</returns>
    /// <exception cref="ArgumentException">There are more or fewer comparisons than pairs of slots.</exception>
    public static BitValue RevealPut<TRole>(Run run, in Address at, in BitValue share, in Positions slots)
        where TRole : IRole
    {
        int words = share.Words;
        ulong[]? random = null;
        if (slots.Groups > 0)
        {
            CheckPairs(share, slots.Groups, slots.Count, slots.Count);
            random = run.Rent(words);
            if (TRole.IsDealer)
            {
                ulong[] other = run.Rent(words);
                run.ExpandMask<TRole>(at, random.AsSpan(0, words), other.AsSpan(0, words), 64);
                run.Return(other);
            }
            else
            {
                run.ExpandMask<TRole>(at, random.AsSpan(0, words), default, 64);
            }
        }

        BitValue revealed = new(null, null, 1, share.Count);
        if (!TRole.IsDealer && !TRole.IsRehearsal)
        {
            revealed = revealed with { A = run.Rent(words) };
            Span<ulong> bits = revealed.First(0);
            share.First(0).CopyTo(bits);
            if (random is not null)
            {
                ReplaceUnused(slots, random, bits);
            }

            int tail = share.Count & 63;
            if (tail != 0)
            {
                bits[^1] &= (1UL << tail) - 1;
            }

            if (!(TRole.IsServer && TRole.IsClient))
            {
                int bytes = (share.Count + 7) >> 3;
                MemoryMarshal.AsBytes(bits)[..bytes].CopyTo(run.Outgoing.Write(bytes));
            }
        }

        run.Return(random);
        return revealed;
    }

    /// <summary>Adds the peer's share: the plane then holds the comparisons themselves, at both parties.</summary>
    /// <param name="run">The call.</param>
    /// <param name="revealed">What <see cref="RevealPut{TRole}"/> returned.</param>
    public static void RevealTake<TRole>(Run run, in BitValue revealed)
        where TRole : IRole
    {
        if (TRole.IsDealer || TRole.IsRehearsal || (TRole.IsServer && TRole.IsClient))
        {
            return;
        }

        int bytes = (revealed.Count + 7) >> 3;
        ReadOnlySpan<byte> message = run.Incoming.Read(bytes);
        Span<byte> own = MemoryMarshal.AsBytes(revealed.First(0));
        for (int i = 0; i < bytes; i++)
        {
            own[i] ^= message[i];
        }
    }

    private static void ReplaceUnused(in Positions slots, ReadOnlySpan<ulong> random, Span<ulong> bits)
    {
        int next = 0;
        for (int group = 0; group < slots.Groups; group++)
        {
            ReadOnlySpan<int> rows = slots.Rows.AsSpan(group * slots.Count, slots.Count);
            for (int i = 0; i < rows.Length; i++)
            {
                for (int j = i + 1; j < rows.Length; j++, next++)
                {
                    if (rows[i] < 0 || rows[j] < 0)
                    {
                        ulong bit = 1UL << (next & 63);
                        ref ulong word = ref bits[next >> 6];
                        word = (word & ~bit) | (random[next >> 6] & bit);
                    }
                }
            }
        }
    }
}
