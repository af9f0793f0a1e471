using System;
using System.Numerics;
using MPCache.Execution;
using MPCache.Randomness;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// The sign of x − threshold for a masked x, for one or several public thresholds; 1 where negative.
/// <para>x̂ and its mask are split into D digits. Per digit i below the top one, the mask digit's unit vector gives shares of
/// l_i = [x̂_i &lt; r_i] and e_i = [x̂_i = r_i]; the top digit gives the sign without a borrow, A, and C = A ⊕ (the sign with one). With
/// borrow_(i+1) = l_i ⊕ e_i·borrow_i the sign is A ⊕ C·borrow. All these bits are opened under mask bits; the sign is a polynomial in the
/// opened bits whose coefficients, products of mask bits, the dealer shares.</para>
/// <para>Ring: m ≤ 40. Precondition: |x − threshold| &lt; 2^(m−1). Error: none. Flights: 1 for the digits' bits, 1 for the sign (with one digit the
/// first suffices). Online: 2D − 1 bits, then 1, each way, an element and threshold. Tape: Σ(2^w − 1) bits an element and
/// 2^D − D − 1 an element and threshold. Leakage: opened bits are masked by fresh uniform bits each; unit vectors and coefficients are
/// uniform to the client. Source: one-time truth tables (Ishai et al., TCC 2013) with masked-bit polynomials (Damgård et al., TinyTable, CRYPTO
/// 2017); early digits as in Garay, Schoenmakers and Villegas (PKC 2007).</para>
/// </summary>
public static partial class Compare
{
    /// <summary>
    /// XOR shares of the digits' bits for each threshold: planes A, C, l_0 … l_(D−2), e_1 … e_(D−2), elements ordered [threshold, element].
    /// </summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the unit vectors.</param>
    /// <param name="x">Masked value.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <param name="thresholds">Public raw thresholds.</param>
    public static BitValue Digits<TRole>(Run run, in Address at, in RingValue x, int ring, ReadOnlySpan<long> thresholds)
        where TRole : IRole
    {
        int[] widths = Digits(ring);
        int digits = widths.Length;
        int planes = (2 * digits) - 1;
        int count = x.Count;
        ulong[]?[] vectors = new ulong[]?[digits];
        ulong[] maskDigits = TRole.IsDealer ? run.Rent(count) : [];
        for (int d = 0, shift = 0; d < digits; shift += widths[d], d++)
        {
            if (TRole.IsDealer)
            {
                UnitVectors.MaskDigits(x, ring, shift, widths[d], maskDigits.AsSpan(0, count));
            }

            vectors[d] = UnitVectors.Shares<TRole>(
                run, at with { Inner = (ushort)(2 * d) }, maskDigits.AsSpan(0, TRole.IsDealer ? count : 0), count, widths[d]);
        }

        BitValue bits = new(null, null, planes, count * thresholds.Length);
        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            run.Return(maskDigits);
        }
        else
        {
            bits = bits with { A = run.RentCleared(planes * bits.Words) };
            for (int t = 0; t < thresholds.Length; t++)
            {
                Evaluate(x.First, (ulong)thresholds[t], RingWord.Mask(ring), widths, vectors!, bits, t * count);
            }
        }

        foreach (ulong[]? vector in vectors)
        {
            run.Return(vector);
        }

