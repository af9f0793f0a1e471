using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Randomness;
using MPCache.Transport;

namespace MPCache.Sessions;

/// <summary>
/// A session that computes every call three ways in this process and compares them expression by expression: in plain floating point, in
/// the clear, and between two parties with a dealer over connections in memory. Whoever holds it sees everything; it is for finding out
/// where a program loses precision, not for secrets.
/// </summary>
public sealed class TraceSession : ISession
{
    private readonly Dictionary<ResidentHandle, Shared<ResidentHandle>> residents = [];
    private readonly Dictionary<StateHandle, Shared<StateHandle>> states = [];
    private readonly List<TraceComparison> comparisons = [];
    private readonly List<TracedTensor> observed = [];
    private readonly Recordings recordings;
    private readonly PlainExecution plain;
    private readonly ClearExecution clear;
    private readonly PartySession server;
    private readonly PartySession client;
    private readonly Task dealing;
    private readonly double tolerance;

    private TraceSession(
        ClearExecution clear, PartySession server, PartySession client, Recordings recordings, Task dealing, double tolerance)
    {
        plain = new PlainExecution(_ => (site, outer, inner, value) => observed.Add(new TracedTensor(site, outer, inner, value)));
        this.clear = clear;
        this.server = server;
        this.client = client;
        this.recordings = recordings;
        this.dealing = dealing;
        this.tolerance = tolerance;
    }

    /// <inheritdoc/>
    public Party? Party => null;

    /// <inheritdoc/>
    public Network Network => server.Network;

    /// <summary>The costs of the calls between the two parties.</summary>
    public IReadOnlyList<CallStatistics> Statistics => server.Statistics;

    /// <summary>A comparison for each call.</summary>
    public IReadOnlyList<TraceComparison> Comparisons => comparisons;

