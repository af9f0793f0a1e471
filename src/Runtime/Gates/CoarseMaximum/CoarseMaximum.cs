using System;
using System.Runtime.Intrinsics;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// The maximum of each row of masked values of few bits, in as many flights for any number of columns.
/// <para>XOR shares of the unit vector of each value say of every threshold whether the value reaches it. For each threshold t the parties add
/// up, locally and in GF(2)^40, public random words of the columns whose value reaches it: F_t = ⊕_{x_i ≥ t} ρ_i. Where no value does,
/// F_t = 0; where one does, F_t = 0 with probability 2^−40. F_t is opened under a fresh mask; its eight digits are compared with zero by unit
/// vectors of the mask's digits, their conjunction by the unit vector of these bits' masks; and since [F_t ≠ 0] falls with t, the maximum is
/// low + Σ_t [F_t ≠ 0], t from low + 1.</para>
/// <para>Rings: values in Z_2^k, k ≤ 8, lying within [low, low + thresholds], thresholds &lt; 2^k. Error: with a probability of at most
/// thresholds · 2^−40 a row's maximum is taken too low; otherwise none. Flights: 4, the openings of hashes, digits, conjunctions and the sum.
/// Online, each way: 40 + 8 + 1 bits a threshold and row, and the sum. Tape: 2^k − 1 bits an element; 8·31 + 255 bits and the sum's
/// correction a threshold and row. Leakage: what is opened is covered by fresh mask bits; the client's shares of unit vectors are uniform; the
/// words ρ are public and independent of the values. Source: the one-time truth tables of Ishai et al. (TCC 2013) for unit vectors and
/// conjunctions; zero tests of random linear combinations as in Carter and Wegman, Universal classes of hash functions (1979).</para>
/// </summary>
public static partial class CoarseMaximum
{
    /// <summary>The hashes F_t as XOR shares: 40 planes of [threshold, row].</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the unit vectors.</param>
    /// <param name="x">Masked values [rows, columns] in Z_2^k.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="ring">The ring's bits k.</param>
    /// <param name="low">No value lies below.</param>
    /// <param name="thresholds">No value lies above low by more.</param>
    public static BitValue Hashes<TRole>(Run run, in Address at, in RingValue x, int rows, int ring, long low, int thresholds)
        where TRole : IRole
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ring, LargestRing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(thresholds, 1 << ring);
        int count = x.Count;
        int columns = count / rows;
        ulong modulus = RingWord.Mask(ring);
        BitValue shares = new(null, null, HashBits, checked(rows * thresholds));
        if (TRole.IsDealer)
        {
            ulong[] rented = run.Rent(count);
            Span<ulong> negated = rented.AsSpan(0, count);
            for (int i = 0; i < count; i++)
            {
                negated[i] = (0 - x.First[i] - x.Second[i]) & modulus;
            }

            run.Return(UnitVectors.Shares<TRole>(run, at, negated, count, ring));
            run.Return(rented);
            return shares;
        }

        ulong[]? vectors = UnitVectors.Shares<TRole>(run, at, default, count, ring);
        if (vectors is null)
        {
            return shares;
        }

        shares = shares with { A = run.RentCleared(HashBits * shares.Words) };
        ulong[] columnWords = run.Rent(columns);
        DrawWords(at, columnWords.AsSpan(0, columns));
        Span<ulong> hashes = stackalloc ulong[1 << LargestRing];
        Span<ulong> vector = stackalloc ulong[UnitVectors.Words(LargestRing)];
        vector = vector[..UnitVectors.Words(ring)];
        for (int row = 0; row < rows; row++)
        {
            hashes.Clear();
            for (int column = 0; column < columns; column++)
            {
                int i = (row * columns) + column;
                Turn(vectors, i, count, (int)((x.First[i] - (ulong)low) & modulus), ring, vector);
                Add(vector, columnWords[column], hashes);
            }

            ulong reached = 0;
            for (int t = thresholds; t > 0; t--)
            {
                reached ^= hashes[t];
                Scatter(reached, shares, ((t - 1) * rows) + row);
            }
        }

