using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Execution;

/// <summary>The connection between the two parties, as a program sees it: numbered flights.</summary>
public interface IFlightChannel
{
    /// <summary>
    /// Exchanges one flight. Sending and receiving overlap. <paramref name="outgoing"/> is cleared when it has been sent;
    /// <paramref name="incoming"/> holds the peer's message afterwards.
    /// </summary>
    /// <param name="call">The call's number.</param>
    /// <param name="flight">The flight's number within the program.</param>
    /// <param name="outgoing">What is sent; null where nothing is.</param>
    /// <param name="incoming">What receives the peer's message; null where none comes.</param>
    /// <param name="cancellation">Ends the exchange.</param>
    /// <exception cref="MPCacheException">The peer is in another call or flight, or the connection is gone.</exception>
    ValueTask ExchangeAsync(uint call, int flight, FlightBuffer? outgoing, FlightBuffer? incoming, CancellationToken cancellation);
}
