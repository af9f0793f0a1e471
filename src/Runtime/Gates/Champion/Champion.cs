using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// The best of g contenders x_0, …, x_{g−1} from the masked comparisons of all pairs: less what the last one has.
/// <para>With D_ij = x_i − x_j and b_ij = 1 where i loses to a later j, contender i wins where it loses to no later one and every earlier one
/// loses to it, so the best is x_{g−1} + Σ_{i&lt;g−1} D_{i,g−1}·∏ of g − 1 bits or their complements; ties go to the first. The masks of those
/// bits are a number ρ &lt; 2^(g−1); the dealer shares its unit vector e_ρ and r·e_ρ, r the mask of D_{i,g−1}, without the entries for 0,
/// which follow from the sum. Since the bits are open up to their masks, the product is the entry whose index complements them, and
/// [D·e] = D̂·[e] − [r·e] is local.</para>
/// <para>Rings: any that holds the differences. Error: none. Flights: none here; the opening that follows is 1. Tape:
/// 2·(g−1)·(2^(g−1) − 1)·⌈m/8⌉ bytes a group. Leakage: nothing is sent; corrections are uniform to the client, and which entry is taken
/// depends on opened bits alone. Source: one-time truth tables (Ishai et al., TCC 2013).</para>
/// </summary>
public static partial class Champion
{
    /// <summary>Σ_{i&lt;g−1} D_{i,g−1}·[i wins] as additive shares.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the corrections.</param>
    /// <param name="bits">Masked bits b_ij, [pairs, groups], pairs in the order (0,1), (0,2), …, (1,2), ….</param>
    /// <param name="differences">Masked D_ij in the same order.</param>
    /// <param name="contenders">g.</param>
    /// <param name="ring">The ring's bits m.</param>
    public static RingValue Choose<TRole>(Run run, in Address at, in BitValue bits, in RingValue differences, int contenders, int ring)
        where TRole : IRole
    {
        int pairs = Pairs(contenders);
        int groups = bits.Count / pairs;
        if (bits.Count != pairs * groups || differences.Count != bits.Count)
        {
            throw new ArgumentException(
                $"{contenders} contenders have {pairs} pairs; there are {bits.Count} comparisons of {differences.Count} differences.",
                nameof(bits));
        }

        int entries = (1 << (contenders - 1)) - 1;
        int size = (contenders - 1) * entries * groups;
        Address second = at with { Inner = 1 };
        ulong[] vectors = TRole.IsDealer ? run.RentCleared(size) : run.Rent(size);
        ulong[] products = TRole.IsDealer ? run.RentCleared(size) : run.Rent(size);
        Span<ulong> e = vectors.AsSpan(0, size);
        Span<ulong> re = products.AsSpan(0, size);
        if (TRole.IsDealer)
        {
            for (int i = 0; i < contenders - 1; i++)
            {
                int difference = Pair(contenders, i, contenders - 1) * groups;
                for (int group = 0; group < groups; group++)
                {
                    int rho = Bits(bits, contenders, i, groups, group, own: false);
                    if (rho > 0)
                    {
                        int entry = (((i * entries) + rho - 1) * groups) + group;
                        e[entry] = 1;
                        re[entry] = differences.First[difference + group] + differences.Second[difference + group];
                    }
                }
            }

            run.Deal(at, e, ring);
            run.Deal(second, re, ring);
            run.Return(vectors);
            run.Return(products);
            return new RingValue(null, null, groups);
        }

        run.Correlation<TRole>(at, e, ring);
        run.Correlation<TRole>(second, re, ring);
        RingValue sum = new(run.RentCleared(groups), null, groups);
        if (!TRole.IsRehearsal)
        {
            Span<ulong> total = sum.First;
            for (int i = 0; i < contenders - 1; i++)
            {
                int difference = Pair(contenders, i, contenders - 1) * groups;
                for (int group = 0; group < groups; group++)
                {
                    // Contender i wins where every bit is 1 once the earlier pairs' are taken as they are and the later ones' complemented.
                    int index = entries & ~Bits(bits, contenders, i, groups, group, own: true);
                    ulong entry = 0;
                    ulong masked = 0;
                    int first = (i * entries * groups) + group;
                    if (index > 0)
                    {
                        entry = e[first + ((index - 1) * groups)];
                        masked = re[first + ((index - 1) * groups)];
                    }
                    else
                    {
                        for (int k = 0; k < entries; k++)
                        {
                            entry -= e[first + (k * groups)];
                            masked -= re[first + (k * groups)];
                        }

                        entry += TRole.IsClient ? 1UL : 0;
                        masked += differences.Second[difference + group];
                    }

                    total[group] += (differences.First[difference + group] * entry) - masked;
                }
            }

            RingKernels.Reduce(total, ring);
        }

        run.Return(vectors);
        run.Return(products);
        return sum;
    }

    /// <summary>
    /// The bits of contender i as a number: at a party b̂ of the earlier pairs and its complement of the later ones, at the dealer the masks.
    /// </summary>
    private static int Bits(in BitValue bits, int contenders, int i, int groups, int group, bool own)
    {
        int number = 0;
        int place = 0;
        for (int other = 0; other < contenders; other++)
        {
            if (other == i)
            {
                continue;
            }

            int at = ((other < i ? Pair(contenders, other, i) : Pair(contenders, i, other)) * groups) + group;
            ulong word = bits.First(0)[at >> 6] ^ (own ? 0 : bits.Second(0)[at >> 6]);
            int bit = (int)(word >> (at & 63)) & 1;
            number |= (own && other > i ? 1 - bit : bit) << place++;
        }

        return number;
    }
}
