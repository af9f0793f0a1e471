using System;
using System.Collections.Generic;

namespace MPCache.Bench.Decoding.Running;

/// <summary>What runs of a call, or of several that belong together, took.</summary>
/// <param name="Offline">Per run: dealing, the tape's transport, the rehearsal, and the prepared message.</param>
/// <param name="Online">Per run: from the first flight until both parties had their results.</param>
/// <param name="Waiting">Per run the share of the online time that the party which waited less spent in exchanges.</param>
/// <param name="PeakBytes">The most memory resident, all three roles together.</param>
internal sealed record StepMeasurement(
    IReadOnlyList<TimeSpan> Offline, IReadOnlyList<TimeSpan> Online, IReadOnlyList<double> Waiting, long PeakBytes)
{
    /// <summary>Where the online time goes; null where it was not counted.</summary>
    public IReadOnlyList<ProfileShare>? Profile { get; init; }
}
