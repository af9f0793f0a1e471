using System.Collections.Generic;

namespace MPCache.Sessions;

/// <summary>What is public of a call that will be made later, so that it can be prepared while earlier calls run.</summary>
public sealed class CallAnnouncement
{
    /// <summary>
    /// Every dimension of the program, public integer parameters included: the states' sizes are those at the time of the call.
    /// </summary>
    public required IReadOnlyDictionary<string, long> Dimensions { get; init; }

    /// <summary>The shared weights.</summary>
    public IReadOnlyList<ResidentHandle> Residents { get; init; } = [];

    /// <summary>The states.</summary>
    public IReadOnlyList<StateHandle> States { get; init; } = [];

    /// <summary>The public real numbers.</summary>
    public IReadOnlyList<double> Reals { get; init; } = [];
}
