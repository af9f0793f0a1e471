using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// b·x of a masked bit b̂ = b ⊕ ρ and a masked row of values x̂ = x + r.
/// <para>[b·x] = b̂·x̂ − b̂·[r] + (1 − 2b̂)·([ρ]·x̂ − [ρ·r]), with [ρ] and [ρ·r] dealt.</para>
/// <para>Ring: any. Error: none. Flights: none here; the opening that follows is 1. Tape: (d + 1)·⌈m/8⌉ bytes a row of d elements.
/// Leakage: nothing is sent; corrections are uniform to the client. Source: Damgård et al., TinyTable (CRYPTO 2017).</para>
/// </summary>
public static partial class Select
{
    /// <summary>The products as additive shares.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the corrections.</param>
    /// <param name="bit">One masked bit a row.</param>
    /// <param name="x">Masked rows.</param>
    /// <param name="rowSize">Elements a row.</param>
    /// <param name="ring">The ring's bits m.</param>
    public static RingValue Choose<TRole>(Run run, in Address at, in BitValue bit, in RingValue x, int rowSize, int ring)
        where TRole : IRole
    {
        int count = x.Count;
        int rows = bit.Count;
        Address second = at with { Inner = 1 };
        ulong[] mask = run.Rent(rows);
        ulong[] products = run.Rent(count);
        Span<ulong> rho = mask.AsSpan(0, rows);
        Span<ulong> share = products.AsSpan(0, count);
        if (TRole.IsDealer)
        {
            Unpack(bit.First(0), bit.Second(0), rho);
            RingKernels.Add(x.First, x.Second, share);
            for (int row = 0; row < rows; row++)
            {
                RingKernels.MultiplyConstant(share.Slice(row * rowSize, rowSize), rho[row], share.Slice(row * rowSize, rowSize));
            }

            run.Deal(at, rho, ring);
            run.Deal(second, share, ring);
            run.Return(mask);
            run.Return(products);
            return new RingValue(null, null, count);
        }

        run.Correlation<TRole>(at, rho, ring);
        run.Correlation<TRole>(second, share, ring);
        if (!TRole.IsRehearsal)
        {
            ReadOnlySpan<ulong> bits = bit.First(0);
            ReadOnlySpan<ulong> opened = x.First;
            ReadOnlySpan<ulong> own = x.Second;
            for (int row = 0; row < rows; row++)
            {
                ulong set = 0 - ((bits[row >> 6] >> (row & 63)) & 1);
                ulong maskShare = rho[row];
                for (int i = row * rowSize; i < (row + 1) * rowSize; i++)
                {
                    ulong crossed = (maskShare * opened[i]) - share[i];
                    ulong chosen = (TRole.IsClient ? opened[i] : 0) - own[i];
                    share[i] = set == 0 ? crossed : chosen - crossed;
                }
            }

            RingKernels.Reduce(share, ring);
        }

        run.Return(mask);
        return new RingValue(products, null, count);
    }

    /// <summary>The bits of two planes, XORed, as a word each.</summary>
    internal static void Unpack(ReadOnlySpan<ulong> first, ReadOnlySpan<ulong> second, Span<ulong> bits)
    {
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = ((first[i >> 6] ^ second[i >> 6]) >> (i & 63)) & 1;
        }
    }
}
