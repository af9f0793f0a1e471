using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using MPCache.Execution;
using Xunit;

namespace MPCache.Conformance.Harness;

/// <summary>One party's end of a connection in memory, which keeps what it received, message by message.</summary>
public sealed class MemoryChannel : IFlightChannel
{
    // The receiver goes on inside the sender's call: one thread runs both parties, in an order that never varies.
    private readonly Channel<(int Flight, byte[] Payload)> inbox =
        Channel.CreateUnbounded<(int, byte[])>(new UnboundedChannelOptions { AllowSynchronousContinuations = true });

    private MemoryChannel peer = null!;

    /// <summary>What was received.</summary>
    public List<byte[]> Received { get; } = [];

    /// <summary>Flights this end took part in.</summary>
    public int Flights { get; private set; }

    /// <summary>Two ends of a connection.</summary>
    public static (MemoryChannel Server, MemoryChannel Client) Pair()
    {
        MemoryChannel server = new();
        MemoryChannel client = new() { peer = server };
        server.peer = client;
        return (server, client);
    }

    /// <summary>Makes the peer's next receive fail, so that no test waits for a message that never comes.</summary>
    public void Abort(Exception cause) => peer.inbox.Writer.TryComplete(cause);

    /// <inheritdoc/>
    public async ValueTask ExchangeAsync(
        uint call, int flight, FlightBuffer? outgoing, FlightBuffer? incoming, CancellationToken cancellation)
    {
        Flights++;
        if (outgoing is not null)
        {
            peer.inbox.Writer.TryWrite((flight, outgoing.Frame[FlightBuffer.HeaderBytes..].ToArray()));
            outgoing.Clear();
        }

        if (incoming is not null)
        {
            AssertReadToTheEnd(incoming);
            (int number, byte[] payload) = await inbox.Reader.ReadAsync(cancellation);
            if (number != flight)
            {
                throw new InvalidOperationException($"flight {number} arrives in flight {flight}");
            }

            payload.CopyTo(incoming.Receive(payload.Length));
            Received.Add(payload);
        }
    }

    /// <summary>Fails where a message has bytes that no gate has read.</summary>
    public static void AssertReadToTheEnd(FlightBuffer message) => Assert.Throws<MPCacheException>(() => { message.Read(1); });
}
