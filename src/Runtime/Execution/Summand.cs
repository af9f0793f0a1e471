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
        Strides = new Axes(strides);
    }

    internal RingValue Value { get; }

    internal ulong Factor { get; }

    internal int Start { get; }

    internal Axes Strides { get; }

    internal bool ToShares { get; }
}

/// <summary>A number an axis.</summary>
[InlineArray(Summand.MaximumAxes)]
internal struct Axes
{
    private int first;

    public Axes(ReadOnlySpan<int> numbers)
    {
        if (numbers.Length > Summand.MaximumAxes)
        {
            throw new ArgumentException($"A combination has {numbers.Length} axes; {Summand.MaximumAxes} are the most.", nameof(numbers));
        }

        numbers.CopyTo(this);
    }
}
