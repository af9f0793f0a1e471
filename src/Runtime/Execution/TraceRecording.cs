using System;
using System.Collections.Generic;

namespace MPCache.Execution;

/// <summary>A value as a role holds it.</summary>
/// <param name="Site">The expression's number in the program's site table.</param>
/// <param name="Outer">The outer loop's iteration.</param>
/// <param name="Inner">The inner loop's iteration.</param>
/// <param name="First">The first plane: x̂ at a party, the value in the clear.</param>
/// <param name="Second">The second plane: the party's mask share; empty where the value is public.</param>
/// <param name="Ring">The ring's bits; 1 for the bits of a comparison.</param>
/// <param name="Scale">Fraction bits.</param>
public sealed record TracedWords(int Site, long Outer, long Inner, ulong[] First, ulong[] Second, int Ring, int Scale)
{
    /// <summary>Whether the first plane is the party's share of a value that is never opened.</summary>
    public bool IsShare { get; init; }
}

/// <summary>The value of an expression in a plain execution.</summary>
/// <param name="Site">The expression's number in the program's site table.</param>
/// <param name="Outer">The outer loop's iteration.</param>
/// <param name="Inner">The inner loop's iteration.</param>
/// <param name="Value">The value.</param>
public sealed record TracedTensor(int Site, long Outer, long Inner, Tensor Value);

/// <summary>Keeps everything that a trace reports.</summary>
public sealed class TraceRecording : ITraceSink
{
    private List<TracedWords> values = [];

    /// <inheritdoc/>
    public void Observe(int site, long outer, long inner, ReadOnlySpan<ulong> first, ReadOnlySpan<ulong> second, int ring, int scale) =>
        values.Add(new TracedWords(site, outer, inner, first.ToArray(), second.ToArray(), ring, scale));

    /// <inheritdoc/>
    public void ObserveShare(int site, long outer, long inner, ReadOnlySpan<ulong> share, int ring, int scale) =>
        values.Add(new TracedWords(site, outer, inner, share.ToArray(), [], ring, scale) { IsShare = true });

    /// <summary>What was reported since the last time, in the order of the reports.</summary>
    public IReadOnlyList<TracedWords> Take()
    {
        List<TracedWords> taken = values;
        values = [];
        return taken;
    }
}
