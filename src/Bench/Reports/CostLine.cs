using System.Collections.Generic;
using System.Text.Json.Serialization;
using MPCache.Bench.Running;

namespace MPCache.Bench.Reports;

/// <summary>
/// What something costs at a number of cached tokens, under a cache policy and on a network: a step of attention, or whatever a command
/// measures. <c>bench report</c> reads every line that has the required members and a number of tokens, whatever its kind and whatever else
/// stands in it.
/// </summary>
internal record CostLine : IReportLine
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public required string Kind { get; init; }

    /// <summary>What was measured: a layer's shape, a model.</summary>
    public string? Shape { get; init; }

    /// <summary>Tokens that were cached.</summary>
    public int? Cached { get; init; }

    /// <summary>Tokens of a prompt, where it is a prompt that was measured.</summary>
    public int? Tokens { get; init; }

    /// <summary>The share of them that static eviction has left; null where nothing is evicted before.</summary>
    public string? Static { get; init; }

    /// <summary>Which of them are attended to.</summary>
    public string Policy { get; init; } = "full";

    /// <summary>The network between server and client.</summary>
    public required string Network { get; init; }

    /// <summary>Online flights.</summary>
    public required long Flights { get; init; }

    /// <summary>Online bytes from server to client.</summary>
    public required long ServerToClientBytes { get; init; }

    /// <summary>Online bytes from client to server.</summary>
    public required long ClientToServerBytes { get; init; }

    /// <summary>Bytes that the client sends before.</summary>
    public long PreparedBytes { get; init; }

    /// <summary>Bytes from dealer to client.</summary>
    public required long DealerBytes { get; init; }

    /// <summary>All bytes together.</summary>
    public required long AllBytes { get; init; }

    /// <summary>Seconds until both parties had their randomness; null where nothing was run.</summary>
    public Timing? OfflineSeconds { get; init; }

    /// <summary>Seconds from there until both parties had their results; null where nothing was run.</summary>
    public Timing? OnlineSeconds { get; init; }

    /// <summary>What costs are drawn against: cached tokens, or those of a prompt.</summary>
    [JsonIgnore]
    public int Length => Cached ?? Tokens ?? 0;

    /// <summary>The policy, with the share that was left before where that is not everything.</summary>
    [JsonIgnore]
    public string Series => Static is null or "1" ? Policy : $"{Policy}, ρ_s {Static}";
}

/// <summary>What a layer's attention costs in a decoding step.</summary>
internal sealed record AttentionLine : CostLine
{
    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Elements a head.</summary>
    public required int Size { get; init; }

    /// <summary>Tokens in the cache when the step begins.</summary>
    public required int Held { get; init; }

    /// <summary>Tokens that take part.</summary>
    public required int Attended { get; init; }

    /// <summary>Flights that selecting costs.</summary>
    public required long AddedFlights { get; init; }

    /// <summary>Whether there were too few clusters to select among.</summary>
    public required bool FallsBackToFull { get; init; }

    /// <summary>How many layers the costs are of.</summary>
    public required int Layers { get; init; }

    /// <summary>Where the figures come from: planned, measured or derived.</summary>
    public required string Source { get; init; }

    /// <summary>What full attention over all tokens costs, as many layers of it.</summary>
    public required BaselineCosts Baseline { get; init; }

    /// <summary>What the bytes are for.</summary>
    public required IReadOnlyDictionary<string, long> BytesByPurpose { get; init; }

    /// <summary>The most memory resident, all three roles together; null where nothing was run.</summary>
    public long? PeakBytes { get; init; }
}

/// <summary>The costs that others are compared with.</summary>
/// <param name="Flights">Online flights.</param>
/// <param name="ServerToClientBytes">Online bytes from server to client.</param>
/// <param name="ClientToServerBytes">Online bytes from client to server.</param>
/// <param name="PreparedBytes">Bytes that the client sends before.</param>
/// <param name="DealerBytes">Bytes from dealer to client.</param>
/// <param name="AllBytes">All bytes together.</param>
internal sealed record BaselineCosts(
    long Flights, long ServerToClientBytes, long ClientToServerBytes, long PreparedBytes, long DealerBytes, long AllBytes);