        return bits;
    }

    /// <summary>An XOR share of the sign from the opened bits.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the coefficients.</param>
    /// <param name="opened">The opened bits of <see cref="Digits{TRole}"/>.</param>
    /// <param name="ring">The ring's bits m.</param>
    public static BitValue Combine<TRole>(Run run, in Address at, in BitValue opened, int ring)
        where TRole : IRole
    {
        int digits = Digits(ring).Length;
        int words = opened.Words;
        int full = (1 << (digits - 1)) - 1;
        int planes = Coefficients(digits);
        ulong[] coefficients = run.Rent(planes * words);
        Span<ulong> dealt = coefficients.AsSpan(0, planes * words);
        if (TRole.IsDealer)
        {
            DealCoefficients(opened, digits, dealt);
            run.DealPlanes(at, dealt, planes, opened.Count);
            run.Return(coefficients);
            return new BitValue(null, null, 1, opened.Count);
        }

        run.CorrelationPlanes<TRole>(at, dealt, planes, opened.Count);
        BitValue sign = new(run.Rent(words), null, 1, opened.Count);
        if (TRole.IsRehearsal)
        {
            run.Return(coefficients);
            return sign;
        }

        // Where a coefficient stands among the dealt planes: products of two or more masks, then the sums for each set of opened bits.
        Span<int> productPlane = stackalloc int[1 << (digits - 1)];
        Span<int> sumPlane = stackalloc int[1 << (digits - 1)];
        int next = 0;
        for (int set = 0; set <= full; set++)
        {
            productPlane[set] = BitOperations.PopCount((uint)set) >= 2 ? next++ : -1;
        }

        for (int set = 0; set <= full; set++)
        {
            sumPlane[set] = set != full ? next++ : -1;
        }

        Span<ulong> products = stackalloc ulong[1 << (digits - 1)];
        ulong one = TRole.IsClient ? ulong.MaxValue : 0;
        for (int w = 0; w < words; w++)
        {
            ulong sum = opened.Second(0)[w] ^ (opened.First(0)[w] & one);
            products[0] = ulong.MaxValue;
            for (int set = 1; set <= full; set++)
            {
                int lowest = BitOperations.TrailingZeroCount(set);
                products[set] = products[set & (set - 1)] & opened.First(EqualPlane(digits, lowest + 1))[w];
            }

            for (int j = 0; j < digits - 1; j++)
            {
                ulong less = opened.First(2 + j)[w];
                int chain = full & ~((1 << j) - 1);
                ulong inner = 0;
                // Every subset of the chain above digit j as the masked part; the rest is open.
                for (int masked = chain; ; masked = (masked - 1) & chain)
                {
                    ulong coefficient = masked == 0 ? one
                        : productPlane[masked] >= 0 ? dealt[(productPlane[masked] * words) + w]
                        : opened.Second(EqualPlane(digits, BitOperations.TrailingZeroCount(masked) + 1))[w];
                    inner ^= products[chain & ~masked] & coefficient;
                    if (masked == 0)
                    {
                        break;
                    }
                }

                sum ^= inner & less;
            }

            for (int set = 0; set <= full; set++)
            {
                ulong coefficient = set == full ? opened.Second(2)[w] : dealt[(sumPlane[set] * words) + w];
                sum ^= products[set] & coefficient;
            }

            sign.A![w] = sum;
        }

        run.Return(coefficients);
        return sign;
    }

    /// <summary>The plane of e_i; e_(D−1) is C.</summary>
    private static int EqualPlane(int digits, int i) => i == digits - 1 ? 1 : 2 + (digits - 1) + (i - 1);

    private static void Evaluate(
        ReadOnlySpan<ulong> masked, ulong threshold, ulong modulus, int[] widths, ulong[][] vectors, in BitValue bits, int offset)
    {
        int digits = widths.Length;
        int top = digits - 1;
        int words = bits.Words;
        Span<ulong> planes = bits.A;
        for (int i = 0; i < masked.Length; i++)
        {
            ulong value = (masked[i] - threshold) & modulus;
            int word = (offset + i) >> 6;
            int bit = (offset + i) & 63;
            for (int d = 0; d < top; d++)
            {
                int digit = (int)(value & ((1UL << widths[d]) - 1));
                value >>= widths[d];
                ulong vector = vectors[d][i];
                planes[((2 + d) * words) + word] |= ((ulong)BitOperations.PopCount(vector >> digit >> 1) & 1) << bit;
                if (d > 0)
                {
                    planes[(EqualPlane(digits, d) * words) + word] |= ((vector >> digit) & 1) << bit;
                }
            }

            int width = widths[top];
            int size = 1 << width;
            int last = (int)value;
            ulong high = vectors[top][i];
            // Negative for the mask digits x̂ + 1 … x̂ + 2^(w−1), cyclically.
            ulong turned = ((high >> last) | (high << (size - last))) >> 1;
            ulong wrapped = (turned | (((high >> last) & 1) << (size - 1))) & ((1UL << (size / 2)) - 1);
            planes[word] |= ((ulong)BitOperations.PopCount(wrapped) & 1) << bit;
            if (digits > 1)
            {
                ulong borrow = (high >> last) ^ (high >> ((last + (size / 2)) & (size - 1)));
                planes[words + word] |= (borrow & 1) << bit;
            }
        }
    }

    /// <summary>The coefficients that are no single mask bit, in the order in which <see cref="Combine{TRole}"/> finds them.</summary>
    private static void DealCoefficients(in BitValue masks, int digits, Span<ulong> planes)
    {
        int words = masks.Words;
        int full = (1 << (digits - 1)) - 1;
        ulong[] products = new ulong[1 << (digits - 1)];
        for (int w = 0; w < words; w++)
        {
            products[0] = ulong.MaxValue;
            for (int set = 1; set <= full; set++)
            {
                int plane = EqualPlane(digits, BitOperations.TrailingZeroCount(set) + 1);
                products[set] = products[set & (set - 1)] & (masks.First(plane)[w] ^ masks.Second(plane)[w]);
            }

            int next = 0;
            for (int set = 0; set <= full; set++)
            {
                if (BitOperations.PopCount((uint)set) >= 2)
                {
                    planes[(next++ * words) + w] = products[set];
                }
            }

            for (int set = 0; set < full; set++)
            {
                ulong sum = 0;
                int below = set == 0 ? digits - 2 : BitOperations.TrailingZeroCount(set);
                for (int j = 0; j <= below; j++)
                {
                    int chain = full & ~((1 << j) - 1);
                    sum ^= products[chain & ~set] & (masks.First(2 + j)[w] ^ masks.Second(2 + j)[w]);
                }

                planes[(next++ * words) + w] = sum;
            }
        }
    }
}
