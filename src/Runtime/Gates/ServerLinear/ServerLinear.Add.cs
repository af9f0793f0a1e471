using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <content>Sums with what the server knows: it adds to its share, and nobody else does anything.</content>
public static partial class ServerLinear
{
    /// <summary>
    /// y[i] = x[i] + w[i mod count]·2^lift, of an additive share. Error: none. Flights, online bytes and tape: none.
    /// <para>Leakage: the sum is covered by the mask of the opening that follows, as x alone would be.</para>
    /// </summary>
    /// <param name="run">The call.</param>
    /// <param name="x">Additive share, a multiple of <paramref name="count"/> elements.</param>
    /// <param name="w">The weights.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many; they repeat along x.</param>
    /// <param name="lift">Fraction bits that x has beyond the weights.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">The weights do not repeat along the value, or there are fewer.</exception>
    public static RingValue Add<TRole>(Run run, in RingValue x, ResidentTensor w, int first, int count, int lift, int ring)
        where TRole : IRole
    {
        if (first < 0 || count < 1 || first > Layout.Count(w.Shape) - count || x.Count % count != 0)
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"Weights {first} to {first + count - 1} of {Layout.Count(w.Shape)} do not repeat along {x.Count} elements."),
                nameof(count));
        }

        RingValue sum = Local.Copy(run, x);
        if (!TRole.IsServer)
        {
            return sum;
        }

        ReadOnlySpan<short> weights = w.Weights.AsSpan(first, count);
        Span<ulong> own = sum.First;
        for (int i = 0; i < own.Length; i += count)
        {
            for (int j = 0; j < count; j++)
            {
                own[i + j] += (ulong)(long)weights[j] << lift;
            }
        }

        RingKernels.Reduce(own, ring);
        return sum;
    }
}
