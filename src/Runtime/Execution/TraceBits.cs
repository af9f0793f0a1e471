using System;

namespace MPCache.Execution;

/// <summary>Reports bits as a trace sink takes values: elements of Z_2, in which XOR is addition.</summary>
public static class TraceBits
{
    /// <summary>Reports the first plane of a masked bit value, one word an element.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="site">The expression's number in the program's site table.</param>
    /// <param name="outer">The outer loop's iteration.</param>
    /// <param name="inner">The inner loop's iteration.</param>
    /// <param name="bits">The bits.</param>
    public static void ObserveBits(this ITraceSink sink, int site, long outer, long inner, in BitValue bits)
    {
        ArgumentNullException.ThrowIfNull(sink);
        sink.Observe(site, outer, inner, Words(bits.First(0), bits.Count), Words(bits.Second(0), bits.Count), 1, 0);
    }

    private static ulong[] Words(ReadOnlySpan<ulong> plane, int count)
    {
        ulong[] words = new ulong[plane.IsEmpty ? 0 : count];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = (plane[i >> 6] >> (i & 63)) & 1;
        }

        return words;
    }
}
