using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MPCache.Ring;

namespace MPCache.Conformance.Harness;

/// <summary>Raw ring elements for tests: extremes often, the rest at random.</summary>
public static class Samples
{
    /// <summary>Any elements of a ring.</summary>
    public static Gen<ulong> Any(int ring)
    {
        ulong mask = RingWord.Mask(ring);
        ulong top = 1UL << (ring - 1);
        ulong[] extremes = [0, 1, mask, mask - 1, top, top - 1, top + 1, top >> 1, (top >> 1) - 1, mask - (top >> 1)];
        return Gen.Frequency((1, Gen.OneOf([.. extremes.Select(x => x & mask)])), (2, Gen.ULong.Select(x => x & mask)));
    }

    /// <summary>Signed values from an interval, both ends included, as raw elements.</summary>
    public static Gen<ulong> Within(long low, long high, int ring)
    {
        ulong mask = RingWord.Mask(ring);
        long[] extremes = [.. ((long[])[low, high, low + 1, high - 1, 0, -1]).Select(x => Math.Clamp(x, low, high))];
        return Gen.Frequency((1, Gen.OneOf(extremes)), (2, Gen.Long[low, high])).Select(x => (ulong)x & mask);
    }

    /// <summary>Weights, the largest ones included.</summary>
    public static Gen<short> Weight => Gen.Frequency((1, Gen.OneOf<short>(0, 1, -1, short.MaxValue, short.MinValue)), (3, Gen.Short));

    /// <summary>Signed values of raw elements.</summary>
    public static long[] Signed(IEnumerable<ulong> raw, int ring) => [.. raw.Select(x => RingWord.SignExtend(x, ring))];

    /// <summary>As many elements, all the same.</summary>
    public static ulong[] Constant(ulong value, int count) => [.. Enumerable.Repeat(value, count)];

    /// <summary>Bits as planes of words, plane after plane.</summary>
    public static ulong[] Pack(int planes, bool[] bits)
    {
        int count = bits.Length / planes;
        int words = (count + 63) / 64;
        ulong[] packed = new ulong[planes * words];
        for (int i = 0; i < bits.Length; i++)
        {
            if (bits[i])
            {
                packed[(i / count * words) + (i % count / 64)] |= 1UL << (i % count % 64);
            }
        }

        return packed;
    }
}
