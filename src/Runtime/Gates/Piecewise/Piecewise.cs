using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MPCache.Execution;
using MPCache.FixedPoint;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// A piecewise polynomial f of a masked x ≥ 0 with x̂ = x + r. The high digit d = (x̂_h − r_h) mod 2^w selects the piece; the integer
/// δ = x̂_l − r_l is known to nobody, so the polynomial is expanded around x̂_l: f = Σ_i r_l^i · T_i[d] with
/// T_i[d] = (−1)^i Σ_{k≥i} C(k,i)·A_k[d]·x̂_l^(k−i), a public table once x̂ is open.
/// <para>The parties look u_i = s·T_i up (right up to a sign s that the dealer knows), open û_i = u_i + r_u,i, and
/// z = Σ û_i·[s·r_l^i] − [Σ s·r_l^i·r_u,i]. T_i is linear in the A_k, so δ+1 table sums serve every i.</para>
/// <para>Rings: x in LowBits + HighBits bits, result in Z_2^m with the table's fraction bits. Precondition: x below
/// 2^LowBits·(2^w − 1). Error: the table's. Flights: 1 for û, 1 for the opening that follows. Online: (degree + 1)·⌈m/8⌉ bytes, then
/// those of the opening, each way. Tape: 2^w − 1 bits and (degree + 2)·⌈m/8⌉ bytes. Leakage: all openings are uniform; unit vectors and corrections are
/// uniform to the client. Source: one-time truth tables (Ishai et al., TCC 2013); the expansion around the masked digit is this
/// project's.</para>
/// </summary>
public static partial class Piecewise
{
    /// <summary>What <see cref="Turn"/> makes of a table, once for as long as the table lives.</summary>
    private static readonly ConditionalWeakTable<PiecewiseTable, ulong[]> Turned = [];

    /// <summary>Looks the expanded coefficients up: additive shares [degree + 1, elements], to be opened without truncation.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the unit vectors.</param>
    /// <param name="x">The masked argument, counted from the table's lowest input.</param>
    /// <param name="table">The fitted pieces.</param>
    /// <param name="ring">The result's ring m.</param>
    public static RingValue Lookup<TRole>(Run run, in Address at, in RingValue x, PiecewiseTable table, int ring)
        where TRole : IRole
    {
        int count = x.Count;
        int terms = table.Degree + 1;
        int bits = table.LowBits + table.HighBits;
        if (TRole.IsDealer)
        {
            ulong[] digits = run.Rent(count);
            // Signs take the first plane of as many elements as the value has.
            RingValue signs = new(null, run.RentCleared(terms * count), terms * count);
            UnitVectors.MaskDigits(x, bits, table.LowBits, table.HighBits, digits.AsSpan(0, count));
            ulong[] clientShares = UnitVectors.Shares<TRole>(run, at, digits.AsSpan(0, count), count, table.HighBits)!;
            UnitVectors.Signs(clientShares, digits.AsSpan(0, count), signs.Second[..count]);
            run.Return(clientShares);
            run.Return(digits);
            return signs;
        }

        RingValue share = new(run.Rent(terms * count), null, terms * count);
        ulong[]? vectors = UnitVectors.Shares<TRole>(run, at, default, count, table.HighBits);
        if (vectors is null)
        {
            return share;
        }

        ulong result = RingWord.Mask(ring);
        ulong lowMask = RingWord.Mask(table.LowBits);
        int size = 1 << table.HighBits;
        ReadOnlySpan<ulong> turned = Turned.GetValue(table, Turn);
        ReadOnlySpan<ulong> masked = x.First;
        Span<ulong> target = share.First;
        Span<ulong> sums = stackalloc ulong[terms];
        for (int i = 0; i < count; i++)
        {
            int high = (int)(masked[i] >> table.LowBits);
            ulong low = masked[i] & lowMask;
            MaskedSums(turned[(size - high)..], size, vectors.AsSpan(i), count, sums);
            if (TRole.IsClient)
            {
                RingKernels.Negate(sums, sums);
            }

            // T_i = (−1)^i · the i-th Taylor coefficient at x̂_l, by repeated synthetic division.
            for (int term = 0; term < terms; term++)
            {
                for (int k = terms - 2; k >= term; k--)
                {
                    sums[k] += sums[k + 1] * low;
                }

                target[(term * count) + i] = ((term & 1) == 0 ? sums[term] : 0 - sums[term]) & result;
            }
        }

        run.Return(vectors);
        return share;
    }

