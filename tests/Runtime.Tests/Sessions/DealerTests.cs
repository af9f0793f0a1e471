using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Randomness;
using MPCache.Runtime.Tests.Transport;
using MPCache.Sessions;
using MPCache.Transport;
using Xunit;

namespace MPCache.Runtime.Tests.Sessions;

public class DealerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TcpEndpoint AnyPort = new("127.0.0.1", 0);
    private static readonly MultiplyProgram Multiply = new();
    private static readonly CompiledProgram[] Programs = [Multiply];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sessions_at_once_and_after_each_other_over_tcp(bool secured)
    {
        using TlsIdentity? identity = secured ? TlsIdentity.Create("test") : null;
        using Listener dealerListener = Listener.Start(AnyPort, identity);
        using CancellationTokenSource stop = new();
        Task dealing = new DealerService(Programs).RunAsync(dealerListener, stop.Token);
        for (int round = 0; round < 2; round++)
        {
            // The same names again: a session that is over frees its name.
            await Task.WhenAll(
                Enumerable.Range(0, 3).Select(i => RunSessionAsync(dealerListener.Endpoint, identity, $"session {i}"))).WaitAsync(Patience);
        }

        await stop.CancelAsync();
        await dealing.WaitAsync(Patience);
    }

    [Fact]
    public async Task An_absent_dealer_is_named()
    {
        TcpEndpoint nowhere;
        using (Listener listener = Listener.Start(AnyPort))
        {
            nowhere = listener.Endpoint;
        }

        ChannelTimeouts hasty = new() { Connect = TimeSpan.FromMilliseconds(100) };
        Assert.Equal(
            $"no dealer: nobody listens at {nowhere} (tried for 0.1 s). Start the other side, or check the address.",
            await Failure.MessageAsync(() => DealerClient.ConnectAsync(nowhere, Party.Client, "s", Programs, timeouts: hasty)));
    }

    [Fact]
    public async Task A_role_is_taken_once_a_session()
    {
        DealerService dealer = new(Programs);
        await using DealerClient first = await JoinAsync(dealer, Party.Server, "s");
        Assert.Equal(
            "session 's' already has a server. Choose another session name, end the other process, or take the other role.",
            await Failure.MessageAsync(() => JoinAsync(dealer, Party.Server, "s")));
        await using DealerClient other = await JoinAsync(dealer, Party.Server, "t");
        await using DealerClient client = await JoinAsync(dealer, Party.Client, "s");
        Assert.Equal(first.Session, client.Session);
        Assert.NotEqual(first.Session, other.Session);
    }

    [Fact]
    public async Task The_name_of_a_session_that_a_party_left_is_free_with_new_seeds()
    {
        DealerService dealer = new(Programs);
        ulong[] before = new ulong[4];
        DealerClient first = await JoinAsync(dealer, Party.Server, "s");
        Guid session = first.Session;
        first.Masks.Expand(default, before, 64);
        await first.DisposeAsync();
        DealerClient? second = null;
        for (int attempt = 0; second is null; attempt++)
        {
            try
            {
                second = await JoinAsync(dealer, Party.Server, "s");
            }
            catch (MPCacheException) when (attempt < 1000)
            {
                // The dealer has not noticed yet that the first one left.
                await Task.Delay(10);
            }
        }

        ulong[] after = new ulong[4];
        second.Masks.Expand(default, after, 64);
        Assert.NotEqual(session, second.Session);
        Assert.Empty(before.Intersect(after));
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Programs_that_the_dealer_lacks_or_has_otherwise_are_named()
    {
        DealerService dealer = new(Programs);
        Assert.Equal(
            "the server has the program Cache, which the dealer lacks. Install the same version of the programs on all sides.",
            await Failure.MessageAsync(() => JoinAsync(dealer, Party.Server, "s", new CacheProgram())));
        Assert.Equal(
            "the program Multiply differs: fingerprint multiply-2 at the client, multiply-1 at the dealer. "
            + "Install the same version of the programs on all sides.",
            await Failure.MessageAsync(() => JoinAsync(dealer, Party.Client, "s", new MultiplyProgram("multiply-2"))));
    }

    [Fact]
    public async Task A_party_in_the_place_of_the_dealer_is_named()
    {
        (Connection first, Connection second) = MemoryConnection.CreatePair("the client", "the peer");
        Task<DealerClient> server = DealerClient.ConnectAsync(second, Party.Server, "s", Programs);
        Assert.Equal(
            "the peer is a server, not a dealer. Give the dealer's address as the dealer.",
            await Failure.MessageAsync(() => DealerClient.ConnectAsync(first, Party.Client, "s", Programs)));
        await Failure.MessageAsync(server);
    }

    [Fact]
    public async Task A_stranger_does_not_disturb_the_dealer()
    {
        using Listener listener = Listener.Start(AnyPort);
        using CancellationTokenSource stop = new();
        ConcurrentQueue<string> log = new();
        Task dealing = new DealerService(Programs, new DealerSettings { Log = log.Enqueue }).RunAsync(listener, stop.Token);
        await using (Connection stranger = await TcpConnector.ConnectAsync(listener.Endpoint, Patience))
        {
            await stranger.SendAsync("GET / HTTP/1.1\r\nHost: dealer\r\n\r\n"u8.ToArray(), Patience);
            byte[] greeting = new byte[7];
            await stranger.ReceiveAsync(greeting, Patience);
            Assert.Equal("MPCACHE"u8.ToArray(), greeting);
            await RunSessionAsync(listener.Endpoint, null, "s").WaitAsync(Patience);
        }

        await stop.CancelAsync();
        await dealing.WaitAsync(Patience);
        Assert.Contains(log, line => line.Contains("does not speak MPCache's protocol: it begins with 'GET / HTTP/1.1..'"));
        Assert.Contains(log, line => line == "session 's': call 0, program Multiply: 24 bytes of tape");
    }

    [Fact]
    public async Task A_tape_that_breaks_off_is_reported_with_what_is_there()
    {
        DealerService dealer = new(Programs);
        await using DealerClient server = await JoinAsync(dealer, Party.Server, "s");
        (Connection near, Connection far) = MemoryConnection.CreatePair("the client", "the dealer");
        _ = dealer.ServeAsync(far);

        // The dealer's greeting has 16 bytes, its welcome 61, the word that the call is dealt 21, the segment's header 5.
        (Connection head, Connection tail) = MemoryConnection.CreatePair();
        _ = Relay.PumpAsync(near, head, 16 + 61 + 21 + 5 + 100);
        _ = Relay.PumpAsync(head, near, long.MaxValue);
        await using DealerClient client = await DealerClient.ConnectAsync(tail, Party.Client, "s", Programs);

        CallEntry entry = new(0, "Multiply", "multiply-1", [("n", 1000)], [], [], []);
        await server.AnnounceAsync(entry, 6000, CancellationToken.None);
        await client.AnnounceAsync(entry, 6000, CancellationToken.None);
        Assert.Equal(
            "the connection to the dealer was lost while the tape of call 0 came: 0 of 6000 bytes are here: the peer closed it. "
            + "Look at the dealer's output for the cause, then start a new session.",
            await Failure.MessageAsync(() => client.TakeAsync(0, CancellationToken.None)));
        Assert.StartsWith(
            "the connection to the dealer was lost while the tape of call 0 came",
            await Failure.MessageAsync(() => client.AnnounceAsync(entry with { Call = 1 }, 6000, CancellationToken.None)));
    }

    [Fact]
    public async Task A_tape_of_another_length_than_planned_is_refused()
    {
        DealerService dealer = new(Programs);
        await using DealerClient server = await JoinAsync(dealer, Party.Server, "s");
        await using DealerClient client = await JoinAsync(dealer, Party.Client, "s");
        CallEntry entry = new(0, "Multiply", "multiply-1", [("n", 1000)], [], [], []);
        await server.AnnounceAsync(entry, 6000, CancellationToken.None);
        await client.AnnounceAsync(entry, 6006, CancellationToken.None);
        Assert.Equal(
            "the dealer announces a tape of 6000 bytes for call 0 of Multiply, the plan says 6006. "
            + "Install the same version of the program at the dealer.",
            await Failure.MessageAsync(() => client.TakeAsync(0, CancellationToken.None)));
        Correlations atServer = await server.TakeAsync(0, CancellationToken.None);
        Assert.Equal(6000, atServer.TapeBytes);
        Assert.Equal(0, atServer.Tape.Length);
    }

    [Fact]
    public async Task Announcements_that_do_not_fit_the_programs_are_refused()
    {
        (LedgerEntry Entry, string Message)[] cases =
        [
            (new CallEntry(1, "Multiply", "multiply-1", [("n", 1)], [], [], []), "call 1 was announced where call 0 is due"),
            (new CallEntry(0, "Multiply", "multiply-7", [("n", 1)], [], [], []), "the dealer has no program Multiply of this fingerprint"),
            (new CallEntry(0, "Multiply", "multiply-1", [], [], [], []), "call 0 does not fit the interface of Multiply"),
            (new CallEntry(0, "Multiply", "multiply-1", [("n", -1)], [], [], []), "dimension n of Multiply is -1, at most 100000 are"),
            (new CallEntry(0, "Multiply", "multiply-1", [("n", 100_001)], [], [], []), "dimension n of Multiply is 100001, at most 100000"),
            (new CallEntry(0, "OneHot", "onehot-1", [("classes", 3), ("tokens", 1)], [("theta", 0.5)], [], []),
                "OneHot: mod(classes, 2) is 1, 0 is 0, but pairs of classes needs them equal"),
        ];
        foreach ((LedgerEntry entry, string message) in cases)
        {
            DealerService dealer = new([.. Programs, new OneHotProgram()]);
            await using DealerClient server = await JoinAsync(dealer, Party.Server, "s");
            await using DealerClient client = await JoinAsync(dealer, Party.Client, "s");
            await server.AnnounceAsync(entry, 6, CancellationToken.None);
            await client.AnnounceAsync(entry, 6, CancellationToken.None);
            Assert.StartsWith(message, await Failure.MessageAsync(() => client.TakeAsync(entry.Call, CancellationToken.None)));
            Assert.StartsWith(message, await Failure.MessageAsync(() => server.TakeAsync(entry.Call, CancellationToken.None)));
        }
    }

    [Fact]
    public async Task A_dealer_at_work_is_heard()
    {
        using ManualResetEventSlim dealt = new();
        SlowProgram slow = new(dealt);
        DealerService dealer = new([slow], new DealerSettings { Heartbeat = TimeSpan.FromMilliseconds(10) });
        await using DealerClient server = await JoinAsync(dealer, Party.Server, "s", slow);
        (Connection near, Connection far) = MemoryConnection.CreatePair();
        _ = dealer.ServeAsync(far);
        MessageWriter greeting = new();
        greeting.UInt32(ContractVersion.Current).Text("s");
        ProgramList.Write(greeting, [slow]);
        await Greeting.ExchangeAsync(near, Speaker.Client, greeting.Written, Patience, CancellationToken.None);
        await using MessageChannel client = new(near);
        Assert.Equal(DealerMessage.Welcome, await NextAsync(client));

        CallEntry entry = new(0, "Multiply", "slow", [("n", 1)], [], [], []);
        MessageWriter announcement = new();
        LedgerCodec.Write(announcement, entry);
        await client.SendAsync(DealerMessage.Announce, announcement.Written, Patience, CancellationToken.None);
        await server.AnnounceAsync(entry, 6, CancellationToken.None);
        for (int beat = 0; beat < 3; beat++)
        {
            Assert.Equal(DealerMessage.Busy, await NextAsync(client));
        }

        dealt.Set();
        byte kind = DealerMessage.Busy;
        while (kind == DealerMessage.Busy)
        {
            kind = await NextAsync(client);
        }

        Assert.Equal(DealerMessage.Dealt, kind);
        Assert.Equal(DealerMessage.Segment, await NextAsync(client));
        Assert.Equal(6, (await server.TakeAsync(0, CancellationToken.None)).TapeBytes);
    }

    [Fact]
    public async Task A_party_waits_as_long_as_the_dealer_is_heard()
    {
        (Connection near, Connection far) = MemoryConnection.CreatePair();
        Task<(Speaker, MessageReader)> greeted = Greeting.ExchangeAsync(far, Speaker.Dealer, default, Patience, CancellationToken.None);
        await using MessageChannel dealer = new(far);
        MessageWriter welcome = new();
        welcome.Guid(Guid.Empty).Bytes(new byte[AesMaskSource.SeedBytes]);
        await dealer.SendAsync(DealerMessage.Welcome, welcome.Written, Patience, CancellationToken.None);
        await using DealerClient client = await DealerClient.ConnectAsync(
            near, Party.Client, "s", Programs, new ChannelTimeouts { Preparation = TimeSpan.FromSeconds(1) });
        await greeted;
        await client.AnnounceAsync(new CallEntry(0, "Multiply", "multiply-1", [("n", 0)], [], [], []), 0, CancellationToken.None);
        Task<Correlations> waiting = client.TakeAsync(0, CancellationToken.None);
        for (int beat = 0; beat < 30; beat++)
        {
            await Task.Delay(50);
            await dealer.SendAsync(DealerMessage.Busy, default, Patience, CancellationToken.None);
        }

        Assert.False(waiting.IsCompleted);
        MessageWriter dealt = new();
        dealt.UInt32(0).Int64(0).UInt32(0);
        await dealer.SendAsync(DealerMessage.Dealt, dealt.Written, Patience, CancellationToken.None);
        Assert.Equal(0, (await waiting.WaitAsync(Patience)).TapeBytes);
    }

    [Fact]
    public void Ledger_entries_survive_the_wire()
    {
        Gen<string> name = Gen.String[0, 20];
        Gen<LedgerEntry> entries = Gen.OneOf(
            Gen.Select(
                Gen.UInt, name, name, Gen.Select(name, Gen.Long).Array[0, 5], Gen.Select(name, Gen.Double).Array[0, 5],
                Gen.UInt.Array[0, 3], Gen.UInt.Array[0, 3])
                .Select<(uint, string, string, (string, long)[], (string, double)[], uint[], uint[]), LedgerEntry>(
                    t => new CallEntry(t.Item1, t.Item2, t.Item3, t.Item4, t.Item5, t.Item6, t.Item7)),
            Gen.Select(
                Gen.UInt, name, Gen.Select(name, Gen.Int[0, int.MaxValue].Array[0, 4]).Array[0, 4], Gen.Select(name, Gen.Long).Array[0, 4])
                .Select<(uint, string, (string, int[])[], (string, long)[]), LedgerEntry>(
                    t => new ResidentEntry(t.Item1, t.Item2, [.. t.Item3.Select(f => new LedgerTensor(f.Item1, f.Item2))], t.Item4)),
            Gen.Select(Gen.UInt, name, Gen.Select(name, Gen.Int[0, int.MaxValue], Gen.Int[0, int.MaxValue].Array[0, 4]).Array[0, 4])
                .Select<(uint, string, (string, int, int[])[]), LedgerEntry>(
                    t => new StateEntry(t.Item1, t.Item2, [.. t.Item3.Select(f => (f.Item1, f.Item2, (IReadOnlyList<int>)f.Item3))])));
        entries.Sample(entry =>
        {
            MessageWriter writer = new();
            LedgerCodec.Write(writer, entry);
            MessageReader reader = new(writer.Written);
            LedgerEntry read = LedgerCodec.Read(reader);
            reader.End();
            Assert.Equal(entry.GetType(), read.GetType());
            Assert.Null(LedgerEntry.Difference(entry, read));

            // Cut anywhere, it is refused, never misread.
            for (int length = 0; length < writer.Written.Length; length++)
            {
                ReadOnlyMemory<byte> cut = writer.Written[..length];
                Assert.Throws<MPCacheException>(() => LedgerCodec.Read(new MessageReader(cut)));
            }
        }, iter: 200);
    }

    private static async Task<byte> NextAsync(MessageChannel channel)
    {
        (byte kind, long length) = await channel.ReceiveHeaderAsync(Patience, CancellationToken.None);
        await channel.ReceivePayloadAsync(length, DealerMessage.MaximumBytes, Patience, CancellationToken.None);
        return kind;
    }

    private static Task<DealerClient> JoinAsync(DealerService dealer, Party party, string session, params CompiledProgram[] programs)
    {
        (Connection near, Connection far) = MemoryConnection.CreatePair();
        _ = dealer.ServeAsync(far);
        return DealerClient.ConnectAsync(near, party, session, programs.Length == 0 ? Programs : programs);
    }

    private static async Task RunSessionAsync(TcpEndpoint dealer, TlsIdentity? identity, string session)
    {
        using Listener listener = Listener.Start(AnyPort, identity);
        SessionSettings settings = new() { PinnedThumbprint = identity?.Thumbprint };
        async Task<PartySession> ServeAsync() => await PartySession.ConnectAsync(
            Party.Server, await listener.AcceptAsync(),
            await DealerClient.ConnectAsync(dealer, Party.Server, session, Programs, identity?.Thumbprint), Programs);
        async Task<PartySession> ConnectAsync() => await PartySession.ConnectAsync(
            Party.Client, listener.Endpoint, await DealerClient.ConnectAsync(dealer, Party.Client, session, Programs, identity?.Thumbprint),
            Programs, settings);
        Task<PartySession> accepting = ServeAsync();
        await using PartySession client = await ConnectAsync();
        await using PartySession server = await accepting;
        for (int call = 0; call < 3; call++)
        {
            Task<CallResult> serving = server.CallAsync(
                Multiply, new CallRequest { Inputs = [Input.Of(Tensor.From([1, 2, 3, 4], 4)), Input.Of(4)] });
            CallResult result = await client.CallAsync(
                Multiply, new CallRequest { Inputs = [Input.Of(4), Input.Of(Tensor.From([5, 6, 7, 8], 4))] });
            await serving;
            Assert.Equal([5f, 12f, 21f, 32f], result.Outputs[0].Value.Values.ToArray());
            Assert.Equal(result.Statistics.Planned, result.Statistics.Measured);
        }
    }

    /// <summary>The dealer's part waits for the test.</summary>
    private sealed class SlowProgram(ManualResetEventSlim dealt) : CompiledProgram
    {
        private readonly MultiplyProgram inner = new("slow");

        public override ProgramInterface Interface => inner.Interface;

        public override ValueTask RunAsync<TRole>(Run run, CallFrame frame)
        {
            if (TRole.IsDealer)
            {
                dealt.Wait();
            }

            return inner.RunAsync<TRole>(run, frame);
        }
    }
}
