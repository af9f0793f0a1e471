using System;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;

namespace MPCache.Bench.Gates;

/// <summary>
/// The connection of two parties that take turns on one thread: each runs until it needs what the other has not sent yet. So what a party
/// takes is what its core works, without a scheduler's or a socket's share. Every frame is copied once, as a socket does, and counted.
/// </summary>
internal sealed class GateChannel
{
    private readonly End server;
    private readonly End client;

    /// <summary>Creates a connection.</summary>
    public GateChannel()
    {
        server = new End(this);
        client = new End(this);
    }

    /// <summary>The server's end.</summary>
    public IFlightChannel Server => server;

    /// <summary>The client's end.</summary>
    public IFlightChannel Client => client;

    /// <summary>Flights that both parties have taken part in.</summary>
    public long Flights { get; private set; }

    /// <summary>Bytes from server to client, headers included.</summary>
    public long ServerToClient { get; private set; }

    /// <summary>Bytes from client to server, headers included.</summary>
    public long ClientToServer { get; private set; }

    /// <summary>Lets the server go on where it waits and the client has come to the same flight.</summary>
    /// <returns>Whether it did.</returns>
    public bool ResumeServer() => server.Resume();

    /// <summary>Lets the client go on where it waits and the server has come to the same flight.</summary>
    /// <returns>Whether it did.</returns>
    public bool ResumeClient() => client.Resume();

    private ValueTask ExchangeAsync(End end)
    {
        End peer = end == server ? client : server;
        if (peer.Waiting is null || peer.HasArrived)
        {
            // The peer has not come to this flight. No continuation runs asynchronously: it is run, and timed, by whoever resumes this party.
            end.Waiting = new TaskCompletionSource();
            return new ValueTask(end.Waiting.Task);
        }

        if (peer.Flight != end.Flight)
        {
            throw new MPCacheException(
                FormattableString.Invariant($"one party is in flight {end.Flight}, the other in flight {peer.Flight}"),
                "Report this as a defect of the program");
        }

        Flights++;
        ServerToClient += Move(server, client);
        ClientToServer += Move(client, server);
        peer.HasArrived = true;
        return ValueTask.CompletedTask;
    }

    private static long Move(End from, End to)
    {
        if ((from.Outgoing is null) != (to.Incoming is null))
        {
            throw new MPCacheException(
                FormattableString.Invariant($"in flight {from.Flight} one party sends what the other does not wait for"),
                "Report this as a defect of the program");
        }

        if (from.Outgoing is not FlightBuffer message)
        {
            return 0;
        }

        message.Frame.Span[FlightBuffer.HeaderBytes..].CopyTo(to.Incoming!.Receive(message.Length).Span);
        long bytes = message.Length + Wire.HeaderBytes;
        message.Clear();
        return bytes;
    }

    private sealed class End(GateChannel channel) : IFlightChannel
    {
        public TaskCompletionSource? Waiting { get; set; }

        public bool HasArrived { get; set; }

        public int Flight { get; private set; }

        public FlightBuffer? Outgoing { get; private set; }

        public FlightBuffer? Incoming { get; private set; }

        public ValueTask ExchangeAsync(
            uint call, int flight, FlightBuffer? outgoing, FlightBuffer? incoming, CancellationToken cancellation)
        {
            (Flight, Outgoing, Incoming) = (flight, outgoing, incoming);
            return channel.ExchangeAsync(this);
        }

        public bool Resume()
        {
            if (!HasArrived || Waiting is not TaskCompletionSource waiting)
            {
                return false;
            }

            (Waiting, HasArrived) = (null, false);
            waiting.SetResult();
            return true;
        }
    }
}
