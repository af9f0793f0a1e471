using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Bench.BreakEven;

/// <summary>A line through what was measured at several numbers of tokens: milliseconds, bytes.</summary>
/// <param name="Start">At no tokens.</param>
/// <param name="Slope">For each token in the cache.</param>
internal sealed record LinearFit(double Start, double Slope)
{
    /// <summary>Least squares; through the origin where the line would be below 0 there, because nothing takes less than nothing.</summary>
    /// <param name="points">Tokens and values, of at least two numbers of tokens.</param>
    public static LinearFit Of(IReadOnlyList<(int Tokens, double Value)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        double tokens = points.Average(p => (double)p.Tokens);
        double time = points.Average(p => p.Value);
        double slope = points.Sum(p => (p.Tokens - tokens) * (p.Value - time))
            / points.Sum(p => (p.Tokens - tokens) * (p.Tokens - tokens));
        double start = time - (slope * tokens);
        return start >= 0
            ? new LinearFit(start, slope)
            : new LinearFit(0, points.Sum(p => p.Tokens * p.Value) / points.Sum(p => (double)p.Tokens * p.Tokens));
    }

    /// <summary>The value at a number of tokens.</summary>
    public double At(int tokens) => Start + (Slope * tokens);
}
