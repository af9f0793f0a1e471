using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MPCache.Transport;
using Xunit;

namespace MPCache.Runtime.Tests.Transport;

public class NetworkProfileTests
{
    /// <summary>8 µs a byte, 3 ms one way.</summary>
    private static readonly NetworkProfile Slow = new("slow", TimeSpan.FromMilliseconds(3), 1_000_000);

    [Fact]
    public void The_presets_are_what_they_say()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(0.8), 2 * NetworkProfile.Lan.Latency);
        Assert.Equal(3_000_000_000, NetworkProfile.Lan.BitsPerSecond);
        Assert.Equal(TimeSpan.FromMilliseconds(40), 2 * NetworkProfile.Wan.Latency);
        Assert.Equal(200_000_000, NetworkProfile.Wan.BitsPerSecond);
        Assert.True(NetworkProfile.Loopback.AddsNothing);
        Assert.False(NetworkProfile.Lan.AddsNothing);
        Assert.False(NetworkProfile.Wan.AddsNothing);
        Assert.Equal("loopback", NetworkProfile.Loopback.ToString());
        Assert.Equal("lan (3000 Mbit/s a direction, 0.4 ms one way)", NetworkProfile.Lan.ToString());
        Assert.Equal("wan (200 Mbit/s a direction, 20 ms one way)", NetworkProfile.Wan.ToString());
    }

    [Fact]
    public void On_an_idle_link_a_message_takes_its_bytes_and_the_latency()
    {
        Transit transit = Slow.Carry(Micros(500), Micros(200), 100);
        Assert.Equal(new Transit(Micros(500 + 800), Micros(500 + 800 + 3000)), transit);
        Assert.Equal(new Transit(Micros(500), Micros(3500)), Slow.Carry(Micros(500), Micros(500), 0));
    }

    [Fact]
    public void On_a_busy_link_a_message_waits_for_the_one_before_it()
    {
        Transit first = Slow.Carry(Micros(0), Micros(0), 1000);
        Transit second = Slow.Carry(Micros(1), first.Departure, 10);
        Transit third = Slow.Carry(Micros(2), second.Departure, 0);
        Assert.Equal(new Transit(Micros(8000), Micros(11_000)), first);
        Assert.Equal(new Transit(Micros(8080), Micros(11_080)), second);
        Assert.Equal(second, third);
    }

    [Fact]
    public void After_a_gap_the_link_owes_nothing()
    {
        Transit first = Slow.Carry(Micros(0), Micros(0), 10);
        Assert.Equal(new Transit(Micros(10_080), Micros(13_080)), Slow.Carry(Micros(10_000), first.Departure, 10));
    }

    [Fact]
    public void A_burst_takes_as_long_as_one_message_of_its_bytes()
    {
        TimeSpan busy = TimeSpan.Zero;
        for (int i = 0; i < 100; i++)
        {
            busy = NetworkProfile.Wan.Carry(TimeSpan.Zero, busy, 25_000).Departure;
        }

        Assert.Equal(TimeSpan.FromMilliseconds(100), busy);
        Assert.Equal(busy, NetworkProfile.Wan.Carry(TimeSpan.Zero, TimeSpan.Zero, 2_500_000).Departure);
        Assert.Equal(Micros(400 + 1000), NetworkProfile.Lan.Carry(TimeSpan.Zero, TimeSpan.Zero, 375_000).Arrival);
    }

    [Fact]
    public void Times_on_the_link_are_rounded_up()
    {
        // 8 bits at 3 Gbit/s are 2.7 ns, 8 · 38 bits 101.3 ns.
        Assert.Equal(1, NetworkProfile.Lan.Carry(default, default, 1).Departure.Ticks);
        Assert.Equal(2, NetworkProfile.Lan.Carry(default, default, 38).Departure.Ticks);
        Assert.Equal(0, NetworkProfile.Lan.Carry(default, default, 0).Departure.Ticks);
    }

    [Fact]
    public void Without_a_limit_only_the_latency_counts()
    {
        NetworkProfile far = new("far", TimeSpan.FromSeconds(1), null);
        Assert.Equal(new Transit(Micros(7), Micros(1_000_007)), far.Carry(Micros(7), TimeSpan.Zero, long.MaxValue));
        Assert.Equal("far (1000 ms one way)", far.ToString());
        Assert.Equal(new Transit(Micros(7), Micros(7)), NetworkProfile.Loopback.Carry(Micros(7), TimeSpan.Zero, 1 << 30));
    }

    [Fact]
    public void Messages_keep_their_order_and_none_is_early() =>
        (from latency in Gen.Long[0, 1_000_000]
         from rate in Gen.Long[1000, 100_000_000_000]
         from messages in Gen.Select(Gen.Long[0, 20_000], Gen.Int[0, 1 << 24]).List[1, 50]
         select (new NetworkProfile("any", TimeSpan.FromTicks(latency), rate), messages)).Sample((profile, messages) =>
        {
            TimeSpan now = TimeSpan.Zero;
            Transit last = default;
            List<(TimeSpan HandedOver, Transit Transit, int Bytes)> sent = [];
            foreach ((long pause, int bytes) in messages)
            {
                now += TimeSpan.FromTicks(pause);
                Transit transit = profile.Carry(now, last.Departure, bytes);
                Assert.True(transit.Departure >= last.Departure);
                Assert.True(transit.Arrival >= last.Arrival);
                Assert.Equal(transit.Departure + profile.Latency, transit.Arrival);
                sent.Add((now, transit, bytes));
                last = transit;
            }

            // From any message on, the link carries no more than its bandwidth; exactly it where the link was never idle.
            for (int first = 0; first < sent.Count; first++)
            {
                Int128 bytes = sent.Skip(first).Aggregate((Int128)0, (sum, message) => sum + message.Bytes);
                long ticks = (last.Departure - sent[first].HandedOver).Ticks;
                Assert.True((Int128)ticks * profile.BitsPerSecond!.Value >= bytes * 8 * TimeSpan.TicksPerSecond);
            }
        });

    [Theory]
    [InlineData("latency=20ms,bandwidth=200Mbit", 200_000, 200_000_000)]
    [InlineData("latency=0.25ms,bandwidth=1.5Mbit", 2500, 1_500_000)]
    [InlineData("latency=0ms,bandwidth=1000000Mbit", 0, 1_000_000_000_000)]
    [InlineData("latency=10000ms,bandwidth=0.001Mbit", 100_000_000, 1000)]
    public void A_network_of_ones_own_is_read(string text, long latency, long rate)
    {
        NetworkProfile profile = NetworkProfile.Parse(text);
        Assert.Equal(latency, profile.Latency.Ticks);
        Assert.Equal(rate, profile.BitsPerSecond);
        Assert.Equal("custom", profile.Name);
    }

    [Fact]
    public void The_presets_are_read_by_name()
    {
        Assert.Same(NetworkProfile.Loopback, NetworkProfile.Parse("loopback"));
        Assert.Same(NetworkProfile.Lan, NetworkProfile.Parse("lan"));
        Assert.Same(NetworkProfile.Wan, NetworkProfile.Parse("wan"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("moon")]
    [InlineData("latency=20ms")]
    [InlineData("latency=20,bandwidth=200")]
    [InlineData("latency=ms,bandwidth=Mbit")]
    [InlineData("latency=-1ms,bandwidth=200Mbit")]
    [InlineData("latency=1e3ms,bandwidth=200Mbit")]
    [InlineData("bandwidth=200Mbit,latency=20ms")]
    [InlineData("latency=20ms,bandwidth=200Mbit,")]
    public void What_is_no_network_is_refused(string text)
    {
        MPCacheException e = Assert.Throws<MPCacheException>(() => NetworkProfile.Parse(text));
        Assert.Equal(
            $"'{text}' is no network. Write loopback, lan, wan, or the latency one way and the bandwidth of a direction as "
            + "latency=20ms,bandwidth=200Mbit.",
            e.Message);
    }

    [Theory]
    [InlineData(
        "latency=10001ms,bandwidth=1Mbit", "a latency of 10001 ms is more than the parties wait for. Give at most 10000 ms.")]
    [InlineData(
        "latency=1ms,bandwidth=0Mbit", "a bandwidth of 0 Mbit/s is none that can be emulated. Give between 0.001 and 1000000 Mbit/s.")]
    [InlineData(
        "latency=1ms,bandwidth=1000001Mbit",
        "a bandwidth of 1000001 Mbit/s is none that can be emulated. Give between 0.001 and 1000000 Mbit/s.")]
    public void What_is_out_of_bounds_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<MPCacheException>(() => NetworkProfile.Parse(text)).Message);

    [Fact]
    public void A_profile_is_no_time_machine()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetworkProfile("x", TimeSpan.FromTicks(-1), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetworkProfile("x", TimeSpan.Zero, 0));
    }

    private static TimeSpan Micros(long micros) => TimeSpan.FromMicroseconds(micros);
}
