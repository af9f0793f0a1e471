using System;
using System.Numerics;

namespace MPCache.Evaluation.Documents;

/// <summary>
/// Choices that follow from a seed: xoshiro256** (Blackman and Vigna 2018). Written out here because a document must be the same under
/// every version of .NET. It is not for secrets.
/// </summary>
public sealed class SeededRandom
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>Starts the stream of a seed.</summary>
    /// <param name="seed">The seed.</param>
    public SeededRandom(Seed seed)
    {
        _a = Seed.Mix(seed.Value);
        _b = Seed.Mix(_a);
        _c = Seed.Mix(_b);
        _d = Seed.Mix(_c);
    }

    /// <summary>A number in [0, bound). Its bias is below bound / 2⁶⁴.</summary>
    /// <param name="bound">The bound, at least 1.</param>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)Math.BigMul(NextBits(), (ulong)bound, out _);
    }

    /// <summary>A number in [low, high], both included.</summary>
    /// <param name="low">The smallest.</param>
    /// <param name="high">The largest, at least <paramref name="low"/>.</param>
    public int Between(int low, int high) => low + Next(high - low + 1);

    /// <summary>A number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextShare() => (NextBits() >> 11) * (1.0 / (1L << 53));

    /// <summary>Whether something happens that happens with this probability.</summary>
    /// <param name="probability">The probability, in [0, 1].</param>
    public bool Chance(double probability) => NextShare() < probability;

    /// <summary>One of some items.</summary>
    /// <param name="items">The items, at least one.</param>
    public T Pick<T>(ReadOnlySpan<T> items) => items[Next(items.Length)];

    /// <summary>One of some words.</summary>
    /// <param name="words">The words, at least one.</param>
    public string Pick(string[] words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return words[Next(words.Length)];
    }

    /// <summary>Some of the words, each at most once, in an order that is as likely as any other.</summary>
    /// <param name="words">The words.</param>
    /// <param name="count">How many, at most as many as there are.</param>
    public string[] Sample(string[] words, int count)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, words.Length);
        string[] rest = [.. words];
        for (int i = 0; i < count; i++)
        {
            int other = Between(i, rest.Length - 1);
            (rest[i], rest[other]) = (rest[other], rest[i]);
        }

        return rest[..count];
    }

    private ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }
}
