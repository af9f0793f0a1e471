using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Transport;
using Xunit;

namespace MPCache.Runtime.Tests.Transport;

public class ConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Kinds => ["memory", "tcp", "tls", "shaped memory", "shaped tcp", "shaped tls"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Bytes_arrive_in_order_and_are_counted(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        byte[] message = [.. Enumerable.Range(0, 50_000).Select(i => (byte)(i * 7))];
        foreach (int part in new[] { 1, 7, 100, 16_384, 33_508 })
        {
            await ends.First.SendAsync(message.AsMemory(0, part), Patience);
        }

        byte[] received = new byte[message.Length];
        int at = 0;
        foreach (int part in new[] { 3, 1, 20_000, 96, 29_900 })
        {
            await ends.Second.ReceiveAsync(received.AsMemory(at, part), Patience);
            at += part;
        }

        byte[] expected = [.. new[] { 1, 7, 100, 16_384, 33_508 }.SelectMany(part => message.Take(part))];
        Assert.Equal(expected, received);
        Assert.Equal(50_000, ends.First.BytesSent);
        Assert.Equal(50_000, ends.Second.BytesReceived);
        Assert.Equal(0, ends.First.BytesReceived);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Both_directions_carry_megabytes_at_once(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        byte[] forth = new byte[9_000_000];
        byte[] back = new byte[9_000_000];
        Random random = new(1);
        random.NextBytes(forth);
        random.NextBytes(back);
        byte[] atSecond = new byte[forth.Length];
        byte[] atFirst = new byte[back.Length];
        await Task.WhenAll(
            ends.First.SendAsync(forth, Patience).AsTask(),
            ends.Second.SendAsync(back, Patience).AsTask(),
            ends.First.ReceiveAsync(atFirst, Patience).AsTask(),
            ends.Second.ReceiveAsync(atSecond, Patience).AsTask());
        Assert.True(forth.AsSpan().SequenceEqual(atSecond));
        Assert.True(back.AsSpan().SequenceEqual(atFirst));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_peer_that_closes_is_noticed_at_once(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        ValueTask waiting = ends.First.ReceiveAsync(new byte[1], Timeout.InfiniteTimeSpan);
        ends.Second.Abort();
        ConnectionLostException e = await Assert.ThrowsAsync<ConnectionLostException>(() => waiting.AsTask().WaitAsync(Patience));
        Assert.Equal("the peer closed it", e.Message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_was_sent_before_closing_still_arrives(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        await ends.Second.SendAsync(new byte[] { 1, 2, 3 }, Patience);
        ends.Second.Abort();
        byte[] received = new byte[3];
        await ends.First.ReceiveAsync(received, Patience);
        Assert.Equal([1, 2, 3], received);
        await Assert.ThrowsAsync<ConnectionLostException>(() => ends.First.ReceiveAsync(received, Patience).AsTask());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_silent_peer_is_given_up(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        ConnectionLostException e = await Assert.ThrowsAsync<ConnectionLostException>(
            () => ends.First.ReceiveAsync(new byte[1], TimeSpan.FromMilliseconds(50)).AsTask().WaitAsync(Patience));
        Assert.Equal("the peer sent nothing for 0.05 s", e.Message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_peer_that_takes_nothing_is_given_up(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        ConnectionLostException e = await Assert.ThrowsAsync<ConnectionLostException>(
            () => ends.First.SendAsync(new byte[64 << 20], TimeSpan.FromMilliseconds(200)).AsTask().WaitAsync(Patience));
        Assert.Equal("the peer took no data for 0.2 s", e.Message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Cancellation_ends_the_wait_and_the_connection(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        using CancellationTokenSource source = new();
        Task waiting = ends.First.ReceiveAsync(new byte[1], Patience, source.Token).AsTask();
        await source.CancelAsync();
        OperationCanceledException e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
        Assert.Equal(source.Token, e.CancellationToken);
        await Assert.ThrowsAsync<ConnectionLostException>(() => ends.Second.ReceiveAsync(new byte[1], Patience).AsTask());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Closing_ends_this_ends_waits(string kind)
    {
        await using Ends ends = await Ends.OpenAsync(kind);
        Task waiting = ends.First.ReceiveAsync(new byte[1], Patience).AsTask();
        ends.First.Abort();
        ConnectionLostException e = await Assert.ThrowsAsync<ConnectionLostException>(() => waiting.WaitAsync(Patience));
        Assert.Equal("it was closed at this end", e.Message);
    }
}
