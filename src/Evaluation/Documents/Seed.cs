using System;

namespace MPCache.Evaluation.Documents;

/// <summary>
/// What a document is made from: 64 bits, from which further seeds are derived by name and number. A document depends on its seed alone,
/// so that any number of threads may make documents in any order.
/// </summary>
/// <param name="Value">The 64 bits.</param>
public readonly record struct Seed(ulong Value)
{
    /// <summary>The seed of something that belongs to this one.</summary>
    /// <param name="purpose">What for; seeds for different purposes have nothing in common.</param>
    /// <param name="numbers">Which one of these.</param>
    public Seed Derive(string purpose, params ReadOnlySpan<long> numbers)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        ulong state = Mix(Value + 0x9E3779B97F4A7C15);
        foreach (char character in purpose)
        {
            state = Mix(state ^ character);
        }

        // Between name and numbers stands what is no character, so that no number reads as one.
        state = Mix(state ^ 0x1_0000);
        foreach (long number in numbers)
        {
            state = Mix(state ^ (ulong)number);
        }

        return new Seed(state);
    }

    /// <summary>SplitMix64's output function after its increment (Steele, Lea and Flood 2014): a bijection that spreads every bit.</summary>
    internal static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