    /// <summary>Starts the dealer and both parties.</summary>
    /// <param name="programs">The programs that may be called.</param>
    /// <param name="tolerance">The difference allowed, see <see cref="TraceComparison.Tolerance"/>.</param>
    /// <param name="network">The network for which programs are called, where an entry point is compiled for several.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<TraceSession> StartAsync(
        IReadOnlyList<CompiledProgram> programs, double tolerance, Network network = Network.Lan, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(programs);
        ArgumentOutOfRangeException.ThrowIfNegative(tolerance);
        Recordings recordings = new(new(), new(), new());
        DealerService dealer = new(programs);
        (Connection serverToDealer, Connection dealerToServer) = MemoryConnection.CreatePair("the server", "the dealer");
        (Connection clientToDealer, Connection dealerToClient) = MemoryConnection.CreatePair("the client", "the dealer");
        (Connection serverEnd, Connection clientEnd) = MemoryConnection.CreatePair("the server", "the client");
        Task dealing = Task.WhenAll(
            Task.Run(() => dealer.ServeAsync(dealerToServer), CancellationToken.None),
            Task.Run(() => dealer.ServeAsync(dealerToClient), CancellationToken.None));
        DealerClient[] randomness = await Task.WhenAll(
            DealerClient.ConnectAsync(serverToDealer, MPCache.Party.Server, "trace", programs, null, cancellation),
            DealerClient.ConnectAsync(clientToDealer, MPCache.Party.Client, "trace", programs, null, cancellation)).ConfigureAwait(false);
        SessionSettings serverSettings = new() { Trace = recordings.Server, Programs = network };
        SessionSettings clientSettings = new() { Trace = recordings.Client, Programs = network };
        PartySession[] parties = await Task.WhenAll(
            PartySession.ConnectAsync(MPCache.Party.Server, serverEnd, randomness[0], programs, serverSettings, cancellation),
            PartySession.ConnectAsync(MPCache.Party.Client, clientEnd, randomness[1], programs, clientSettings, cancellation)).ConfigureAwait(false);
        ClearExecution clear = new(programs, recordings.Clear);
        return new TraceSession(clear, parties[0], parties[1], recordings, dealing, tolerance);
    }

    /// <inheritdoc/>
    public async Task<ResidentHandle> ShareAsync(ResidentSchema schema, object? record, CancellationToken cancellation = default)
    {
        ResidentHandle inPlain = await plain.ShareAsync(schema, record, cancellation).ConfigureAwait(false);
        ResidentHandle known = await clear.ShareAsync(schema, record, cancellation).ConfigureAwait(false);
        (ResidentHandle atServer, ResidentHandle atClient) = await BothAsync(
            party => party.ShareAsync(schema, party == server ? record : null, cancellation)).ConfigureAwait(false);
        ResidentHandle handle = new(this, known.Call, schema, known.Store, known.Integers);
        residents[handle] = new(inPlain, known, atServer, atClient);
        return handle;
    }

    /// <inheritdoc/>
    public async Task<StateHandle> CreateStateAsync(
        StateSchema schema, IReadOnlyDictionary<string, long> dimensions, CancellationToken cancellation = default)
    {
        StateHandle inPlain = await plain.CreateStateAsync(schema, dimensions, cancellation).ConfigureAwait(false);
        StateHandle known = await clear.CreateStateAsync(schema, dimensions, cancellation).ConfigureAwait(false);
        (StateHandle atServer, StateHandle atClient) = await BothAsync(
            party => party.CreateStateAsync(schema, dimensions, cancellation)).ConfigureAwait(false);
        StateEntry entry = SchemaBinding.Describe(known.Call, schema, dimensions);
        StateHandle handle = new(this, entry, schema, dimensions, known.Store, null);
        states[handle] = new(inPlain, known, atServer, atClient);
        return handle;
    }

    /// <inheritdoc/>
    public Task AnnounceAsync(CompiledProgram program, CallAnnouncement announcement, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(announcement);
        CallBinding.Bind(this, program, announcement);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    /// <returns>The outputs between the two parties.</returns>
    /// <exception cref="RangeException">A value leaves a declared range in the plain execution.</exception>
    public async Task<CallResult> CallAsync(CompiledProgram program, CallRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(request);
        CallBinding binding = CallBinding.Bind(this, program, request);
        observed.Clear();
        await plain.CallAsync(program, With(request, request.Inputs, w => w.Plain, s => s.Plain), cancellation).ConfigureAwait(false);
        await clear.CallAsync(program, With(request, request.Inputs, w => w.Clear, s => s.Clear), cancellation).ConfigureAwait(false);
        (CallResult result, CallResult learned) = await BothAsync(
            party => party.CallAsync(program, At(party, binding.Interface, request), cancellation)).ConfigureAwait(false);
        comparisons.Add(TraceComparison.Of(
            program.Interface, [.. observed], recordings.Clear.Take(), recordings.Server.Take(), recordings.Client.Take(), tolerance));
        return new CallResult([.. result.Outputs.Zip(learned.Outputs, (s, c) => s.IsKnown ? s : c)], result.Statistics);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync().ConfigureAwait(false);
        await client.DisposeAsync().ConfigureAwait(false);
        await clear.DisposeAsync().ConfigureAwait(false);
        await dealing.ConfigureAwait(false);
    }

    /// <summary>The request as a party makes it, which gets the values of its own inputs alone.</summary>
    private CallRequest At(PartySession party, ProgramInterface program, CallRequest request) => With(
        request,
        [.. request.Inputs.Select((input, i) => program.Inputs[i].Owner == party.Party ? input : Input.Of(input.Shape))],
        weights => party == server ? weights.Server : weights.Client,
        state => party == server ? state.Server : state.Client);

    private CallRequest With(
        CallRequest request, IReadOnlyList<Input> inputs, Func<Shared<ResidentHandle>, ResidentHandle> weights,
        Func<Shared<StateHandle>, StateHandle> state) => new()
    {
        Inputs = inputs,
        Residents = [.. request.Residents.Select(r => weights(residents[r]))],
        States = [.. request.States.Select(s => state(states[s]))],
        Reals = request.Reals,
        Integers = request.Integers,
    };

    /// <summary>Does the same at both parties at once; of two errors, the earlier one is the cause of the other.</summary>
    private async Task<(T Server, T Client)> BothAsync<T>(Func<PartySession, Task<T>> work)
    {
        Task<T> atServer = Task.Run(() => work(server));
        Task<T> atClient = Task.Run(() => work(client));
        Task<T> first = await Task.WhenAny(atServer, atClient).ConfigureAwait(false);
        await ((Task)Task.WhenAll(atServer, atClient)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first.ConfigureAwait(false);
        return (await atServer.ConfigureAwait(false), await atClient.ConfigureAwait(false));
    }

    /// <summary>What one handle stands for in each execution.</summary>
    private sealed record Shared<THandle>(THandle Plain, THandle Clear, THandle Server, THandle Client);

    private sealed record Recordings(TraceRecording Clear, TraceRecording Server, TraceRecording Client);
}
