using System;
using System.Numerics;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// The sign of a masked x minus public thresholds, as a masked bit: 1 where x &lt; threshold.
/// <para>x̂ = x + r is split into D digits. From XOR shares of the unit vector of each digit of r the parties find locally, for all digits
/// but the top one, lt_i = [x̂_i &lt; r_i] and eq_i = [x̂_i = r_i], and for the top digit the sign A if no borrow comes from below and
/// C = A ⊕ B, B the sign with a borrow. With l_i = lt_i, e_i = eq_i, l_{D−1} = A, e_{D−1} = C the sign is T_{D−1}, where T_0 = l_0 and
/// T_i = l_i ⊕ e_i·T_{i−1}. These 2D − 1 bits are opened; the sign is a polynomial in the opened bits whose coefficients, products of their
/// masks, the dealer shares; opened in turn, it is a masked bit. The lowest digit needs no e_0. With one digit the first opening is the
/// sign.</para>
/// <para>Unit vectors belong to the value and serve all its thresholds; coefficients belong to one comparison.</para>
/// <para>Rings: Z_2^m, m ≤ 40. Precondition: x − threshold within [−2^(m−1), 2^(m−1)). Error: none. Flights: 2, the openings of
/// <see cref="Digits{TRole}"/> and <see cref="Combine{TRole}"/>; 1 where D = 1. Online: 2D − 1 bits, then 1 bit, each way. Tape:
/// Σ(2^w_i − 1) bits a value and 2^D − D − 1 bits a comparison. Leakage: opened bits are covered by fresh mask bits; the client's shares of
/// unit vectors and coefficients are uniform. Source: one-time truth tables (Ishai et al., TCC 2013) for digits; the tree of digit
/// comparisons as in Garay, Schoenmakers and Villegas (PKC 2007), with the polynomial in masked bits as in Damgård et al., TinyTable
/// (CRYPTO 2017).</para>
/// </summary>
public static partial class Compare
{
    /// <summary>The digits' comparisons as XOR shares, to be opened: planes l_0, l_1, e_1, …, l_{D−1}, e_{D−1}.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the unit vectors.</param>
    /// <param name="x">Masked value; its mask may be known to the dealer alone.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <param name="thresholds">Public raw thresholds.</param>
    /// <returns>Comparisons in the order [threshold, element].</returns>
    public static BitValue Digits<TRole>(Run run, in Address at, in RingValue x, int ring, ReadOnlySpan<long> thresholds)
        where TRole : IRole
    {
        int[] widths = Widths(ring);
        int count = x.Count;
        int comparisons = checked(count * thresholds.Length);
        BitValue shares = new(null, null, Planes(ring), comparisons);
        if (!TRole.IsDealer && !TRole.IsRehearsal)
        {
            shares = shares with { A = run.Rent(shares.Planes * shares.Words) };
        }

        ulong[] rented = run.Rent(count);
        Span<ulong> vectors = rented.AsSpan(0, count);
        Digit digit = new(0, 0, 0, 0);
        ushort part = 0;
        foreach (int[] word in Words(ring))
        {
            int bits = WordBits(word);
            Address wordAt = at with { Inner = part++ };
            if (TRole.IsDealer)
            {
                vectors.Clear();
            }
            else
            {
                run.CorrelationBits<TRole>(wordAt, vectors, bits);
            }

            digit = digit with { Offset = 0 };
            foreach (int width in word)
            {
                digit = digit with { Width = width };
                if (TRole.IsDealer)
                {
                    AddUnitVectors(x, digit, vectors);
                }
                else if (!TRole.IsRehearsal)
                {
                    if (digit.Index == widths.Length - 1)
                    {
                        Evaluate<TRole, Top>(x.First, thresholds, digit, vectors, shares);
                    }
                    else
                    {
                        Evaluate<TRole, Below>(x.First, thresholds, digit, vectors, shares);
                    }
                }

                digit = new Digit(digit.Index + 1, digit.Shift + width, digit.Offset + VectorBits(width), width);
            }

            if (TRole.IsDealer)
            {
                run.DealBits(wordAt, vectors, bits);
            }
        }

        run.Return(rented);
        return shares;
    }

