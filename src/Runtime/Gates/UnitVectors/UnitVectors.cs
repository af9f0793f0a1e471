using System;
using System.Numerics;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// XOR shares of the unit vector of a mask's digit r &lt; 2^w, by which parties that know x̂ = x + r evaluate any function of x's digit.
/// <para>e_0 is uniform among the vectors of even parity, e_1 = e_0 ⊕ unit(r): each alone is independent of r, and the last bit of
/// each follows from its parity. Tape: 2^w − 1 bits.</para>
/// </summary>
internal static partial class UnitVectors
{
    /// <summary>Words an element's vector takes; word k of element i is at k · count + i.</summary>
    public static int Words(int width) => width <= 6 ? 1 : 1 << (width - 6);

    /// <summary>
    /// A party's shares; at the dealer the client's shares, which tell the sign up to which lookups are right. Null in a rehearsal.
    /// </summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address; uses this part and the next.</param>
    /// <param name="digits">The digits r at the dealer; empty elsewhere.</param>
    /// <param name="count">Elements.</param>
    /// <param name="width">Bits w of a digit, 1 to 8.</param>
    public static ulong[]? Shares<TRole>(Run run, in Address at, ReadOnlySpan<ulong> digits, int count, int width)
        where TRole : IRole
    {
        int words = Words(width);
        int lastBits = width >= 6 ? 63 : (1 << width) - 1;
        int whole = (words - 1) * count;
        Address wholeAt = at;
        Address lastAt = at with { Inner = (ushort)(at.Inner + 1) };
        ulong[] shares = run.RentCleared(words * count);
        Span<ulong> wholeWords = shares.AsSpan(0, whole);
        Span<ulong> lastWords = shares.AsSpan(whole, count);
        if (TRole.IsDealer)
        {
            for (int i = 0; i < count; i++)
            {
                int digit = (int)digits[i];
                if ((digit & 63) != lastBits || digit >> 6 != words - 1)
                {
                    shares[((digit >> 6) * count) + i] = 1UL << (digit & 63);
                }
            }

            if (whole > 0)
            {
                run.DealBits(wholeAt, wholeWords, 64);
            }

            run.DealBits(lastAt, lastWords, lastBits);
            Complete(shares, count, words, lastBits, odd: true);
            return shares;
        }

        if (whole > 0)
        {
            run.CorrelationBits<TRole>(wholeAt, wholeWords, 64);
        }

        run.CorrelationBits<TRole>(lastAt, lastWords, lastBits);
        if (TRole.IsRehearsal)
        {
            run.Return(shares);
            return null;
        }

        Complete(shares, count, words, lastBits, odd: TRole.IsClient);
        return shares;
    }

    /// <summary>The sign s = e_0[r] − e_1[r] of lookups, as a ring element, from the client's share.</summary>
    public static void Signs(ReadOnlySpan<ulong> clientShares, ReadOnlySpan<ulong> digits, Span<ulong> signs)
    {
        int count = digits.Length;
        for (int i = 0; i < count; i++)
        {
            int digit = (int)digits[i];
            ulong bit = (clientShares[((digit >> 6) * count) + i] >> (digit & 63)) & 1;
            signs[i] = 1 - (2 * bit);
        }
    }

    /// <summary>Digits of the dealer's masks r_0 + r_1: bits from <paramref name="shift"/> on.</summary>
    public static void MaskDigits(in RingValue mask, int ring, int shift, int width, Span<ulong> digits)
    {
        ulong modulus = RingWord.Mask(ring);
        ulong digit = RingWord.Mask(width);
        ReadOnlySpan<ulong> first = mask.First;
        ReadOnlySpan<ulong> second = mask.Second;
        for (int i = 0; i < digits.Length; i++)
        {
            digits[i] = (((first[i] + second[i]) & modulus) >> shift) & digit;
        }
    }

    private static void Complete(ulong[] shares, int count, int words, int lastBit, bool odd)
    {
        for (int i = 0; i < count; i++)
        {
            int parity = odd ? 1 : 0;
            for (int k = 0; k < words; k++)
            {
                parity ^= BitOperations.PopCount(shares[(k * count) + i]) & 1;
            }

            shares[((words - 1) * count) + i] |= (ulong)parity << lastBit;
        }
    }
}
