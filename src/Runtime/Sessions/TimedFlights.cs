using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Execution;

namespace MPCache.Sessions;

/// <summary>The flights of one call, with the time that they take.</summary>
/// <param name="channel">What carries them.</param>
/// <param name="profile">What is told that an exchange has ended; null for none.</param>
internal sealed class TimedFlights(IFlightChannel channel, CallProfile? profile) : IFlightChannel
{
    private long ticks;

    /// <summary>The time spent in exchanges so far.</summary>
    public TimeSpan Waiting => Stopwatch.GetElapsedTime(0, ticks);

    /// <inheritdoc/>
    public async ValueTask ExchangeAsync(
        uint call, int flight, FlightBuffer? outgoing, FlightBuffer? incoming, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        await channel.ExchangeAsync(call, flight, outgoing, incoming, cancellation).ConfigureAwait(false);
        ticks += Stopwatch.GetTimestamp() - start;
        profile?.Resume();
    }
}
