using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Bench.Layers;
using MPCache.Bench.Programs;
using MPCache.Execution;
using MPCache.Models.Transformers;
using MPCache.Sessions;
using MPCache.Transport;

namespace MPCache.Bench.Running;

/// <summary>A session whose cache holds random tokens, in which steps are run and undone.</summary>
internal sealed class LayerSession : IAsyncDisposable
{
    private const int FillElements = 1 << 20;

    private static readonly IReadOnlyDictionary<string, long> Nothing = new Dictionary<string, long>();

    private static readonly IReadOnlyList<CompiledProgram> Programs =
    [
        AttentionLayer.FillProgram, AttentionLayer.ProjectProgram, AttentionLayer.ForgetProgram, AttentionLayer.ReadProgram,
        Llama.SummarizeLinearProgram, Llama.SummarizeCoarseLinearProgram, Llama.SummarizeExactProgram, Llama.SummarizeCoarseExactProgram,
        .. LayerPolicy.All.Select(p => p.Program).Distinct().SelectMany(p => p.Variants),
    ];

    private static readonly IReadOnlyList<StateSchema> Schemas =
    [
        KeyValueCacheSchema.Instance, NewestTokenSchema.Instance, LayerOutputSchema.Instance, ClusterAnchorsSchema.Instance,
        CoarseAnchorsSchema.Instance, ClusterBoundsSchema.Instance, CoarseBoundsSchema.Instance,
    ];

    private readonly Parties parties;
    private readonly LayerShape shape;
    private readonly Dictionary<string, (StateHandle Server, StateHandle Client)> states = [];
    private readonly HashSet<CompiledProgram> summarized = [];

    private LayerSession(Parties parties, LayerShape shape)
    {
        this.parties = parties;
        this.shape = shape;
    }

