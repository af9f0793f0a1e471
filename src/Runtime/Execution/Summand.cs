using System;
using System.Runtime.CompilerServices;

namespace MPCache.Execution;

/// <summary>
/// One summand of a linear combination: a value, walked with a stride an axis, times a public integer. Slices, permutations and
/// repetitions are such walks, so a combination reads through them and never stores them.
/// </summary>
public readonly struct Summand
{
    /// <summary>The most axes a combination may have.</summary>
    public const int MaximumAxes = 6;

    /// <summary>The most summands a combination may have.</summary>
    public const int MaximumSummands = 4;

    /// <summary>factor · value[start + Σ i_k·strides_k].</summary>
    /// <param name="value">The value.</param>
    /// <param name="factor">What it is multiplied by.</param>
    /// <param name="start">Where in it the walk begins.</param>
    /// <param name="strides">Elements from one index of an axis of the combination to the next.</param>
    /// <param name="toShares">
    /// Whether the value is masked where the combination is additive; it counts by its shares, x̂ − r_b at the client and −r_b at the server.
    /// </param>
    /// <exception cref="ArgumentException">More than <see cref="MaximumAxes"/> strides.</exception>
    public Summand(in RingValue value, long factor, int start, ReadOnlySpan<int> strides, bool toShares = false)
    {
        (Value, Factor, Start, ToShares) = (value, (ulong)factor, start, toShares);
        Axes.Take(strides, ref Strides);
    }

    /// <summary>The value.</summary>
    internal readonly RingValue Value;

    /// <summary>What it is multiplied by.</summary>
    internal readonly ulong Factor;

    /// <summary>Where in it the walk begins.</summary>
    internal readonly int Start;

    /// <summary>From one index of an axis to the next.</summary>
    internal readonly Axes Strides;

    /// <summary>Whether it counts by its shares.</summary>
    internal readonly bool ToShares;
}

/// <summary>A number an axis.</summary>
[InlineArray(Summand.MaximumAxes)]
internal struct Axes
{
    private int first;

    /// <summary>Takes numbers one by one: what is read again soon has to be read as it was written.</summary>
    /// <param name="from">The numbers.</param>
    /// <param name="to">Where they go.</param>
    public static void Take(ReadOnlySpan<int> from, ref Axes to)
    {
        if (from.Length > Summand.MaximumAxes)
        {
            Refuse(from.Length);
        }

        for (int i = 0; i < from.Length; i++)
        {
            Unsafe.Add(ref to.first, i) = from[i];
        }
    }

    private static void Refuse(int axes) =>
        throw new ArgumentException($"A combination has {axes} axes; {Summand.MaximumAxes} are the most.");
}
