using System;

namespace MPCache.Transport;

/// <summary>
/// How long a party waits for the other one. A peer that closes its connection is noticed at once; these bound the wait for one that is
/// silent.
/// </summary>
public sealed record ChannelTimeouts
{
    /// <summary>For the connection and the greeting of a session; 30 s unless stated.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Before a call's first message, while the other side may still wait for its correlated randomness; 10 minutes unless stated.
    /// </summary>
    public TimeSpan Preparation { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Between two messages of a call, which covers the longest computation between flights; 120 s unless stated.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(120);
}
