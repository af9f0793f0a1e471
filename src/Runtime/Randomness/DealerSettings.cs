using System;
using MPCache.Transport;

namespace MPCache.Randomness;

/// <summary>How a dealer serves.</summary>
public sealed record DealerSettings
{
    /// <summary>How long to wait for greetings and for a party to take its data.</summary>
    public ChannelTimeouts Timeouts { get; init; } = new();

    /// <summary>How often parties that wait for a long dealing hear that the dealer is at work; 5 s unless stated.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Receives one line an event: who joined, what was dealt, why a session ended. Called from any thread.</summary>
    public Action<string>? Log { get; init; }
}
