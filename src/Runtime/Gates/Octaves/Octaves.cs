using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// A positive value under every power of four that it may have: the pieces of a function of a wide range. Of x, y_j = x·4^(p−j) for each j
/// of a range; the one with 4^p ≤ y_j &lt; 4^(p+1) is x normalised, and a function f(y)·power^(−j) is looked up for all of them at once while x
/// is compared with the powers of four. What is looked up for the others is an arbitrary element of the ring, which no comparison chooses.
/// <para>Rings: x in Z_2^m; y_j in Z_2^k, less 4^p, under a mask of the dealer's alone. Error: below one unit of y_j's last place. Flights:
/// none. Tape: none. Leakage: nothing is sent; x̂ is public and uniform. Source: the truncation of Gupta et al., SIGMA (PETS 2024); deciding
/// the octave beside the look-ups rather than before them is this project's.</para>
/// </summary>
public static class Octaves
{
    /// <summary>y_j − 4^p for each octave, [octaves, elements], for a lookup.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">Masked value.</param>
    /// <param name="ring">Its ring's bits m.</param>
    /// <param name="first">The lowest octave j.</param>
    /// <param name="octaves">How many.</param>
    /// <param name="point">Bits 2p of the fraction of y.</param>
    /// <param name="kept">Bits k of the results' ring.</param>
    public static RingValue Spread<TRole>(Run run, in RingValue x, int ring, int first, int octaves, int point, int kept)
        where TRole : IRole
    {
        int count = x.Count;
        RingValue spread = new(run.Rent(octaves * count), run.RentCleared(octaves * count), octaves * count);
        ulong modulus = RingWord.Mask(ring);
        ulong result = RingWord.Mask(kept);
        ulong start = TRole.IsDealer ? 0 : 1UL << point;
        ReadOnlySpan<ulong> value = x.First;
        ReadOnlySpan<ulong> second = x.Second;
        for (int octave = 0; octave < octaves; octave++)
        {
            int shift = (2 * (first + octave)) - point;
            Span<ulong> target = spread.First.Slice(octave * count, count);
            for (int i = 0; i < count; i++)
            {
                ulong word = (TRole.IsDealer ? value[i] + second[i] : value[i]) & modulus;
                target[i] = ((shift >= 0 ? word >> shift : word << -shift) - start) & result;
            }
        }

        return spread;
    }

    /// <summary>
    /// What each comparison changes: of values z_j lifted by power^(last − j), the differences of neighbours, [octaves − 1, elements].
    /// </summary>
    /// <param name="run">The call.</param>
    /// <param name="z">Masked values, [octaves, elements].</param>
    /// <param name="octaves">How many.</param>
    /// <param name="power">The power's binary logarithm.</param>
    /// <param name="ring">The ring's bits.</param>
    public static RingValue Steps(Run run, in RingValue z, int octaves, int power, int ring)
    {
        int count = z.Count / octaves;
        return new RingValue(Step(run, z.First, z.A, octaves, count, power, ring), Step(run, z.Second, z.B, octaves, count, power, ring),
            (octaves - 1) * count);
    }

    private static ulong[]? Step(Run run, ReadOnlySpan<ulong> z, ulong[]? present, int octaves, int count, int power, int ring)
    {
        if (present is null)
        {
            return null;
        }

        ulong[] steps = run.Rent((octaves - 1) * count);
        ulong mask = RingWord.Mask(ring);
        for (int octave = 0; octave < octaves - 1; octave++)
        {
            int lift = power * (octaves - 2 - octave);
            for (int i = 0; i < count; i++)
            {
                int at = (octave * count) + i;
                steps[at] = (Shift(z[at], lift + power) - Shift(z[at + count], lift)) & mask;
            }
        }

        return steps;
    }

    private static ulong Shift(ulong value, int bits) => bits < RingWord.MaximumRing ? value << bits : 0;
}
