using System;
using System.Collections.Generic;
using System.Globalization;
using MPCache.Ring;

namespace MPCache.Execution;

/// <summary>
/// Holds the values of a run in the clear against the ranges that the author asserts, as the plain run does: there the masks are zero and
/// x̂ is the value. Between two parties nobody sees the values, and the assertions are trusted.
/// </summary>
/// <param name="program">The program with its assertions.</param>
/// <param name="next">Where values are reported to as well; null otherwise.</param>
internal sealed class RangeCheck(ProgramInterface program, ITraceSink? next) : ITraceSink
{
    /// <summary>Units of the last place by which fixed point may lead out of a range that floating point keeps.</summary>
    private const int Slack = 2;

    private readonly Dictionary<int, ProgramAssertion> assertions = Index(program.Assertions);

    /// <inheritdoc/>
    /// <exception cref="RangeException">A value lies outside of what the author asserts.</exception>
    public void Observe(int site, long outer, long inner, ReadOnlySpan<ulong> first, ReadOnlySpan<ulong> second, int ring, int scale)
    {
        next?.Observe(site, outer, inner, first, second, ring, scale);
        Check(site, first, ring, scale);
    }

    /// <inheritdoc/>
    /// <exception cref="RangeException">A value lies outside of what the author asserts.</exception>
    public void ObserveShare(int site, long outer, long inner, ReadOnlySpan<ulong> share, int ring, int scale)
    {
        next?.ObserveShare(site, outer, inner, share, ring, scale);
        Check(site, share, ring, scale);
    }

    private void Check(int site, ReadOnlySpan<ulong> values, int ring, int scale)
    {
        if (!assertions.TryGetValue(site, out ProgramAssertion? asserted))
        {
            return;
        }

        double unit = Math.ScaleB(1, -scale);
        double low = Math.Floor(asserted.Low / unit) - Slack;
        double high = Math.Ceiling(asserted.High / unit) + Slack;
        for (int i = 0; i < values.Length; i++)
        {
            double raw = RingWord.SignExtend(values[i], ring);
            if (raw < low || raw > high)
            {
                throw new RangeException(
                    program.Sites[site], (float)(raw * unit), string.Create(CultureInfo.InvariantCulture, $"element {i}"), asserted.Low,
                    asserted.High);
            }
        }
    }

    private static Dictionary<int, ProgramAssertion> Index(IReadOnlyList<ProgramAssertion> assertions)
    {
        Dictionary<int, ProgramAssertion> index = [];
        foreach (ProgramAssertion assertion in assertions)
        {
            index[assertion.Site] = assertion;
        }

        return index;
    }
}
