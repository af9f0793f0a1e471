using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Runtime.Tests.Transport;
using MPCache.Sessions;
using MPCache.TestSupport;
using MPCache.Transport;
using Xunit;

namespace MPCache.Runtime.Tests.Sessions;

/// <summary>What goes wrong in a session, and what is said of it.</summary>
public class FailureTests
{
    private static readonly MultiplyProgram Multiply = new();

    [Fact]
    public async Task A_party_that_fails_in_the_middle_of_a_call_takes_the_session_with_it()
    {
        MultiplyProgram failing = new() { BeforeFlight1 = () => throw new MPCacheException("the disk is full", "Delete files") };
        await using TwoParties parties = await TwoParties.StartAsync(failing);
        Task<CallResult> server = parties.Server.CallAsync(failing, ServerCall(1));
        Task<CallResult> client = parties.Client.CallAsync(failing, ClientCall(1));
        Assert.Equal("the disk is full. Delete files.", await Failure.MessageAsync(server));
        Assert.Equal(
            "the connection to the server at the server's end was lost in call 0, flight 1: the peer closed it. "
            + "Look at the server's output for the cause, then start a new session.", await Failure.MessageAsync(client));

        // Poisoned: whatever comes later fails at once and names the first cause.
        Assert.Equal(
            "this session failed before: the disk is full. Delete files.",
            await Failure.MessageAsync(() => parties.Server.CallAsync(failing, ServerCall(1))));
        Assert.StartsWith(
            "this session failed before: the connection to the server at the server's end was lost in call 0, flight 1:",
            await Failure.MessageAsync(() => parties.Client.CallAsync(failing, ClientCall(1))));
        await Failure.MessageAsync(
            () => parties.Client.CreateStateAsync(CacheProgram.Cache, new Dictionary<string, long> { ["width"] = 1 }));
        await Failure.MessageAsync(() => parties.Client.TellAsync("hello"));
        await Failure.MessageAsync(
            () => parties.Server.AnnounceAsync(failing, new CallAnnouncement { Dimensions = new Dictionary<string, long> { ["n"] = 1 } }));
    }

    [Fact]
    public async Task A_program_that_breaks_takes_the_session_with_it()
    {
        MultiplyProgram failing = new() { BeforeFlight1 = () => throw new InvalidOperationException("A gate is broken.") };
        await using TwoParties parties = await TwoParties.StartAsync(failing);
        Task<CallResult> client = parties.Client.CallAsync(failing, ClientCall(1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => parties.Server.CallAsync(failing, ServerCall(1)));
        await Failure.MessageAsync(client);
        Assert.Equal(
            "this session failed before: A gate is broken. Start a new session.",
            await Failure.MessageAsync(() => parties.Server.CallAsync(failing, ServerCall(1))));
    }

    [Fact]
    public async Task A_connection_cut_in_the_middle_of_a_message_is_reported_by_both()
    {
        Connection? uncut = null;
        await using (await TwoParties.StartAsync([Multiply], null, ends => (ends.Server, uncut = ends.Client)))
        {
        }

        long handshake = uncut!.BytesReceived;

        // Inside of the first flight's payload of 60 bytes, after its header of 8.
        await using TwoParties parties = await TwoParties.StartAsync(
            [Multiply], null, ends => (ends.Server, Relay.CutAfter(ends.Client, handshake + 40)));
        Task<CallResult> server = parties.Server.CallAsync(Multiply, ServerCall(10));
        Task<CallResult> client = parties.Client.CallAsync(Multiply, ClientCall(10));

        // Where the server is the first to notice, the dealer may tell the client so before it reaches the flight.
        Assert.Matches(
            "was lost in call 0, flight 0: the peer closed it\\.|^the server left session 'test'", await Failure.MessageAsync(client));
        Assert.Matches("was lost in call 0, flight [01]: the peer closed it.", await Failure.MessageAsync(server));
    }

    [Fact]
    public async Task Calls_that_differ_are_refused_and_both_learn_what_differs()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        Task<CallResult> server = parties.Server.CallAsync(Multiply, ServerCall(5));
        Task<CallResult> client = parties.Client.CallAsync(Multiply, ClientCall(6));
        const string Expected = "the parties do not make the same call 0: dimension n = 5 at the server, dimension n = 6 at the client. "
            + "Make the same calls with the same public sizes on both sides.";
        Assert.Equal(Expected, await Failure.MessageAsync(server));
        Assert.Equal(Expected, await Failure.MessageAsync(client));
    }

    [Fact]
    public async Task Different_programs_in_one_call_are_refused()
    {
        CacheProgram cached = new();
        await using TwoParties parties = await TwoParties.StartAsync(Multiply, cached);
        Task<StateHandle> server = parties.Server.CreateStateAsync(CacheProgram.Cache, new Dictionary<string, long> { ["width"] = 3 });
        Task<CallResult> client = parties.Client.CallAsync(Multiply, ClientCall(6));
        const string Expected = "the parties do not make the same call 0: state Test.Cache at the server, program Multiply at the client.";
        Assert.StartsWith(Expected, await Failure.MessageAsync(server));
        Assert.StartsWith(Expected, await Failure.MessageAsync(client));
    }