    /// <summary>Starts the parties and fills a cache.</summary>
    /// <param name="tokens">What the cache holds, and the newest token.</param>
    /// <param name="network">What is emulated between server and client.</param>
    /// <param name="cancellation">Ends the session.</param>
    public static async Task<LayerSession> StartAsync(LayerTokens tokens, NetworkProfile network, CancellationToken cancellation)
    {
        LayerSession session = new(await Parties.StartAsync(Programs, network, cancellation).ConfigureAwait(false), tokens.Shape);
        try
        {
            await session.FillAsync(tokens, cancellation).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs a step once unmeasured and then several times; the session holds every run against its plan.</summary>
    /// <param name="layer">The step, with as many tokens as the cache holds.</param>
    /// <param name="repeat">How often.</param>
    /// <param name="cancellation">Ends the session.</param>
    public async Task<Measurement> RunAsync(LayerCase layer, int repeat, CancellationToken cancellation)
    {
        await SummarizeAsync(layer, cancellation).ConfigureAwait(false);
        await StepAsync(layer, cancellation).ConfigureAwait(false);
        List<TimeSpan> offline = [];
        List<TimeSpan> online = [];
        long peak = 0;
        for (int i = 0; i < repeat; i++)
        {
            (TimeSpan ready, TimeSpan done, long bytes) = await StepAsync(layer, cancellation).ConfigureAwait(false);
            offline.Add(ready);
            online.Add(done - ready);
            peak = Math.Max(peak, bytes);
        }

        return new Measurement(offline, online, peak);
    }

    /// <summary>Reveals to the client what the last step has computed.</summary>
    public async Task<Tensor> ReadAsync(CancellationToken cancellation = default)
    {
        (_, CallResult client) = await CallAsync(AttentionLayer.ReadProgram, Nothing, [], cancellation)
            .ConfigureAwait(false);
        return client.Outputs[0].Value;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => parties.DisposeAsync();

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>Runs a step and takes its token out of the cache again.</summary>
    /// <returns>When both parties were ready and when both had their results, from the start of the call; the most memory meanwhile.</returns>
    private async Task<(TimeSpan Ready, TimeSpan Done, long PeakBytes)> StepAsync(LayerCase layer, CancellationToken cancellation)
    {
        PeakMemory.Watch();
        (CallResult server, CallResult client) =
            await CallAsync(layer.Program, layer.Dimensions, [], cancellation).ConfigureAwait(false);
        long peak = PeakMemory.Read();
        await CallAsync(AttentionLayer.ForgetProgram, Nothing, [], cancellation).ConfigureAwait(false);
        return (
            Later(server.Statistics.Offline, client.Statistics.Offline),
            Later(server.Statistics.Offline + server.Statistics.Online, client.Statistics.Offline + client.Statistics.Online), peak);
    }

    private async Task FillAsync(LayerTokens tokens, CancellationToken cancellation)
    {
        int chunk = Math.Max(1, FillElements / (shape.Groups * shape.Size));
        for (int start = 0; start < tokens.Held; start += chunk)
        {
            int rows = Math.Min(chunk, tokens.Held - start);
            (Tensor keys, Tensor values) = tokens.Rows(start, rows);
            await CallAsync(AttentionLayer.FillProgram, Nothing, [keys, values], cancellation).ConfigureAwait(false);
        }

        (Tensor query, Tensor key, Tensor value) = tokens.Newest();
        await CallAsync(AttentionLayer.ProjectProgram, Nothing, [query, key, value], cancellation)
            .ConfigureAwait(false);
    }

    private async Task SummarizeAsync(LayerCase layer, CancellationToken cancellation)
    {
        if (layer.FallsBack || layer.Policy.Levels == ClusterLevels.None)
        {
            return;
        }

        bool exact = layer.Policy.IsExact;
        await SummarizeAsync(
            exact ? Llama.SummarizeExactProgram : Llama.SummarizeLinearProgram, LayerCase.Cluster, layer.Clusters, cancellation)
            .ConfigureAwait(false);
        if (layer.Policy.Levels == ClusterLevels.Two)
        {
            await SummarizeAsync(
                exact ? Llama.SummarizeCoarseExactProgram : Llama.SummarizeCoarseLinearProgram, 2 * LayerCase.Cluster,
                layer.CoarseClusters, cancellation).ConfigureAwait(false);
        }
    }

    private async Task SummarizeAsync(CompiledProgram program, int cluster, int added, CancellationToken cancellation)
    {
        if (summarized.Add(program))
        {
            Dictionary<string, long> sizes = new() { ["layers"] = 1, ["cluster"] = cluster, ["added"] = added };
            await CallAsync(program, sizes, [], cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Calls a program with the session's states and the public integers that it takes.</summary>
    private async Task<(CallResult Server, CallResult Client)> CallAsync(
        CompiledProgram program, IReadOnlyDictionary<string, long> sizes, IReadOnlyList<Tensor> inputs, CancellationToken cancellation)
    {
        ProgramInterface declared = program.Interface;
        List<(StateHandle Server, StateHandle Client)> handles = [];
        foreach (ProgramObject state in declared.States)
        {
            handles.Add(await StateAsync(state.Class, cancellation).ConfigureAwait(false));
        }

        return await parties.BothAsync(session =>
        {
            bool isServer = session.Party == Party.Server;
            return session.CallAsync(
                program,
                new CallRequest
                {
                    Inputs = [.. inputs.Zip(declared.Inputs, (value, input) => input.Owner == session.Party
                        ? Input.Of(value)
                        : Input.Of(value.Shape.ToArray()))],
                    States = [.. handles.Select(h => isServer ? h.Server : h.Client)],
                    Reals = [.. declared.Reals.Select(_ => LayerCase.Alpha)],
                    Integers = [.. declared.Integers.Select(name => sizes[name])],
                },
                cancellation);
        }).ConfigureAwait(false);
    }

    private async Task<(StateHandle Server, StateHandle Client)> StateAsync(string name, CancellationToken cancellation)
    {
        if (!states.TryGetValue(name, out (StateHandle Server, StateHandle Client) state))
        {
            StateSchema schema = Schemas.Single(s => s.Name == name);
            Dictionary<string, long> sizes = new()
            {
                ["layers"] = 1, ["groups"] = shape.Groups, ["repeat"] = shape.Repeat, ["size"] = shape.Size,
            };
            state = await parties.BothAsync(session => session.CreateStateAsync(schema, sizes, cancellation)).ConfigureAwait(false);
            states.Add(name, state);
        }

        return state;
    }
}
