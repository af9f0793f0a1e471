using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Randomness;
using MPCache.Runtime.Tests.Transport;
using MPCache.Sessions;
using MPCache.Transport;
using Xunit;

namespace MPCache.Runtime.Tests.Sessions;

public class HandshakeTests
{
    private static readonly Guid First = new("11111111-1111-1111-1111-111111111111");
    private static readonly Guid Second = new("22222222-2222-2222-2222-222222222222");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly CompiledProgram[] Programs = [new MultiplyProgram()];
    private static readonly SessionSettings Plain = new();

    [Fact]
    public async Task Programs_that_differ_are_named()
    {
        (string server, string client) = await RefuseAsync(
            [new MultiplyProgram("0123456789abcdef")], [new MultiplyProgram("fedcba9876543210")], Plain, Plain);
        Assert.Equal(
            "the program Multiply differs: fingerprint fedcba987654… at the client, 0123456789ab… at this party. "
            + "Install the same version of the programs on both sides.", server);
        Assert.Equal(
            "the program Multiply differs: fingerprint 0123456789ab… at the server, fedcba987654… at this party. "
            + "Install the same version of the programs on both sides.", client);
    }

    [Fact]
    public async Task Programs_that_one_side_lacks_are_named()
    {
        (string server, string client) = await RefuseAsync(
            [new MultiplyProgram()], [new MultiplyProgram(), new CacheProgram()], Plain, Plain);
        Assert.StartsWith("the client has the program Cache, which this party lacks.", server);
        Assert.StartsWith("this party has the program Cache, which the server lacks.", client);
    }

    [Fact]
    public async Task Options_that_differ_are_named()
    {
        (string server, string client) = await RefuseAsync(
            Programs, Programs, With(("layers", "5"), ("heads", "8")), With(("layers", "6"), ("heads", "8")));
        Assert.Equal(
            "the option 'layers' is 5 at this party and 6 at the client. Start both sides with the same model and the same options.",
            server);
        Assert.StartsWith("the option 'layers' is 6 at this party and 5 at the server.", client);

        (server, client) = await RefuseAsync(Programs, Programs, With(("budget", "0.07")), Plain);
        Assert.StartsWith("the option 'budget' is 0.07 at this party and missing at the client.", server);
        Assert.StartsWith("the option 'budget' is missing at this party and 0.07 at the server.", client);
    }

    [Fact]
    public async Task Two_servers_find_out()
    {
        (Connection first, Connection second) = MemoryConnection.CreatePair();
        Task<PartySession> one = PartySession.ConnectAsync(Party.Server, first, new NoRandomness(Party.Server, First), Programs);
        Task<PartySession> other = PartySession.ConnectAsync(Party.Server, second, new NoRandomness(Party.Server, First), Programs);
        const string Expected = "both sides are the server. Start one side as the server and the other as the client.";
        Assert.Equal(Expected, await Failure.MessageAsync(one));
        Assert.Equal(Expected, await Failure.MessageAsync(other));
    }

    [Fact]
    public async Task Parties_of_two_sessions_find_out()
    {
        (Connection first, Connection second) = MemoryConnection.CreatePair();
        Task<PartySession> server = PartySession.ConnectAsync(Party.Server, first, new NoRandomness(Party.Server, First), Programs);
        Task<PartySession> client = PartySession.ConnectAsync(Party.Client, second, new NoRandomness(Party.Client, Second), Programs);
        Assert.Equal(
            "the client has its randomness from another session than this party. "
            + "Connect both to the same dealer with the same session name.",
            await Failure.MessageAsync(server));
        Assert.StartsWith("the server has its randomness from another session than this party.", await Failure.MessageAsync(client));
    }

    [Fact]
    public async Task A_dealer_in_the_place_of_the_peer_is_named()
    {
        (Connection first, Connection second) = MemoryConnection.CreatePair("the party", "the peer");
        Task serving = new DealerService(Programs).ServeAsync(second);
        Assert.StartsWith(
            "the peer is a dealer, not a party.",
            await Failure.MessageAsync(PartySession.ConnectAsync(Party.Client, first, new NoRandomness(Party.Client, First), Programs)));
        await serving.WaitAsync(Patience);
    }

