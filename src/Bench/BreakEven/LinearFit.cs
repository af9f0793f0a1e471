using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Bench.BreakEven;

/// <summary>A line through measured times.</summary>
/// <param name="Milliseconds">At no tokens.</param>
/// <param name="MillisecondsAToken">For each token in the cache.</param>
internal sealed record LinearFit(double Milliseconds, double MillisecondsAToken)
{
    /// <summary>Least squares.</summary>
    /// <param name="points">Tokens and times, of at least two numbers of tokens.</param>
    public static LinearFit Of(IReadOnlyList<(int Tokens, double Milliseconds)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        double tokens = points.Average(p => (double)p.Tokens);
        double time = points.Average(p => p.Milliseconds);
        double slope = points.Sum(p => (p.Tokens - tokens) * (p.Milliseconds - time))
            / points.Sum(p => (p.Tokens - tokens) * (p.Tokens - tokens));
        return new LinearFit(time - (slope * tokens), slope);
    }

    /// <summary>The time at a number of tokens, at least 0.</summary>
    public double At(int tokens) => Math.Max(0, Milliseconds + (MillisecondsAToken * tokens));
}
