using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Bench.Running;

/// <summary>What runs of a case took.</summary>
/// <param name="Offline">Per run: until both parties had their randomness, so dealing, the tape's transport and the rehearsal.</param>
/// <param name="Online">Per run: from there until both parties had their results.</param>
/// <param name="PeakBytes">The most memory resident, all three roles together, states and buffers included.</param>
internal sealed record Measurement(IReadOnlyList<TimeSpan> Offline, IReadOnlyList<TimeSpan> Online, long PeakBytes)
{
    /// <summary>The median online time.</summary>
    public TimeSpan MedianOnline => Median(Online);

    /// <summary>The median time of preparation.</summary>
    public TimeSpan MedianOffline => Median(Offline);

    private static TimeSpan Median(IReadOnlyList<TimeSpan> times)
    {
        TimeSpan[] sorted = [.. times.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
