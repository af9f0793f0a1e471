using System;
using System.Text.Json.Serialization;
using MPCache.Bench.Running;

namespace MPCache.Bench.Reports;

/// <summary>What a gate costs: exact flights and bytes, and seconds of one core for each role.</summary>
/// <param name="Name">The gate.</param>
/// <param name="Description">What it computes.</param>
/// <param name="Values">Elements that it computes.</param>
/// <param name="Flights">Online flights.</param>
/// <param name="ServerToClientBytes">Online bytes from server to client, headers included.</param>
/// <param name="ClientToServerBytes">Online bytes from client to server, headers included.</param>
/// <param name="PreparedBytes">Bytes that the client sends before.</param>
/// <param name="DealerBytes">Bytes from dealer to client.</param>
/// <param name="DealingSeconds">The dealer's work.</param>
/// <param name="RehearsalSeconds">The client's work before the call.</param>
/// <param name="ServerSeconds">The server's work online.</param>
/// <param name="ClientSeconds">The client's work online.</param>
internal sealed record GateLine(
    string Name, string Description, long Values, long Flights, long ServerToClientBytes, long ClientToServerBytes, long PreparedBytes,
    long DealerBytes, Timing DealingSeconds, Timing RehearsalSeconds, Timing ServerSeconds, Timing ClientSeconds) : IReportLine
{
    /// <summary>The value of <see cref="IReportLine.Kind"/>.</summary>
    public const string Word = "gate";

    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public string Kind => Word;

    /// <summary>Values a second that a core deals.</summary>
    [JsonIgnore]
    public double DealtASecond => Values / DealingSeconds.Median;

    /// <summary>Values a second online, each party on a core of its own: what the one with more work reaches.</summary>
    [JsonIgnore]
    public double OnlineASecond => Values / Math.Max(ServerSeconds.Median, ClientSeconds.Median);
}
