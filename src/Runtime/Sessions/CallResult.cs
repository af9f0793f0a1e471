using System.Collections.Generic;

namespace MPCache.Sessions;

/// <summary>The results of a call.</summary>
/// <param name="Outputs">What the program reveals, in its order.</param>
/// <param name="Statistics">What the call cost.</param>
public sealed record CallResult(IReadOnlyList<Revealed> Outputs, CallStatistics Statistics);