    [Fact]
    public async Task A_state_of_other_sizes_is_refused()
    {
        await using TwoParties parties = await TwoParties.StartAsync(new CacheProgram());
        Task<StateHandle> server = parties.Server.CreateStateAsync(CacheProgram.Cache, new Dictionary<string, long> { ["width"] = 3 });
        Task<StateHandle> client = parties.Client.CreateStateAsync(CacheProgram.Cache, new Dictionary<string, long> { ["width"] = 4 });
        Assert.StartsWith(
            "the parties do not make the same call 0: Rows 1 × [3] at the server, Rows 1 × [4] at the client.",
            await Failure.MessageAsync(server));
        await Failure.MessageAsync(client);
    }

    [Fact]
    public async Task A_call_that_the_other_party_does_not_make_is_given_up()
    {
        SessionSettings hasty = new() { Timeouts = new ChannelTimeouts { Preparation = TimeSpan.FromMilliseconds(100) } };
        await using TwoParties parties = await TwoParties.StartAsync([Multiply], hasty);
        Assert.Equal(
            "call 0 of Multiply was not dealt within 0.1 s: the server has not announced it. Check that the server makes the same call.",
            await Failure.MessageAsync(() => parties.Client.CallAsync(Multiply, ClientCall(1))));
    }

    [Fact]
    public async Task A_peer_that_leaves_between_calls_is_reported()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        await parties.CallAsync(Multiply, ServerCall(1), ClientCall(1));
        await parties.Server.DisposeAsync();
        Assert.Equal(
            "the server left session 'test'. Start a new session.",
            await Failure.MessageAsync(() => parties.Client.CallAsync(Multiply, ClientCall(1))));
    }

    [Fact]
    public async Task A_tape_that_is_cut_short_at_the_dealer_is_refused()
    {
        await using TwoParties parties = await TwoParties.StartAsync(new MultiplyProgram(surplusTape: 1));
        MultiplyProgram program = new(surplusTape: 1);
        Task<CallResult> server = parties.Server.CallAsync(program, ServerCall(2));
        Task<CallResult> client = parties.Client.CallAsync(program, ClientCall(2));
        const string Expected = "the tape of call 0 of Multiply has 12 bytes, the plan says 13. Report this as a defect of the program.";
        Assert.Equal(Expected, await Failure.MessageAsync(server));
        Assert.Equal(Expected, await Failure.MessageAsync(client));
    }

    [Fact]
    public async Task A_call_that_does_not_keep_to_its_plan_fails()
    {
        MultiplyProgram program = new(surplusOnline: 1);
        await using TwoParties parties = await TwoParties.StartAsync(program);
        Task<CallResult> server = parties.Server.CallAsync(program, ServerCall(2));
        Task<CallResult> client = parties.Client.CallAsync(program, ClientCall(2));
        const string Expected = "call 0 of Multiply took 56 bytes from server to client, its plan says 57. "
            + "Report this as a defect of the program; the results must not be used.";
        Assert.Equal(Expected, await Failure.MessageAsync(server));
        Assert.Equal(Expected, await Failure.MessageAsync(client));
        Assert.StartsWith(
            "this session failed before: call 0", await Failure.MessageAsync(() => parties.Server.CallAsync(program, ServerCall(2))));
    }

    [Fact]
    public async Task Cancellation_in_a_call_ends_the_session()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        using CancellationTokenSource source = new();
        Task<CallResult> client = parties.Client.CallAsync(Multiply, ClientCall(1), source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.StartsWith(
            "this session failed before: ", await Failure.MessageAsync(() => parties.Client.CallAsync(Multiply, ClientCall(1))));
        Assert.Contains(
            "the client left session 'test'", await Failure.MessageAsync(() => parties.Server.CallAsync(Multiply, ServerCall(1))));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_before_it_starts_harms_nothing()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => parties.Client.CallAsync(Multiply, ClientCall(1), new CancellationToken(true)));
        await parties.CallAsync(Multiply, ServerCall(1), ClientCall(1));
    }

    [Fact]
    public async Task Two_calls_at_once_are_a_mistake()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        Task<CallResult> first = parties.Client.CallAsync(Multiply, ClientCall(1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => parties.Client.CallAsync(Multiply, ClientCall(1)));
        await parties.Server.CallAsync(Multiply, ServerCall(1));
        await first;
    }

    [Fact]
    public async Task A_session_that_was_closed_says_so()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        await parties.Client.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => parties.Client.CallAsync(Multiply, ClientCall(1)));
    }

    private static CallRequest ServerCall(int n) => new() { Inputs = [Input.Of(Values(n)), Input.Of(n)] };

    private static CallRequest ClientCall(int n) => new() { Inputs = [Input.Of(n), Input.Of(Values(n))] };

    private static Tensor Values(int n) => Tensor.From([.. Enumerable.Repeat(1f, n)], n);
}