    /// <summary>The sign as an XOR share, to be opened; not for rings of one digit, whose sign is open already.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the coefficients.</param>
    /// <param name="opened">The opened planes of <see cref="Digits{TRole}"/>.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">The ring is a single digit, or the planes are not those of this ring.</exception>
    public static BitValue Combine<TRole>(Run run, in Address at, in BitValue opened, int ring)
        where TRole : IRole
    {
        int digits = Widths(ring).Length;
        if (digits == 1 || opened.Planes != Planes(ring))
        {
            throw new ArgumentException(
                $"A ring of {ring} bits has {digits} digit(s); {opened.Planes} planes are no bits to combine.", nameof(opened));
        }

        int words = opened.Words;
        int planes = Coefficients(digits);
        ulong[] rented = run.Rent(planes * words);
        Span<ulong> coefficients = rented.AsSpan(0, planes * words);
        BitValue sign = new(null, null, 1, opened.Count);
        if (TRole.IsDealer)
        {
            MultiplyMasks(opened, digits, coefficients);
            run.DealPlanes(at, coefficients, planes, opened.Count);
        }
        else
        {
            run.CorrelationPlanes<TRole>(at, coefficients, planes, opened.Count);
            if (!TRole.IsRehearsal)
            {
                sign = sign with { A = run.Rent(words) };
                Evaluate<TRole>(opened, digits, coefficients, sign.First(0));
            }
        }

        run.Return(rented);
        return sign;
    }

    /// <summary>Adds the digits' unit vectors to the words; the last element of a vector has no bit.</summary>
    private static void AddUnitVectors(in RingValue mask, in Digit digit, Span<ulong> vectors)
    {
        ReadOnlySpan<ulong> first = mask.First;
        ReadOnlySpan<ulong> second = mask.Second;
        ulong last = RingWord.Mask(digit.Width);
        for (int i = 0; i < vectors.Length; i++)
        {
            // A digit's bits of r_0 + r_1 need no reduction: the carry out of the ring lies above them.
            ulong r = (first[i] + second[i]) >> digit.Shift & last;
            vectors[i] |= (r == last ? 0UL : 1UL) << ((int)r + digit.Offset);
        }
    }

    /// <summary>One digit's two planes, or the one of the lowest digit below others.</summary>
    private static void Evaluate<TRole, TPlace>(
        ReadOnlySpan<ulong> masked, ReadOnlySpan<long> thresholds, in Digit digit, ReadOnlySpan<ulong> vectors, in BitValue shares)
        where TRole : IRole
        where TPlace : struct, IPlace
    {
        Span<ulong> less = shares.First(Math.Max((2 * digit.Index) - 1, 0));
        Span<ulong> equal = digit.Index == 0 ? default : shares.First(2 * digit.Index);
        int last = (1 << digit.Width) - 1;
        ulong bits = RingWord.Mask(last);
        ulong odd = TRole.IsClient ? 1UL : 0;
        int next = 0;
        int element = masked.Length;
        ulong threshold = 0;
        for (int word = 0; word < less.Length; word++)
        {
            ulong l = 0;
            ulong e = 0;
            int block = Math.Min(64, shares.Count - (word << 6));
            for (int k = 0; k < block; k++)
            {
                if (element == masked.Length)
                {
                    element = 0;
                    threshold = (ulong)thresholds[next++];
                }

                int d = (int)((masked[element] - threshold) >> digit.Shift) & last;

                // The last bit of a share follows from its parity: even at the server, odd at the client.
                ulong vector = vectors[element] >> digit.Offset & bits;
                vector |= (Parity(vector) ^ odd) << last;
                l |= TPlace.Less(vector, d, last + 1) << k;
                e |= TPlace.Equal(vector, d, last + 1) << k;
                element++;
            }

            less[word] = l;
            if (!equal.IsEmpty)
            {
                equal[word] = e;
            }
        }
    }

    /// <summary>
    /// The dealer's coefficients: ∏_{i∈U} ε_i for every U of at least two of the digits above the lowest, then for every set S of them but
    /// the full one ⊕_j λ_j·∏_{i&gt;j, i∉S} ε_i over the j below all of S. Sets are numbered with bit i − 1 for digit i.
    /// </summary>
    private static void MultiplyMasks(in BitValue masks, int digits, Span<ulong> coefficients)
    {
        int words = masks.Words;
        int sets = 1 << (digits - 1);
        Span<ulong> products = stackalloc ulong[sets];
        Span<ulong> less = stackalloc ulong[digits];
        for (int word = 0; word < words; word++)
        {
            products[0] = ulong.MaxValue;
            for (int i = 0; i < digits; i++)
            {
                int plane = Math.Max((2 * i) - 1, 0);
                less[i] = masks.First(plane)[word] ^ masks.Second(plane)[word];
                if (i > 0)
                {
                    ulong equal = masks.First(2 * i)[word] ^ masks.Second(2 * i)[word];
                    int half = 1 << (i - 1);
                    for (int set = 0; set < half; set++)
                    {
                        products[half + set] = products[set] & equal;
                    }
                }
            }

            int at = word;
            for (int set = 0; set < sets; set++)
            {
                if (BitOperations.PopCount((uint)set) >= 2)
                {
                    coefficients[at] = products[set];
                    at += words;
                }
            }

            for (int set = 0; set < sets - 1; set++)
            {
                ulong sum = 0;
                for (int j = 0; j <= Lowest(set, digits); j++)
                {
                    sum ^= less[j] & products[Above(j, sets) & ~set];
                }

                coefficients[at] = sum;
                at += words;
            }
        }
    }

