using System;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Transport;
using Xunit;

namespace MPCache.Runtime.Tests.Transport;

public class FlightChannelTests
{
    private static readonly PlanTotals Ample = new(100, 50_000_000, 50_000_000, 8 + 1_000_000, 0);

    [Theory]
    [InlineData("memory")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public async Task Flights_cross_in_both_directions_and_are_counted(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        (FlightChannel server, FlightChannel client) = Channels(ends, new ChannelTimeouts());
        int[] sizes = [0, 1, 8, 4087, 4088, 4089, 70_000, 3_000_000];
        await Task.WhenAll(
            Task.Run(() => ExchangeAsync(server, sizes, sends: 3, expects: 5)),
            Task.Run(() => ExchangeAsync(client, sizes, sends: 5, expects: 3)));
        long bytes = sizes.Sum(s => (long)s + 8);
        Assert.Equal(new PlanTotals(sizes.Length, bytes, bytes, 0, 0), server.Measured);
        Assert.Equal(server.Measured, client.Measured);
        Assert.Equal(bytes, ends.First.BytesSent);
        Assert.Equal(bytes, ends.First.BytesReceived);
    }

    [Fact]
    public async Task A_direction_without_a_message_carries_nothing()
    {
        await using Ends ends = await Ends.OpenAsync("memory");
        (FlightChannel server, FlightChannel client) = Channels(ends, new ChannelTimeouts());
        FlightBuffer outgoing = new();
        FlightBuffer incoming = new();
        outgoing.Write(3).Fill(9);
        await server.ExchangeAsync(0, 0, outgoing, null, default);
        await client.ExchangeAsync(0, 0, null, incoming, default);
        Assert.Equal([9, 9, 9], incoming.Read(3).ToArray());
        Assert.Equal(0, outgoing.Length);
        Assert.Equal(new PlanTotals(1, 11, 0, 0, 0), client.Measured);
        Assert.Equal(0, ends.Second.BytesSent);
    }

    [Theory]
    [InlineData(7u, 2, "the client is in call 7, flight 2 where this party is in call 7, flight 3.")]
    [InlineData(6u, 3, "the client is in call 6, flight 3 where this party is in call 7, flight 3.")]
    public async Task A_party_in_another_flight_is_refused(uint call, int flight, string message)
    {
        await using Ends ends = await Ends.OpenAsync("memory");
        (FlightChannel server, FlightChannel client) = Channels(ends, new ChannelTimeouts());
        await client.ExchangeAsync(call, flight, new FlightBuffer(), null, default);
        Assert.StartsWith(
            message, await Failure.MessageAsync(() => server.ExchangeAsync(7, 3, null, new FlightBuffer(), default).AsTask()));
    }

    [Fact]
    public async Task More_bytes_than_the_plan_leaves_are_refused_before_they_are_read()
    {
        await using Ends ends = await Ends.OpenAsync("memory");
        (FlightChannel server, FlightChannel client) = Channels(ends, new ChannelTimeouts());
        server.Begin(new PlanTotals(2, 0, 8 + 10 + 8 + 10, 0, 0));
        FlightBuffer outgoing = new();
        outgoing.Write(15);
        await client.ExchangeAsync(0, 0, outgoing, null, default);
        outgoing.Write(15);
        await client.ExchangeAsync(0, 1, outgoing, null, default);
        await server.ExchangeAsync(0, 0, null, new FlightBuffer(), default);
        Assert.Equal(
            "the client sends 15 bytes in call 0, flight 1, where the plan leaves 5. "
            + "Check that both parties run the same program with the same options.",
            await Failure.MessageAsync(() => server.ExchangeAsync(0, 1, null, new FlightBuffer(), default).AsTask()));
    }

    [Fact]
    public async Task A_lost_connection_names_call_and_flight()
    {
        await using Ends ends = await Ends.OpenAsync("tcp");
        (FlightChannel server, FlightChannel client) = Channels(ends, new ChannelTimeouts());
        Task waiting = client.ExchangeAsync(4, 2, null, new FlightBuffer(), default).AsTask();
        await server.DisposeAsync();
        Assert.Equal(
            $"the connection to the server at {ends.Second.Peer} was lost in call 4, flight 2: the peer closed it. "
            + "Look at the server's output for the cause, then start a new session.",
            await Failure.MessageAsync(waiting));
    }

    [Fact]
    public async Task A_silent_party_is_given_up_before_a_call()
    {
        await using Ends ends = await Ends.OpenAsync("memory");
        (FlightChannel server, _) = Channels(ends, new ChannelTimeouts { Preparation = TimeSpan.FromMilliseconds(80) });
        Assert.StartsWith(
            "the connection to the client at memory was lost in call 0, flight 0: the peer sent nothing for 0.08 s.",
            await Failure.MessageAsync(() => server.ExchangeAsync(0, 0, null, new FlightBuffer(), default).AsTask()));
    }

    [Fact]
    public async Task A_silent_party_is_given_up_sooner_within_a_call()
    {
        await using Ends ends = await Ends.OpenAsync("memory");
        (FlightChannel server, _) = Channels(ends, new ChannelTimeouts());
        (_, FlightChannel client) = Channels(ends, new ChannelTimeouts { Idle = TimeSpan.FromMilliseconds(40) });
        await server.ExchangeAsync(0, 0, new FlightBuffer(), null, default);
        await client.ExchangeAsync(0, 0, null, new FlightBuffer(), default);
        Assert.StartsWith(
            "the connection to the server at memory was lost in call 0, flight 1: the peer sent nothing for 0.04 s.",
            await Failure.MessageAsync(() => client.ExchangeAsync(0, 1, null, new FlightBuffer(), default).AsTask()));
    }

    [Fact]
    public async Task The_prepared_message_is_one_frame_of_exactly_the_planned_length()
    {
        await using Ends ends = await Ends.OpenAsync("memory");
        (FlightChannel server, FlightChannel client) = Channels(ends, new ChannelTimeouts());
        Tape halves = new("prepared message");
        for (int i = 0; i < 1000; i++)
        {
            halves.Write(1000).Fill((byte)i);
        }

        Task<Tape> receiving = server.ReceivePreparedAsync(3, default);
        await client.SendPreparedAsync(3, halves, default);
        Tape received = await receiving;
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(halves.Read(1000).ToArray(), received.Read(1000).ToArray());
        }

        Assert.Equal(new PlanTotals(0, 0, 0, 1_000_008, 0), server.Measured);
        Assert.Equal(server.Measured, client.Measured);
        Assert.Equal(1_000_008, ends.Second.BytesSent);

        Tape other = new("prepared message");
        other.Write(999);
        await client.SendPreparedAsync(4, other, default);
        Assert.StartsWith(
            "the client sends 999 bytes in call 4, its preparation, where the plan leaves 1000000.",
            await Failure.MessageAsync(() => server.ReceivePreparedAsync(4, default)));
    }