    [Fact]
    public async Task Who_speaks_another_protocol_is_named()
    {
        (Connection first, Connection second) = MemoryConnection.CreatePair("the party", "10.0.0.7:80");
        await second.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Patience);
        Assert.Equal(
            "10.0.0.7:80 does not speak MPCache's protocol: it begins with 'HTTP/1.1 400 Bad'. "
            + "Check the address; with TLS, use it on both sides.",
            await Failure.MessageAsync(PartySession.ConnectAsync(Party.Client, first, new NoRandomness(Party.Client, First), Programs)));
    }

    [Fact]
    public async Task Who_speaks_another_version_is_named()
    {
        (Connection first, Connection second) = MemoryConnection.CreatePair("the party", "the peer");
        await second.SendAsync(new byte[] { 0x4d, 0x50, 0x43, 0x41, 0x43, 0x48, 0x45, 0, 9, 0, 0, 0, 1, 0, 0, 0, 77 }, Patience);
        Assert.Equal(
            "the peer speaks protocol version 9, this side 1. Install the same version on all sides.",
            await Failure.MessageAsync(PartySession.ConnectAsync(Party.Client, first, new NoRandomness(Party.Client, First), Programs)));
    }

    [Fact]
    public async Task Who_says_nothing_is_given_up()
    {
        (Connection first, _) = MemoryConnection.CreatePair("the party", "the peer");
        SessionSettings hasty = new() { Timeouts = new ChannelTimeouts { Connect = TimeSpan.FromMilliseconds(300) } };
        Assert.Equal(
            "the peer does not answer the greeting: the peer sent nothing for 0.3 s. "
            + "Check that an MPCache party or dealer of this version runs there, with TLS on both sides or on neither.",
            await Failure.MessageAsync(
                PartySession.ConnectAsync(Party.Client, first, new NoRandomness(Party.Client, First), Programs, hasty)));
    }

    [Fact]
    public async Task A_failed_attempt_gives_up_the_randomness_too()
    {
        (Connection first, Connection second) = MemoryConnection.CreatePair();
        NoRandomness randomness = new(Party.Client, First);
        second.Abort();
        await Failure.MessageAsync(PartySession.ConnectAsync(Party.Client, first, randomness, Programs));
        Assert.True(randomness.Disposed);
        randomness = new NoRandomness(Party.Server, First);
        using Listener taken = Listener.Start(new TcpEndpoint("127.0.0.1", 0));
        Assert.StartsWith(
            $"port {taken.Endpoint.Port} is in use by another process.",
            await Failure.MessageAsync(PartySession.ConnectAsync(Party.Server, taken.Endpoint, randomness, Programs)));
        Assert.True(randomness.Disposed);
    }

    private static SessionSettings With(params (string, string)[] options)
    {
        Dictionary<string, string> all = [];
        foreach ((string name, string value) in options)
        {
            all.Add(name, value);
        }

        return new SessionSettings { Options = all };
    }

    private static async Task<(string Server, string Client)> RefuseAsync(
        CompiledProgram[] atServer, CompiledProgram[] atClient, SessionSettings serverSettings, SessionSettings clientSettings)
    {
        (Connection first, Connection second) = MemoryConnection.CreatePair();
        Task<PartySession> server = PartySession.ConnectAsync(
            Party.Server, first, new NoRandomness(Party.Server, First), atServer, serverSettings);
        Task<PartySession> client = PartySession.ConnectAsync(
            Party.Client, second, new NoRandomness(Party.Client, First), atClient, clientSettings);
        return (await Failure.MessageAsync(server), await Failure.MessageAsync(client));
    }

    /// <summary>A source that is never asked.</summary>
    private sealed class NoRandomness(Party party, Guid session) : IRandomnessSource
    {
        public bool Disposed { get; private set; }

        public Party Party => party;

        public Guid Session => session;

        public IMaskSource Masks => throw new InvalidOperationException("No masks are due.");

        public Task AnnounceAsync(LedgerEntry entry, long tapeBytes, CancellationToken cancellation) =>
            throw new InvalidOperationException("No call is due.");

        public Task<Correlations> TakeAsync(uint call, CancellationToken cancellation) =>
            throw new InvalidOperationException("No call is due.");

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
