using System;
using System.Globalization;

namespace MPCache.Transport;

/// <summary>
/// A network between the two parties that is emulated on top of a faster one: what <see cref="Connection.Shape"/> adds to each direction.
/// </summary>
/// <param name="Name">What users call it.</param>
/// <param name="Latency">How long a byte travels one way; half of a round trip.</param>
/// <param name="BitsPerSecond">Bandwidth of each direction in bits a second; null where it is not limited.</param>
/// <exception cref="ArgumentOutOfRangeException">The latency is negative, or the bandwidth is not positive.</exception>
public sealed record NetworkProfile(string Name, TimeSpan Latency, long? BitsPerSecond)
{
    private const string LatencyKey = "latency=";
    private const string LatencyUnit = "ms";
    private const string BandwidthKey = "bandwidth=";
    private const string BandwidthUnit = "Mbit";
    private const decimal LongestLatency = 10_000;
    private const decimal LeastBandwidth = 0.001m;
    private const decimal GreatestBandwidth = 1_000_000;
    private const int BitsPerMegabit = 1_000_000;

    /// <summary>Adds nothing to the network that is there.</summary>
    public static NetworkProfile Loopback { get; } = new("loopback", TimeSpan.Zero, null);

    /// <summary>A local network: 3 Gbit/s, and 0.8 ms for a round trip.</summary>
    public static NetworkProfile Lan { get; } = new("lan", TimeSpan.FromMicroseconds(400), 3_000_000_000);

    /// <summary>A wide-area network: 200 Mbit/s, and 40 ms for a round trip.</summary>
    public static NetworkProfile Wan { get; } = new("wan", TimeSpan.FromMilliseconds(20), 200_000_000);

    /// <summary>From this latency on, one way, a flight is worth more than the bytes that save it.</summary>
    private static readonly TimeSpan Distant = TimeSpan.FromMilliseconds(5);

    /// <summary>The programs that suit the network, where an entry point is compiled for several.</summary>
    public Network Programs => Latency >= Distant ? Network.Wan : Network.Lan;

    /// <summary>How long a byte travels one way; half of a round trip.</summary>
    public TimeSpan Latency { get; } = Latency >= TimeSpan.Zero
        ? Latency
        : throw new ArgumentOutOfRangeException(nameof(Latency), Latency, "A latency is not negative.");

    /// <summary>Bandwidth of each direction in bits a second; null where it is not limited.</summary>
    public long? BitsPerSecond { get; } = BitsPerSecond is null or > 0
        ? BitsPerSecond
        : throw new ArgumentOutOfRangeException(nameof(BitsPerSecond), BitsPerSecond, "A bandwidth is positive.");

    /// <summary>Whether every message arrives when it is handed over.</summary>
    public bool AddsNothing => Latency == TimeSpan.Zero && BitsPerSecond is null;

    /// <summary>
    /// Reads <c>loopback</c>, <c>lan</c>, <c>wan</c>, or a network of one's own such as <c>latency=20ms,bandwidth=200Mbit</c>: the latency
    /// one way and in milliseconds, the bandwidth of each direction in 10^6 bits a second.
    /// </summary>
    /// <exception cref="MPCacheException">
    /// The text is none of these; or the latency is above 10 s, or the bandwidth not between 0.001 and 10^6 Mbit/s.
    /// </exception>
    public static NetworkProfile Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text switch
        {
            "loopback" => Loopback,
            "lan" => Lan,
            "wan" => Wan,
            _ => ParseOwn(text),
        };
    }

    /// <summary>When a message crosses one direction of this network, of which it has all the bandwidth while it departs.</summary>
    /// <param name="handedOver">When its sender hands it over.</param>
    /// <param name="busyUntil">When the message before it has departed; messages keep their order.</param>
    /// <param name="bytes">Its length.</param>
    /// <returns>Departure and arrival of its last byte; the time on the link is rounded up to 100 ns.</returns>
    public Transit Carry(TimeSpan handedOver, TimeSpan busyUntil, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        TimeSpan start = handedOver > busyUntil ? handedOver : busyUntil;
        TimeSpan departure = start + OnLink(bytes);
        return new Transit(departure, departure + Latency);
    }

    /// <summary>The name, with bandwidth and latency where they are limited.</summary>
    public override string ToString() => this switch
    {
        { AddsNothing: true } => Name,
        { BitsPerSecond: null } => Invariant($"{Name} ({Milliseconds} ms one way)"),
        _ => Invariant($"{Name} ({Megabits} Mbit/s a direction, {Milliseconds} ms one way)"),
    };

    private string Milliseconds => Latency.TotalMilliseconds.ToString("0.####", CultureInfo.InvariantCulture);

    private string Megabits =>
        ((decimal)BitsPerSecond.GetValueOrDefault() / BitsPerMegabit).ToString("0.######", CultureInfo.InvariantCulture);

    private TimeSpan OnLink(long bytes)
    {
        if (BitsPerSecond is not { } rate)
        {
            return TimeSpan.Zero;
        }

        Int128 scaled = (Int128)bytes * 8 * TimeSpan.TicksPerSecond;
        return TimeSpan.FromTicks(checked((long)((scaled + rate - 1) / rate)));
    }

    private static NetworkProfile ParseOwn(string text)
    {
        string[] parts = text.Split(',');
        if (parts.Length != 2
            || !TryRead(parts[0], LatencyKey, LatencyUnit, out decimal latency)
            || !TryRead(parts[1], BandwidthKey, BandwidthUnit, out decimal bandwidth))
        {
            throw new MPCacheException(
                $"'{text}' is no network",
                "Write loopback, lan, wan, or the latency one way and the bandwidth of a direction as latency=20ms,bandwidth=200Mbit");
        }

        if (latency > LongestLatency)
        {
            throw new MPCacheException(
                Invariant($"a latency of {latency} ms is more than the parties wait for"), Invariant($"Give at most {LongestLatency} ms"));
        }

        if (bandwidth is < LeastBandwidth or > GreatestBandwidth)
        {
            throw new MPCacheException(
                Invariant($"a bandwidth of {bandwidth} Mbit/s is none that can be emulated"),
                Invariant($"Give between {LeastBandwidth} and {GreatestBandwidth} Mbit/s"));
        }

        return new NetworkProfile(
            "custom", TimeSpan.FromTicks((long)(latency * TimeSpan.TicksPerMillisecond)), (long)(bandwidth * BitsPerMegabit));
    }

    private static bool TryRead(string part, string key, string unit, out decimal value)
    {
        value = 0;
        return part.StartsWith(key, StringComparison.Ordinal)
            && part.EndsWith(unit, StringComparison.Ordinal)
            && decimal.TryParse(
                part.AsSpan()[key.Length..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
