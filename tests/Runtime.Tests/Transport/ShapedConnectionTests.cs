using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Runtime.Tests.Sessions;
using MPCache.Sessions;
using MPCache.TestSupport;
using MPCache.Transport;
using Xunit;

namespace MPCache.Runtime.Tests.Transport;

/// <summary>
/// What shaping adds: never less than the profile says. How much more is a matter of the machine and not tested. That a shaped connection
/// is a connection like any other stands in <see cref="ConnectionTests"/>.
/// </summary>
public class ShapedConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Slow enough that a packet's time on the link stands out from what the machine takes for it.</summary>
    private static readonly NetworkProfile Narrow = new("narrow", TimeSpan.FromMilliseconds(5), 50_000_000);

    public static TheoryData<string> Kinds => ["memory", "tcp", "tls"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task No_message_of_a_burst_is_early(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        ends.First.Shape(Narrow);
        int[] sizes = [1, 40_000, 1, 200_000, 65_536, 65_537, 3];
        long start = Stopwatch.GetTimestamp();
        TimeSpan busy = TimeSpan.Zero;
        List<TimeSpan> due = [];
        foreach (int size in sizes)
        {
            await ends.First.SendAsync(new byte[size], Patience);
            Transit transit = Narrow.Carry(TimeSpan.Zero, busy, size);
            busy = transit.Departure;
            due.Add(transit.Arrival);
        }

        for (int i = 0; i < sizes.Length; i++)
        {
            await ends.Second.ReceiveAsync(new byte[sizes[i]], Patience);
            NotBefore(due[i], start);
        }
    }

    [Fact]
    public async Task After_a_gap_a_message_takes_its_own_time()
    {
        await using Ends ends = await Ends.OpenAsync("memory");
        ends.First.Shape(Narrow);
        for (int i = 0; i < 3; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await ends.First.SendAsync(new byte[10_000], Patience);
            await ends.Second.ReceiveAsync(new byte[10_000], Patience);
            NotBefore(Narrow.Carry(TimeSpan.Zero, TimeSpan.Zero, 10_000).Arrival, start);
            await Task.Delay(7);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_ping_pong_takes_a_latency_for_each_flight(string kind)
    {
        const int Flights = 50;
        await using Ends ends = await Ends.OpenAsync(kind);
        ends.First.Shape(NetworkProfile.Lan);
        ends.Second.Shape(NetworkProfile.Lan);
        byte[] ball = [17];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Flights; i++)
        {
            await (i % 2 == 0 ? ends.First : ends.Second).SendAsync(ball, Patience);
            await (i % 2 == 0 ? ends.Second : ends.First).ReceiveAsync(ball, Patience);
        }

        NotBefore(Flights * NetworkProfile.Lan.Carry(default, default, 1).Arrival, start);
    }

    [Fact]
    public async Task An_end_shapes_what_it_sends_and_nothing_else()
    {
        NetworkProfile far = new("far", TimeSpan.FromSeconds(5), 1_000_000);
        await using Ends ends = await Ends.OpenAsync("memory");
        ends.First.Shape(far);
        await ends.First.SendAsync(new byte[] { 1 }, Patience);
        await ends.Second.SendAsync(new byte[] { 2 }, Patience);
        byte[] received = new byte[1];
        await ends.First.ReceiveAsync(received, Patience);
        Assert.Equal(2, received[0]);
        ConnectionLostException e = await Assert.ThrowsAsync<ConnectionLostException>(
            () => ends.Second.ReceiveAsync(received, TimeSpan.FromMilliseconds(50)).AsTask());
        Assert.Equal("the peer sent nothing for 0.05 s", e.Message);
    }

    [Fact]
    public async Task Handing_over_does_not_wait_for_the_arrival()
    {
        await using Ends ends = await Ends.OpenAsync("tcp");
        ends.First.Shape(NetworkProfile.Wan);
        byte[] message = new byte[1000];
        for (int i = 0; i < 1000; i++)
        {
            ValueTask sending = ends.First.SendAsync(message, Patience);
            Assert.True(sending.IsCompletedSuccessfully);
            await sending;
        }

        Assert.Equal(1_000_000, ends.First.BytesSent);
    }

    [Fact]
    public async Task A_message_may_be_changed_once_it_is_handed_over()
    {
        await using Ends ends = await Ends.OpenAsync("memory");
        ends.First.Shape(Narrow);
        byte[] message = new byte[100];
        for (byte i = 0; i < 20; i++)
        {
            message.AsSpan().Fill(i);
            await ends.First.SendAsync(message, Patience);
        }

        for (byte i = 0; i < 20; i++)
        {
            await ends.Second.ReceiveAsync(message, Patience);
            Assert.False(message.AsSpan().ContainsAnyExcept(i));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Messages_of_any_size_arrive_whole_and_in_order(string kind) =>
        Gen.Int[0, 300_000].Array[1, 8].Select(Gen.Int[0, 300_000].Array[1, 8], Gen.Int).SampleAsync(
            async (forth, back, seed) =>
            {
                NetworkProfile quick = new("quick", TimeSpan.FromMilliseconds(1), 2_000_000_000);
                await using Ends ends = await Ends.OpenAsync(kind);
                ends.First.Shape(quick);
                ends.Second.Shape(quick);
                long start = Stopwatch.GetTimestamp();
                await Task.WhenAll(
                    SendAsync(ends.First, forth, seed), SendAsync(ends.Second, back, seed + 1),
                    ReceiveAsync(ends.Second, forth, seed), ReceiveAsync(ends.First, back, seed + 1));
                NotBefore(quick.Carry(default, default, Math.Max(forth.Sum(), back.Sum())).Arrival, start);
                Assert.Equal(forth.Sum(), ends.First.BytesSent);
                Assert.Equal(back.Sum(), ends.First.BytesReceived);
                Assert.Equal(back.Sum(), ends.Second.BytesSent);
                Assert.Equal(forth.Sum(), ends.Second.BytesReceived);
            },
            iter: 15, threads: 1);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_sender_waits_once_the_buffer_is_full_and_no_longer_than_for_room(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        ends.First.Shape(new NetworkProfile("wide", TimeSpan.FromMilliseconds(1), 2_000_000_000));
        byte[] message = new byte[20 << 20];
        new Random(3).NextBytes(message);
        byte[] received = new byte[message.Length];
        ValueTask sending = ends.First.SendAsync(message, Patience);
        Assert.False(sending.IsCompleted);
        await ends.Second.ReceiveAsync(received, Patience);
        await sending;
        Assert.True(message.AsSpan().SequenceEqual(received));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_on_its_way_when_an_end_closes_arrives_in_its_time(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        ends.First.Shape(Narrow);
        byte[] message = new byte[300_000];
        new Random(4).NextBytes(message);

        // A wait under way at the closing end ends at once, and takes nothing of what was sent with it.
        Task waiting = ends.First.ReceiveAsync(new byte[1], Patience).AsTask();
        long start = Stopwatch.GetTimestamp();
        await ends.First.SendAsync(message, Patience);
        await ends.First.DisposeAsync();
        Assert.Equal("it was closed at this end", (await Assert.ThrowsAsync<ConnectionLostException>(() => waiting)).Message);

        byte[] received = new byte[message.Length];
        await ends.Second.ReceiveAsync(received, Patience);
        NotBefore(Narrow.Carry(default, default, message.Length).Arrival, start);
        Assert.True(message.AsSpan().SequenceEqual(received));
        ConnectionLostException e = await Assert.ThrowsAsync<ConnectionLostException>(
            () => ends.Second.ReceiveAsync(received, Patience).AsTask());
        Assert.Equal("the peer closed it", e.Message);
    }

    [Fact]
    public async Task The_news_of_a_closing_takes_the_latency()
    {
        await using Ends ends = await Ends.OpenAsync("tcp");
        ends.First.Shape(NetworkProfile.Wan);
        long start = Stopwatch.GetTimestamp();
        ends.First.Abort();
        await Assert.ThrowsAsync<ConnectionLostException>(() => ends.Second.ReceiveAsync(new byte[1], Patience).AsTask());
        NotBefore(NetworkProfile.Wan.Latency, start);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("tcp")]
    public async Task A_sender_learns_that_its_peer_has_closed(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        ends.First.Shape(NetworkProfile.Lan);
        ends.Second.Abort();
        ConnectionLostException e = await Assert.ThrowsAsync<ConnectionLostException>(async () =>
        {
            for (byte[] message = new byte[100_000]; true;)
            {
                await ends.First.SendAsync(message, Patience);
            }
        });
        Assert.Equal("the peer closed it", e.Message);
        e = await Assert.ThrowsAsync<ConnectionLostException>(() => ends.First.SendAsync(new byte[1], Patience).AsTask());
        Assert.Equal("the peer closed it", e.Message);
    }

    [Fact]
    public async Task A_connection_in_use_is_not_shaped()
    {
        await using Ends ends = await Ends.OpenAsync("memory");
        await ends.First.SendAsync(new byte[1], Patience);
        ends.Second.Shape(NetworkProfile.Loopback);
        await ends.Second.ReceiveAsync(new byte[1], Patience);
        Assert.Throws<InvalidOperationException>(() => ends.First.Shape(NetworkProfile.Lan));
        Assert.Throws<InvalidOperationException>(() => ends.Second.Shape(NetworkProfile.Loopback));
    }

    [Fact]
    public async Task A_call_over_a_lan_gives_and_costs_what_it_does_without()
    {
        CallResult plain = await MultiplyAsync(NetworkProfile.Loopback);
        CallResult shaped = await MultiplyAsync(NetworkProfile.Lan);

        // However early the server was: what the client puts in must travel there before the product can travel back.
        Assert.True(shaped.Statistics.Online >= 2 * NetworkProfile.Lan.Latency);
        Assert.Equal(plain.Statistics.Measured, shaped.Statistics.Measured);
        Assert.Equal(plain.Statistics.Planned, shaped.Statistics.Measured);
        float[] expected = plain.Outputs[0].Value.Values.ToArray();
        float[] actual = shaped.Outputs[0].Value.Values.ToArray();

        // Rounding of the last bit is random in both.
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second - pair.First, -2f / 4096, 2f / 4096));
    }

    private static async Task<CallResult> MultiplyAsync(NetworkProfile network)
    {
        MultiplyProgram program = new();
        await using TwoParties parties = await TwoParties.StartAsync([program], new SessionSettings { Network = network });
        Tensor left = Tensor.From([.. Enumerable.Range(0, 500).Select(i => (i % 16) - 8f)], 500);
        Tensor right = Tensor.From([.. Enumerable.Range(0, 500).Select(i => (i % 13) / 4f)], 500);
        (CallResult server, CallResult client) = await parties.CallAsync(
            program, new CallRequest { Inputs = [Input.Of(left), Input.Of(500)] },
            new CallRequest { Inputs = [Input.Of(500), Input.Of(right)] });
        Assert.Equal(server.Statistics.Measured, client.Statistics.Measured);
        return client;
    }

    private static async Task SendAsync(Connection connection, int[] sizes, int seed)
    {
        Random random = new(seed);
        foreach (int size in sizes)
        {
            byte[] message = new byte[size];
            random.NextBytes(message);
            await connection.SendAsync(message, Patience);
        }
    }

    private static async Task ReceiveAsync(Connection connection, int[] sizes, int seed)
    {
        Random random = new(seed);
        foreach (int size in sizes)
        {
            byte[] expected = new byte[size];
            random.NextBytes(expected);
            byte[] received = new byte[size];
            await connection.ReceiveAsync(received, Patience);
            Assert.True(expected.AsSpan().SequenceEqual(received));
        }
    }

    private static void NotBefore(TimeSpan due, long start)
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        Assert.True(elapsed >= due, $"arrived after {elapsed}, due after {due}");
    }
}