    /// <summary>The parties' part: the polynomial's coefficients, given the opened l_i, and its value at the opened e_i.</summary>
    private static void Evaluate<TRole>(in BitValue opened, int digits, ReadOnlySpan<ulong> shared, Span<ulong> sign)
        where TRole : IRole
    {
        int words = opened.Words;
        int sets = 1 << (digits - 1);
        Span<ulong> products = stackalloc ulong[sets];
        Span<ulong> polynomial = stackalloc ulong[sets];
        Span<ulong> less = stackalloc ulong[digits];
        for (int word = 0; word < words; word++)
        {
            // Products of no mask and of one are no one's correlation: 1 is public, and the mask shares are at hand.
            products[0] = TRole.IsClient ? ulong.MaxValue : 0;
            int at = word;
            for (int set = 1; set < sets; set++)
            {
                if (BitOperations.IsPow2(set))
                {
                    products[set] = opened.Second(2 * (BitOperations.Log2((uint)set) + 1))[word];
                }
                else
                {
                    products[set] = shared[at];
                    at += words;
                }
            }

            for (int i = 0; i < digits; i++)
            {
                less[i] = opened.First(Math.Max((2 * i) - 1, 0))[word];
            }

            for (int set = 0; set < sets; set++)
            {
                ulong coefficient;
                if (set < sets - 1)
                {
                    coefficient = shared[at];
                    at += words;
                }
                else
                {
                    coefficient = opened.Second(0)[word];
                }

                for (int j = 0; j <= Lowest(set, digits); j++)
                {
                    coefficient ^= less[j] & products[Above(j, sets) & ~set];
                }

                polynomial[set] = coefficient;
            }

            for (int i = digits - 1; i > 0; i--)
            {
                ulong equal = opened.First(2 * i)[word];
                int half = 1 << (i - 1);
                for (int set = 0; set < half; set++)
                {
                    polynomial[set] ^= equal & polynomial[half + set];
                }
            }

            sign[word] = polynomial[0];
        }
    }

    /// <summary>The digit below the lowest one of a set, the top digit for the empty set.</summary>
    private static int Lowest(int set, int digits) => set == 0 ? digits - 1 : BitOperations.TrailingZeroCount(set);

    /// <summary>The set of all digits above one.</summary>
    private static int Above(int digit, int sets) => (sets - 1) >> digit << digit;

    private static ulong Parity(ulong bits) => (ulong)BitOperations.PopCount(bits) & 1;

    /// <summary>Where a digit lies: its number, its position in the value and that of its unit vector in the word, and its width.</summary>
    private readonly record struct Digit(int Index, int Shift, int Offset, int Width);

    /// <summary>What a share of a mask digit's unit vector says about the digit d of x̂; each answer is a share of a bit.</summary>
    private interface IPlace
    {
        static abstract ulong Less(ulong vector, int d, int size);

        static abstract ulong Equal(ulong vector, int d, int size);
    }

    /// <summary>A digit below the top: whether it borrows, and whether it hands a borrow on.</summary>
    private readonly struct Below : IPlace
    {
        public static ulong Less(ulong vector, int d, int size) => Parity(vector >> d >> 1);

        public static ulong Equal(ulong vector, int d, int size) => vector >> d & 1;
    }

    /// <summary>The top digit: the sign without a borrow, and whether a borrow changes it.</summary>
    private readonly struct Top : IPlace
    {
        // x̂ − r is negative for the half of the circle of masks that lies behind d.
        public static ulong Less(ulong vector, int d, int size)
        {
            ulong turned = (vector >> d) | (vector << (size - d));
            return Parity(turned >> 1 & (ulong.MaxValue >> (64 - (size >> 1))));
        }

        public static ulong Equal(ulong vector, int d, int size)
        {
            int opposite = (d + (size >> 1)) & (size - 1);
            return (vector >> d ^ vector >> opposite) & 1;
        }
    }
}