    /// <summary>Combines the opened coefficients with the powers of the mask's low digit: an additive share of f.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the corrections.</param>
    /// <param name="lookup">What <see cref="Lookup"/> gave; at the dealer it holds the signs.</param>
    /// <param name="opened">The opened lookup.</param>
    /// <param name="x">The masked argument.</param>
    /// <param name="table">The fitted pieces.</param>
    /// <param name="ring">The result's ring m.</param>
    public static RingValue Combine<TRole>(
        Run run, in Address at, in RingValue lookup, in RingValue opened, in RingValue x, PiecewiseTable table, int ring)
        where TRole : IRole
    {
        int count = x.Count;
        int terms = table.Degree + 1;
        Address sumAt = at with { Inner = 1 };
        ulong[] powers = run.Rent(terms * count);
        if (TRole.IsDealer)
        {
            ulong[] digits = run.Rent(count);
            ulong[] correction = run.RentCleared(count);
            UnitVectors.MaskDigits(x, table.LowBits + table.HighBits, 0, table.LowBits, digits.AsSpan(0, count));
            lookup.Second[..count].CopyTo(powers);
            ReadOnlySpan<ulong> first = opened.First;
            ReadOnlySpan<ulong> second = opened.Second;
            for (int term = 0; term < terms; term++)
            {
                Span<ulong> power = powers.AsSpan(term * count, count);
                if (term > 0)
                {
                    RingKernels.Multiply(powers.AsSpan((term - 1) * count, count), digits.AsSpan(0, count), power);
                }

                for (int i = 0; i < count; i++)
                {
                    correction[i] -= power[i] * (first[(term * count) + i] + second[(term * count) + i]);
                }
            }

            run.Deal(at, powers.AsSpan(0, terms * count), ring);
            run.Return(powers);
            run.Return(digits);
            run.Deal(sumAt, correction.AsSpan(0, count), ring);
            run.Return(correction);
            return new RingValue(null, null, count);
        }

        RingValue share = new(run.Rent(count), null, count);
        run.Correlation<TRole>(at, powers.AsSpan(0, terms * count), ring);
        run.Correlation<TRole>(sumAt, share.First, ring);
        if (!TRole.IsRehearsal)
        {
            for (int term = 0; term < terms; term++)
            {
                RingKernels.MultiplyAdd(opened.First.Slice(term * count, count), powers.AsSpan(term * count, count), share.First);
            }

            RingKernels.Reduce(share.First, ring);
        }

        run.Return(powers);
        return share;
    }

    /// <summary>
    /// Every coefficient's table backwards and twice in a row, so that A_k[(high − j) mod 2^w] for j = 0, 1, … are one window of it, which
    /// starts at 2^w − high.
    /// </summary>
    private static ulong[] Turn(PiecewiseTable table)
    {
        int size = 1 << table.HighBits;
        ulong[] turned = new ulong[2 * size * (table.Degree + 1)];
        for (int k = 0; k <= table.Degree; k++)
        {
            long[] coefficients = table.Coefficients[k];
            for (int j = 0; j < 2 * size; j++)
            {
                turned[(2 * size * k) + j] = (ulong)coefficients[-j & (size - 1)];
            }
        }

        return turned;
    }

    /// <summary>
    /// Of every table Σ window[j] over the ones of a vector, whose words lie <paramref name="stride"/> apart; in time that does not depend
    /// on it.
    /// </summary>
    /// <param name="windows">The tables, each of <paramref name="size"/> entries twice in a row; the first entry of the first one's window.</param>
    /// <param name="size">Entries of a window.</param>
    /// <param name="vector">The vector's words.</param>
    /// <param name="stride">From one of them to the next.</param>
    /// <param name="sums">Receives a sum a table.</param>
    private static void MaskedSums(ReadOnlySpan<ulong> windows, int size, ReadOnlySpan<ulong> vector, int stride, Span<ulong> sums)
    {
        int table = 2 * size;

        // Quadratic pieces are what nearly every function takes: each test of a bit serves their three tables.
        if (sums.Length == 3 && size >= Vector512<ulong>.Count)
        {
            (sums[0], sums[1], sums[2]) = MaskedSums(
                windows[..size], windows.Slice(table, size), windows.Slice(2 * table, size), vector, stride);
            return;
        }

        for (int k = 0; k < sums.Length; k++)
        {
            sums[k] = MaskedSum(windows.Slice(k * table, size), vector, stride);
        }
    }

    private static (ulong First, ulong Second, ulong Third) MaskedSums(
        ReadOnlySpan<ulong> first, ReadOnlySpan<ulong> second, ReadOnlySpan<ulong> third, ReadOnlySpan<ulong> vector, int stride)
    {
        Vector512<ulong> lanes = Vector512.Create(1UL, 2, 4, 8, 16, 32, 64, 128);
        Vector512<ulong> a = Vector512<ulong>.Zero;
        Vector512<ulong> b = Vector512<ulong>.Zero;
        Vector512<ulong> c = Vector512<ulong>.Zero;
        for (int start = 0; start < first.Length; start += 64)
        {
            Vector512<ulong> word = Vector512.Create(vector[(start >> 6) * stride]);
            Vector512<ulong> lane = lanes;
            int end = Math.Min(start + 64, first.Length);
            for (int j = start; j < end; j += Vector512<ulong>.Count)
            {
                Vector512<ulong> chosen = Vector512.Equals(word & lane, lane);
                a += chosen & Vector512.Create(first[j..]);
                b += chosen & Vector512.Create(second[j..]);
                c += chosen & Vector512.Create(third[j..]);
                lane <<= 8;
            }
        }

        return (Vector512.Sum(a), Vector512.Sum(b), Vector512.Sum(c));
    }

    /// <summary>
    /// Σ window[j] over the ones of a vector, whose words lie <paramref name="stride"/> apart; in time that does not depend on it.
    /// </summary>
    private static ulong MaskedSum(ReadOnlySpan<ulong> window, ReadOnlySpan<ulong> vector, int stride)
    {
        int lanes = Vector512<ulong>.Count;
        ulong sum = 0;
        int j = 0;
        if (window.Length >= lanes)
        {
            Vector512<ulong> lane = Vector512.Create(1UL, 2, 4, 8, 16, 32, 64, 128);
            Vector512<ulong> sums = Vector512<ulong>.Zero;
            for (; j < window.Length; j += lanes)
            {
                Vector512<ulong> bits = Vector512.Create(vector[(j >> 6) * stride] >> (j & 63)) & lane;
                sums += Vector512.Equals(bits, lane) & Vector512.Create(window[j..]);
            }

            return Vector512.Sum(sums);
        }

        for (; j < window.Length; j++)
        {
            sum += window[j] & (0 - (vector[0] >> j & 1));
        }

        return sum;
    }
}