        run.Return(columnWords);
        run.Return(vectors);
        return shares;
    }

    /// <summary>Whether each digit of a hash is zero, as XOR shares: a plane a digit.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the unit vectors.</param>
    /// <param name="opened">The opened hashes.</param>
    public static BitValue Digits<TRole>(Run run, in Address at, in BitValue opened)
        where TRole : IRole
    {
        int count = opened.Count;
        int all = checked(count * DigitCount);
        BitValue shares = new(null, null, DigitCount, count);
        ulong[] rented = run.RentCleared(all);
        Span<ulong> digits = rented.AsSpan(0, all);
        if (!TRole.IsRehearsal)
        {
            for (int digit = 0; digit < DigitCount; digit++)
            {
                Gather<TRole>(opened, digit * DigitBits, DigitBits, digits.Slice(digit * count, count));
            }
        }

        ulong[]? vectors = UnitVectors.Shares<TRole>(run, at, digits, all, DigitBits);
        if (vectors is not null && !TRole.IsDealer)
        {
            shares = shares with { A = run.RentCleared(DigitCount * shares.Words) };
            for (int digit = 0; digit < DigitCount; digit++)
            {
                Span<ulong> plane = shares.First(digit);
                for (int i = 0; i < count; i++)
                {
                    ulong bit = vectors[(digit * count) + i] >> (int)digits[(digit * count) + i] & 1;
                    plane[i >> 6] |= bit << (i & 63);
                }
            }
        }

        run.Return(vectors);
        run.Return(rented);
        return shares;
    }

    /// <summary>Whether a hash is not zero, as an XOR share.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the unit vectors.</param>
    /// <param name="opened">The opened digits.</param>
    public static BitValue Occupied<TRole>(Run run, in Address at, in BitValue opened)
        where TRole : IRole
    {
        const ulong all = (1 << DigitCount) - 1;
        int count = opened.Count;
        BitValue share = new(null, null, 1, count);
        ulong[] rented = run.RentCleared(count);
        Span<ulong> digits = rented.AsSpan(0, count);
        if (!TRole.IsRehearsal)
        {
            Gather<TRole>(opened, 0, DigitCount, digits);
        }

        ulong[]? vectors = UnitVectors.Shares<TRole>(run, at, digits, count, DigitCount);
        if (vectors is not null && !TRole.IsDealer)
        {
            share = share with { A = run.RentCleared(share.Words) };
            Span<ulong> plane = share.First(0);
            ulong one = TRole.IsClient ? 1UL : 0;
            for (int i = 0; i < count; i++)
            {
                // All digits are zero where the masks of their bits are the opened bits' complement.
                int position = (int)(digits[i] ^ all);
                ulong bit = vectors[((position >> 6) * count) + i] >> (position & 63) & 1;
                plane[i >> 6] |= (bit ^ one) << (i & 63);
            }
        }

        run.Return(vectors);
        run.Return(rented);
        return share;
    }

    /// <summary>
    /// The words ρ of an address, by SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). They are public and hide nothing: all that matters is
    /// that they have nothing to do with the values. An address has the call's number, so that no two calls share them.
    /// </summary>
    private static void DrawWords(in Address at, Span<ulong> words)
    {
        ulong state = Mix(at.Call + (((ulong)at.Slot << 32) ^ ((ulong)at.Outer << 48)));
        state = Mix(state + at.Middle);
        for (int i = 0; i < words.Length; i++)
        {
            state += 0x9E3779B97F4A7C15;
            words[i] = Mix(state) & RingWord.Mask(HashBits);
        }
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    /// <summary>
    /// The unit vector of a value from that of the negated mask: turned by the masked value, which is public.
    /// </summary>
    private static void Turn(ReadOnlySpan<ulong> vectors, int element, int count, int by, int ring, Span<ulong> turned)
    {
        if (turned.Length == 1)
        {
            int size = 1 << ring;
            ulong vector = vectors[element];
            turned[0] = by == 0 ? vector : ((vector << by) | (vector >> (size - by))) & (ulong.MaxValue >> (64 - size));
            return;
        }

        int words = turned.Length;
        int whole = by >> 6;
        int bits = by & 63;
        for (int k = 0; k < words; k++)
        {
            ulong here = vectors[(((k - whole) & (words - 1)) * count) + element];
            ulong below = vectors[(((k - whole - 1) & (words - 1)) * count) + element];
            turned[k] = bits == 0 ? here : (here << bits) | (below >> (64 - bits));
        }
    }

    /// <summary>Adds a word to the hashes of all thresholds whose bit is set, touching every one.</summary>
    private static void Add(ReadOnlySpan<ulong> vector, ulong word, Span<ulong> hashes)
    {
        Vector512<ulong> words = Vector512.Create(word);
        Vector512<ulong> first = Vector512.Create(1UL, 2, 4, 8, 16, 32, 64, 128);
        for (int k = 0; k < vector.Length; k++)
        {
            Vector512<ulong> bits = Vector512.Create(vector[k]);
            Vector512<ulong> lanes = first;
            for (int group = 0; group < 64; group += Vector512<ulong>.Count)
            {
                Span<ulong> target = hashes[((k << 6) + group)..];
                Vector512<ulong> set = Vector512.Equals(bits & lanes, lanes);
                (Vector512.Create<ulong>(target) ^ (set & words)).CopyTo(target);
                lanes <<= Vector512<ulong>.Count;
            }
        }
    }

    private static void Scatter(ulong hash, in BitValue planes, int element)
    {
        int words = planes.Words;
        int word = element >> 6;
        for (int plane = 0; plane < HashBits; plane++)
        {
            planes.A![(plane * words) + word] |= (hash >> plane & 1) << (element & 63);
        }
    }

    /// <summary>Some planes' bits of each element: opened bits at a party, mask bits at the dealer.</summary>
    private static void Gather<TRole>(in BitValue planes, int from, int width, Span<ulong> values)
        where TRole : IRole
    {
        for (int bit = 0; bit < width; bit++)
        {
            ReadOnlySpan<ulong> first = planes.First(from + bit);
            ReadOnlySpan<ulong> second = planes.Second(from + bit);
            for (int i = 0; i < values.Length; i++)
            {
                ulong word = TRole.IsDealer ? first[i >> 6] ^ second[i >> 6] : first[i >> 6];
                values[i] |= (word >> (i & 63) & 1) << bit;
            }
        }
    }
}
