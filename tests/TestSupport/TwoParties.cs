using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Randomness;
using MPCache.Sessions;
using MPCache.Transport;

namespace MPCache.TestSupport;

/// <summary>A dealer and a session between a server and a client, all in this process.</summary>
public sealed class TwoParties : IAsyncDisposable
{
    private readonly Task dealing;

    private TwoParties(PartySession server, PartySession client, Task dealing)
    {
        Server = server;
        Client = client;
        this.dealing = dealing;
    }

    public PartySession Server { get; }

    public PartySession Client { get; }

    public static async Task<TwoParties> StartAsync(params CompiledProgram[] programs) => await StartAsync(programs, null);

    /// <summary>Starts a session of which all is recorded.</summary>
    public static Task<TwoParties> StartAsync(Wiretap wiretap, params CompiledProgram[] programs) => StartAsync(
        programs, null,
        Wiretap.Pair("the server's end", "the client's end", wiretap.ServerFromClient, wiretap.ClientFromServer),
        Wiretap.Pair("the server", "the dealer", wiretap.ServerFromDealer, wiretap.DealerFromServer),
        Wiretap.Pair("the client", "the dealer", wiretap.ClientFromDealer, wiretap.DealerFromClient));

    /// <summary>Starts a session; <paramref name="tap"/> may replace or keep the ends of the connection between the parties.</summary>
    public static Task<TwoParties> StartAsync(
        IReadOnlyList<CompiledProgram> programs, SessionSettings? settings,
        Func<(Connection Server, Connection Client), (Connection Server, Connection Client)>? tap = null)
    {
        (Connection Server, Connection Client) ends = MemoryConnection.CreatePair("the server's end", "the client's end");
        return StartAsync(
            programs, settings, tap is null ? ends : tap(ends), MemoryConnection.CreatePair("the server", "the dealer"),
            MemoryConnection.CreatePair("the client", "the dealer"));
    }

    /// <summary>Starts a session whose sides have settings of their own.</summary>
    /// <exception cref="AggregateException">They do not fit; the errors of both sides.</exception>
    public static Task<TwoParties> StartAsync(IReadOnlyList<CompiledProgram> programs, SessionSettings server, SessionSettings client) =>
        StartAsync(programs, server, client, MemoryConnection.CreatePair("the server's end", "the client's end"),
            MemoryConnection.CreatePair("the server", "the dealer"), MemoryConnection.CreatePair("the client", "the dealer"));

    private static Task<TwoParties> StartAsync(
        IReadOnlyList<CompiledProgram> programs, SessionSettings? settings, (Connection Server, Connection Client) ends,
        (Connection Server, Connection Dealer) atServer, (Connection Client, Connection Dealer) atClient) =>
        StartAsync(programs, settings, settings, ends, atServer, atClient);

    private static async Task<TwoParties> StartAsync(
        IReadOnlyList<CompiledProgram> programs, SessionSettings? settings, SessionSettings? client,
        (Connection Server, Connection Client) ends, (Connection Server, Connection Dealer) atServer,
        (Connection Client, Connection Dealer) atClient)
    {
        DealerService dealer = new(programs);
        Task dealing = Task.WhenAll(
            Task.Run(() => dealer.ServeAsync(atServer.Dealer)), Task.Run(() => dealer.ServeAsync(atClient.Dealer)));
        DealerClient[] randomness = await Task.WhenAll(
            DealerClient.ConnectAsync(atServer.Server, Party.Server, "test", programs, settings?.Timeouts),
            DealerClient.ConnectAsync(atClient.Client, Party.Client, "test", programs, settings?.Timeouts));
        Task<PartySession[]> connecting = Task.WhenAll(
            PartySession.ConnectAsync(Party.Server, ends.Server, randomness[0], programs, settings),
            PartySession.ConnectAsync(Party.Client, ends.Client, randomness[1], programs, client));
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        PartySession[] sessions = connecting.Exception is AggregateException failures ? throw failures : connecting.Result;
        return new TwoParties(sessions[0], sessions[1], dealing);
    }

    public Task<(CallResult Server, CallResult Client)> CallAsync(CompiledProgram program, CallRequest server, CallRequest client) =>
        BothAsync(session => session.CallAsync(program, session == Server ? server : client));

    public Task<(ResidentHandle Server, ResidentHandle Client)> ShareAsync(ResidentSchema schema, object record) =>
        BothAsync(session => session.ShareAsync(schema, session == Server ? record : null));

    public Task<(StateHandle Server, StateHandle Client)> CreateStateAsync(
        StateSchema schema, IReadOnlyDictionary<string, long> dimensions) =>
        BothAsync(session => session.CreateStateAsync(schema, dimensions));

    /// <summary>Does the same at both parties at once.</summary>
    /// <exception cref="AggregateException">A party failed; the errors of both, the server's first.</exception>
    public async Task<(T Server, T Client)> BothAsync<T>(Func<PartySession, Task<T>> work)
    {
        Task<T> server = Task.Run(() => work(Server));
        Task<T> client = Task.Run(() => work(Client));
        await ((Task)Task.WhenAll(server, client)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Exception[] errors = [.. new[] { server, client }.Where(t => !t.IsCompletedSuccessfully).SelectMany(Errors)];
        return errors.Length == 0 ? (await server, await client) : throw new AggregateException(errors);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Client.DisposeAsync();
        await dealing;
    }

    private static IEnumerable<Exception> Errors(Task task) =>
        task.Exception is null ? [new TaskCanceledException(task)] : task.Exception.InnerExceptions;
}
