using System;

namespace MPCache.Execution;

/// <summary>Receives a role's planes of every value that belongs to an expression of the author's, for <c>mpcache trace</c>.</summary>
public interface ITraceSink
{
    /// <summary>A value came into being.</summary>
    /// <param name="site">The expression's number in the program's site table.</param>
    /// <param name="outer">The outer loop's iteration.</param>
    /// <param name="inner">The inner loop's iteration.</param>
    /// <param name="first">The first plane: x̂ at a party.</param>
    /// <param name="second">The second plane: the party's mask share.</param>
    /// <param name="ring">The ring's bits.</param>
    /// <param name="scale">Fraction bits.</param>
    void Observe(int site, long outer, long inner, ReadOnlySpan<ulong> first, ReadOnlySpan<ulong> second, int ring, int scale);

    /// <summary>A value came into being that is not opened: each party has a share, and the value is their sum.</summary>
    /// <param name="site">The expression's number in the program's site table.</param>
    /// <param name="outer">The outer loop's iteration.</param>
    /// <param name="inner">The inner loop's iteration.</param>
    /// <param name="share">The role's share; the value itself in the clear.</param>
    /// <param name="ring">The ring's bits.</param>
    /// <param name="scale">Fraction bits.</param>
    void ObserveShare(int site, long outer, long inner, ReadOnlySpan<ulong> share, int ring, int scale);

    /// <summary>Bits came into being: the first plane of a masked bit value, reported as elements of Z_2, in which XOR is addition.</summary>
    /// <param name="site">The expression's number in the program's site table.</param>
    /// <param name="outer">The outer loop's iteration.</param>
    /// <param name="inner">The inner loop's iteration.</param>
    /// <param name="bits">The bits.</param>
    void ObserveBits(int site, long outer, long inner, in BitValue bits) =>
        Observe(site, outer, inner, Words(bits.First(0), bits.Count), Words(bits.Second(0), bits.Count), 1, 0);

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
