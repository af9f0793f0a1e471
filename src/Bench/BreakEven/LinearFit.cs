using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Bench.BreakEven;

/// <summary>A line through measured times.</summary>
/// <param name="Milliseconds">At no tokens.</param>
/// <param name="MillisecondsAToken">For each token in the cache.</param>
internal sealed record LinearFit(double Milliseconds, double MillisecondsAToken)
{
    /// <summary>Least squares; through the origin where the line would be below 0 there, because no step takes less than no time.</summary>
    /// <param name="points">Tokens and times, of at least two numbers of tokens.</param>
    public static LinearFit Of(IReadOnlyList<(int Tokens, double Milliseconds)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        double tokens = points.Average(p => (double)p.Tokens);
        double time = points.Average(p => p.Milliseconds);
        double slope = points.Sum(p => (p.Tokens - tokens) * (p.Milliseconds - time))
            / points.Sum(p => (p.Tokens - tokens) * (p.Tokens - tokens));
        double start = time - (slope * tokens);
        return start >= 0
            ? new LinearFit(start, slope)
            : new LinearFit(0, points.Sum(p => p.Tokens * p.Milliseconds) / points.Sum(p => (double)p.Tokens * p.Tokens));
    }

    /// <summary>The time at a number of tokens.</summary>
    public double At(int tokens) => Milliseconds + (MillisecondsAToken * tokens);
}
