using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Transport;

namespace MPCache.Cli.Reports.Plans;

/// <summary>
/// What a plan takes on a network at least, before anybody computes: each flight one latency and, on the link, the bytes of the direction
/// that has more of them.
/// </summary>
/// <param name="Latency">Flights × latency.</param>
/// <param name="OnLink">Bytes ÷ bandwidth.</param>
internal readonly record struct NetworkTime(TimeSpan Latency, TimeSpan OnLink)
{
    /// <summary>Both.</summary>
    public TimeSpan Together => Latency + OnLink;

    /// <summary>A flight's, all its runs.</summary>
    public static NetworkTime Of(FlightCost flight, NetworkProfile network) =>
        new(network.Latency * flight.Runs, network.Carry(TimeSpan.Zero, TimeSpan.Zero, flight.Slower).Departure);

    /// <summary>A call's.</summary>
    public static NetworkTime Of(IEnumerable<FlightCost> flights, NetworkProfile network) =>
        flights.Select(f => Of(f, network))
            .Aggregate(default(NetworkTime), (sum, f) => new(sum.Latency + f.Latency, sum.OnLink + f.OnLink));
}
