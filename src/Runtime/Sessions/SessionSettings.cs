using System.Collections.Generic;
using MPCache.Execution;
using MPCache.Transport;

namespace MPCache.Sessions;

/// <summary>What a session is opened with besides its peer, its randomness and its programs.</summary>
public sealed record SessionSettings
{
    /// <summary>Public facts on which both parties must agree, such as the model's shape and the cache's budget.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The network for which programs are called, where an entry point is compiled for several; both parties must agree.
    /// </summary>
    public Network Programs { get; init; } = MPCache.Network.Lan;

    /// <summary>How long to wait for the other party.</summary>
    public ChannelTimeouts Timeouts { get; init; } = new();

    /// <summary>
    /// The network that is emulated between the parties, which need not agree on it: each end shapes what it sends. Nothing is added unless
    /// stated, and never to the connection to the dealer.
    /// </summary>
    public NetworkProfile Network { get; init; } = NetworkProfile.Loopback;

    /// <summary>The server's TLS identity; null for plain TCP.</summary>
    public TlsIdentity? Identity { get; init; }

    /// <summary>SHA-256 of the server's certificate, which the client pins; null for plain TCP.</summary>
    public string? PinnedThumbprint { get; init; }

    /// <summary>Where values are reported to while tracing; null otherwise.</summary>
    public ITraceSink? Trace { get; init; }

    /// <summary>What counts where the online time of this session's calls goes; null otherwise.</summary>
    public CallProfile? Profile { get; init; }
}
