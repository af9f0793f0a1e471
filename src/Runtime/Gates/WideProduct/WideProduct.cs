using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Products in a larger ring than an operand lies in, without opening its extension first.
/// <para>With v = x̂ + 2^(m−2) mod 2^m, R the mask as an integer and μ its top bit, x = a − E over the integers for the public
/// a = v − 2^(m−2) and E = R − 2^m·c·μ, c = 1 − msb v. <see cref="Extend"/> gives [x] in Z_2^M. An element-wise product with y of Z_2^M is
/// x·y = [x]·ŷ − a·[r_y] + [R·r_y] − 2^m·c·[μ·r_y]; a square is x² = 2a·[x] − a² + [R²] − 2^(m+1)·c·[R·μ] + 2^(2m)·c·[μ], of which sums need
/// R² only summed.</para>
/// <para>Rings: Z_2^m, m ≥ 2, to Z_2^M, m &lt; M ≤ 64, as an additive share. Precondition: −2^(m−2) ≤ x &lt; 2^(m−2). Error: none. Flights:
/// none here; the opening that follows is 1, and the extension's is saved. Tape, besides the extension's: ⌈M/8⌉ + ⌈(M−m)/8⌉ bytes a product;
/// ⌈M/8⌉ bytes a sum, and ⌈(M−m−1)/8⌉ + ⌈(M−2m)/8⌉ bytes a square, where positive. Leakage: nothing is sent; the corrections are uniform to
/// the client. Source: this project's, from the products and the extension of masked values.</para>
/// </summary>
public static partial class WideProduct
{
    /// <summary>The element-wise product as an additive share in Z_2^M.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the correlations.</param>
    /// <param name="extended">x in Z_2^M, as <see cref="Extend.Start"/> gives it.</param>
    /// <param name="x">Masked value in Z_2^m.</param>
    /// <param name="y">Masked value in Z_2^M with as many elements.</param>
    /// <param name="from">The smaller ring's bits m.</param>
    /// <param name="to">The larger ring's bits M.</param>
    public static RingValue Multiply<TRole>(
        Run run, in Address at, in RingValue extended, in RingValue x, in RingValue y, int from, int to)
        where TRole : IRole
    {
        int count = x.Count;
        Address second = at with { Inner = 1 };
        ulong[] rented = run.Rent(count);
        Span<ulong> top = rented.AsSpan(0, count);
        if (TRole.IsDealer)
        {
            ulong[] products = run.Rent(count);
            Span<ulong> whole = products.AsSpan(0, count);
            ulong modulus = RingWord.Mask(from);
            for (int i = 0; i < count; i++)
            {
                ulong mask = (x.First[i] + x.Second[i]) & modulus;
                ulong other = y.First[i] + y.Second[i];
                whole[i] = mask * other;
                top[i] = other & (0 - (mask >> (from - 1)));
            }

            run.Deal(at, whole, to);
            run.Deal(second, top, to - from);
            run.Return(products);
            run.Return(rented);
            return new RingValue(null, null, count);
        }

        RingValue share = new(run.Rent(count), null, count);
        run.Correlation<TRole>(at, share.First, to);
        run.Correlation<TRole>(second, top, to - from);
        if (!TRole.IsRehearsal)
        {
            ReadOnlySpan<ulong> masked = x.First;
            ReadOnlySpan<ulong> own = extended.First;
            ReadOnlySpan<ulong> factor = y.First;
            ReadOnlySpan<ulong> mask = y.Second;
            Span<ulong> z = share.First;
            for (int i = 0; i < count; i++)
            {
                (ulong a, ulong c) = Open(masked[i], from);
                z[i] += (own[i] * factor[i]) - (a * mask[i]) - ((c * top[i]) << from);
            }

            RingKernels.Reduce(z, to);
        }

        run.Return(rented);
        return share;
    }

    /// <summary>Sums of squares of consecutive elements as an additive share in Z_2^M.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the correlations.</param>
    /// <param name="extended">x in Z_2^M, as <see cref="Extend.Start"/> gives it.</param>
    /// <param name="x">Masked value in Z_2^m, [sums, elements].</param>
    /// <param name="sums">How many sums.</param>
    /// <param name="from">The smaller ring's bits m.</param>
    /// <param name="to">The larger ring's bits M.</param>
    public static RingValue Squares<TRole>(Run run, in Address at, in RingValue extended, in RingValue x, int sums, int from, int to)
        where TRole : IRole
    {
        int count = x.Count;
        int inner = count / sums;
        (int mixedRing, int topRing) = SquareRings(from, to);
        Address second = at with { Inner = 1 };
        Address third = at with { Inner = 2 };
        ulong[] rented = run.RentCleared(2 * count);
        Span<ulong> mixed = rented.AsSpan(0, count);
        Span<ulong> top = rented.AsSpan(count, count);
        RingValue share = new(run.RentCleared(sums), null, sums);
        Span<ulong> z = share.First;
        if (TRole.IsDealer)
        {
            ulong modulus = RingWord.Mask(from);
            for (int i = 0; i < count; i++)
            {
                ulong mask = (x.First[i] + x.Second[i]) & modulus;
                z[i / inner] += mask * mask;
                top[i] = mask >> (from - 1);
                mixed[i] = mask & (0 - top[i]);
            }

            run.Deal(at, z, to);
            run.Return(share.A);
            share = new RingValue(null, null, sums);
        }
        else
        {
            run.Correlation<TRole>(at, z, to);
        }

        Part<TRole>(run, second, mixed, mixedRing);
        Part<TRole>(run, third, top, topRing);
        if (!TRole.IsDealer && !TRole.IsRehearsal)
        {
            ReadOnlySpan<ulong> masked = x.First;
            ReadOnlySpan<ulong> own = extended.First;
            for (int i = 0; i < count; i++)
            {
                (ulong a, ulong c) = Open(masked[i], from);
                ulong square = TRole.IsClient ? a * a : 0;
                z[i / inner] += (2 * a * own[i]) - square - ((c * mixed[i]) << (from + 1)) + (topRing > 0 ? (c * top[i]) << (2 * from) : 0);
            }

            RingKernels.Reduce(z, to);
        }

        run.Return(rented);
        return share;
    }

    private static void Part<TRole>(Run run, in Address at, Span<ulong> values, int ring)
        where TRole : IRole
    {
        if (ring == 0)
        {
            return;
        }

        if (TRole.IsDealer)
        {
            run.Deal(at, values, ring);
        }
        else
        {
            run.Correlation<TRole>(at, values, ring);
        }
    }

    /// <summary>What is public of x = a − R + 2^m·c·μ.</summary>
    private static (ulong A, ulong C) Open(ulong masked, int from)
    {
        ulong half = 1UL << (from - 2);
        ulong shifted = (masked + half) & RingWord.Mask(from);
        return (shifted - half, 1 - (shifted >> (from - 1)));
    }
}