    [Fact]
    public async Task A_note_in_the_place_of_a_flight_is_refused()
    {
        await using Ends ends = await Ends.OpenAsync("memory");
        (FlightChannel server, FlightChannel client) = Channels(ends, new ChannelTimeouts());
        await client.SendNoteAsync("hello", default);
        Assert.StartsWith(
            "the client is telling a note between calls where this party is in call 2, flight 0.",
            await Failure.MessageAsync(() => server.ExchangeAsync(2, 0, null, new FlightBuffer(), default).AsTask()));
        await Failure.MessageAsync(() => client.SendNoteAsync(new string('x', 65_537), default));
    }

    private static (FlightChannel Server, FlightChannel Client) Channels(Ends ends, ChannelTimeouts timeouts)
    {
        FlightChannel server = new(ends.First, Party.Server, timeouts);
        FlightChannel client = new(ends.Second, Party.Client, timeouts);
        server.Begin(Ample);
        client.Begin(Ample);
        return (server, client);
    }

    private static async Task ExchangeAsync(FlightChannel channel, int[] sizes, byte sends, byte expects)
    {
        FlightBuffer outgoing = new();
        FlightBuffer incoming = new();
        for (int flight = 0; flight < sizes.Length; flight++)
        {
            outgoing.Write(sizes[flight]).Fill(sends);
            await channel.ExchangeAsync(1, flight, outgoing, incoming, default);
            Assert.Equal(sizes[flight], incoming.Length);
            Assert.False(incoming.Read(sizes[flight]).ContainsAnyExcept(expects));
        }
    }
}
