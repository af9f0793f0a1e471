using System.Threading;
using System.Threading.Tasks;
using MPCache.Transport;

namespace MPCache.Runtime.Tests.Sessions;

/// <summary>A connection that is cut after a number of bytes towards its second end.</summary>
internal static class Relay
{
    /// <summary>Puts itself between two ends: gives the new second end of a connection whose first end the caller hands out.</summary>
    /// <param name="towards">Carries bytes towards the second end, <paramref name="limit"/> of them.</param>
    /// <param name="limit">Bytes after which both sides are cut.</param>
    public static Connection CutAfter(Connection towards, long limit)
    {
        (Connection inner, Connection outer) = MemoryConnection.CreatePair();
        _ = PumpAsync(towards, inner, limit);
        _ = PumpAsync(inner, towards, long.MaxValue);
        return outer;
    }

    /// <summary>Carries bytes from one end to another, up to a limit; then both are cut.</summary>
    public static async Task PumpAsync(Connection from, Connection to, long limit)
    {
        byte[] one = new byte[1];
        try
        {
            for (long i = 0; i < limit; i++)
            {
                await from.ReceiveAsync(one, Timeout.InfiniteTimeSpan);
                await to.SendAsync(one, Timeout.InfiniteTimeSpan);
            }
        }
        catch (ConnectionLostException)
        {
            // The other side of the cut follows below.
        }

        from.Abort();
        to.Abort();
    }
}
