using System.Linq;
using CsCheck;

namespace MPCache.Runtime.Tests.Ring;

/// <summary>Ring words for property tests: uniform ones, and those at which carries, borrows and signs go wrong.</summary>
internal static class Words
{
    private static readonly ulong[] Extremes = [0, 1, ulong.MaxValue, 1UL << 63, (1UL << 63) - 1, uint.MaxValue, 1UL << 32];

    public static readonly Gen<ulong> Any = Gen.Frequency(
        (3, Gen.ULong),
        (1, Gen.Int[0, Extremes.Length - 1].Select(i => Extremes[i])));

    public static Gen<ulong[]> Array(int length) => Any.Array[length];

    public static Gen<ulong[][]> Arrays(int count, int maximumLength) =>
        Gen.Int[0, maximumLength].SelectMany(length => Any.Array[length].Array[count]);

    /// <summary>Fixed words for large operands, where drawing each one would only cost time.</summary>
    public static ulong[] Fixed(int length, ulong seed)
    {
        ulong state = seed;
        return Enumerable.Range(0, length).Select(_ => state = (state * 6364136223846793005UL) + 1442695040888963407UL)
            .Select(word => word ^ (word >> 29)).ToArray();
    }
}
