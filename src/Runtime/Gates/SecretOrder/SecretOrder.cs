using System;
using MPCache.Execution;

namespace MPCache.Gates;

/// <summary>
/// A secret order of the rows of a tensor: π = π_1∘π_0, one a group, π_0 drawn by the server and π_1 by the client, each from the masks
/// that it shares with the dealer. One order serves any number of tensors; see <see cref="Shuffle"/>.
/// <para>A part is drawn by Fisher and Yates from 128 random bits a step: the row that step i exchanges is off uniform by at most
/// (i + 1)/2^128, the whole permutation by at most rows²/2^128. All-zero randomness, as in the clear, gives the identity.</para>
/// <para>Error: none. Flights: none. Online: none. Tape: none. Leakage: nothing is sent. Each party misses the other's uniform part, so π
/// is uniform to both of them. The dealer knows π and must learn nothing that depends on rows found under it. Source: Fisher and Yates
/// (1938), Durstenfeld (1964); the two parts as in Hamada et al. (ICISC 2012).</para>
/// </summary>
public static class SecretOrder
{
    /// <summary>Draws the role's part of the order; the dealer draws both.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of both parts' randomness.</param>
    /// <param name="groups">Groups, each with an order of its own.</param>
    /// <param name="rows">Rows a group.</param>
    public static Permutation Draw<TRole>(Run run, in Address at, int groups, int rows)
        where TRole : IRole
    {
        int count = Words(groups, rows);
        ulong[] own = run.Rent(count);
        Span<ulong> words = own.AsSpan(0, count);
        Permutation order = new(null, null, groups, rows);
        if (TRole.IsDealer)
        {
            ulong[] other = run.Rent(count);
            run.ExpandMask<TRole>(at, words, other.AsSpan(0, count), 64);
            order = order with { First = Shuffled(words, groups, rows), Second = Shuffled(other.AsSpan(0, count), groups, rows) };
            run.Return(other);
        }
        else
        {
            run.ExpandMask<TRole>(at, words, default, 64);
            order = order with
            {
                First = TRole.IsServer ? Shuffled(words, groups, rows) : null,
                Second = TRole.IsClient ? Shuffled(words, groups, rows) : null,
            };
        }

        run.Return(own);
        return order;
    }

    /// <summary>Random words that the permutations of some groups take.</summary>
    internal static int Words(int groups, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(groups);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        return checked(2 * groups * Math.Max(rows - 1, 0));
    }

    /// <summary>Uniform permutations from uniform words; the identity from zeros.</summary>
    internal static int[] Shuffled(ReadOnlySpan<ulong> words, int groups, int rows)
    {
        int[] permutations = new int[checked(groups * rows)];
        int next = 0;
        for (int group = 0; group < groups; group++)
        {
            Span<int> order = permutations.AsSpan(group * rows, rows);
            for (int i = 0; i < rows; i++)
            {
                order[i] = i;
            }

            for (int i = rows - 1; i > 0; i--)
            {
                // ⌊w·(i + 1) / 2^128⌋ for a uniform w of 128 bits.
                ulong carry = Math.BigMul(words[next], (ulong)i + 1, out _);
                int distance = (int)((((UInt128)words[next + 1] * ((ulong)i + 1)) + carry) >> 64);
                next += 2;
                (order[i], order[i - distance]) = (order[i - distance], order[i]);
            }
        }

        return permutations;
    }
}
