using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Bench.Decoding.Models;
using MPCache.Bench.Running;
using MPCache.Execution;
using MPCache.Models.Transformers;
using MPCache.Sessions;
using MPCache.Transport;

namespace MPCache.Bench.Decoding.Running;

/// <summary>A model of random weights shared between two parties, with a cache that is filled and trimmed at will.</summary>
internal sealed class ModelSession : IAsyncDisposable
{
    /// <summary>Rows that are put into the cache at a time.</summary>
    private const int FilledAtOnce = 64;

    private readonly Parties parties;
    private readonly ModelShape shape;
    private (ResidentHandle Server, ResidentHandle Client) weights;
    private int answers;

    private ModelSession(Parties parties, ModelShape shape)
    {
        this.parties = parties;
        this.shape = shape;
    }

    /// <summary>Tokens in the cache.</summary>
    public int Held { get; private set; }

    /// <summary>Starts the parties and shares the weights.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="network">What is emulated between server and client.</param>
    /// <param name="cancellation">Ends the session.</param>
    /// <param name="profiles">What counts where each party's time goes; null for nothing.</param>
    public static async Task<ModelSession> StartAsync(
        ModelShape shape, NetworkProfile network, CancellationToken cancellation, PartyProfiles? profiles = null)
    {
        CompiledProgram[] programs =
        [
            CacheRows.FillProgram, CacheRows.TrimProgram, Llama.SummarizeLinearProgram, Llama.SummarizeCoarseLinearProgram,
            Llama.SummarizeExactProgram, Llama.SummarizeCoarseExactProgram, .. shape.Programs.SelectMany(p => p.Variants),
        ];
        ModelSession session = new(
            await Parties.StartAsync([.. programs.Distinct()], network, cancellation, profiles).ConfigureAwait(false), shape);
        try
        {
            await session.ShareAsync(cancellation).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Creates a state.</summary>
    /// <param name="name">Its class.</param>
    /// <param name="cancellation">Ends the session.</param>
    public Task<(StateHandle Server, StateHandle Client)> CreateAsync(string name, CancellationToken cancellation)
    {
        StateSchema schema = Schemas.Single(s => s.Name == name);
        Dictionary<string, long> sizes = new()
        {
            ["layers"] = shape.Config.Layers, ["groups"] = shape.Config.KeyValueHeads, ["size"] = shape.Config.HeadSize,
            ["dim"] = shape.Config.Dim,
        };
        IReadOnlyDictionary<string, long> used = sizes.Where(s => schema.Fields.Any(
            f => f.Shape.Split(',', StringSplitOptions.TrimEntries).Contains(s.Key))).ToDictionary(s => s.Key, s => s.Value);
        answers = schema == HiddenRowsSchema.Instance ? 0 : answers;
        return parties.BothAsync(session => session.CreateStateAsync(schema, used, cancellation));
    }

    /// <summary>Brings a cache to a number of rows.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="rows">How many.</param>
    /// <param name="cancellation">Ends the session.</param>
    public async Task HoldAsync((StateHandle Server, StateHandle Client) cache, int rows, CancellationToken cancellation)
    {
        Random random = new(rows);
        while (Held < rows)
        {
            int added = Math.Min(FilledAtOnce, rows - Held);
            Tensor[] inputs = [Rows(random, added), Rows(random, added)];
            ModelCall call = new(CacheRows.FillProgram, [cache], Sizes(CacheRows.FillProgram, ("added", added), ("tokens", Held)), inputs);
            await CallAsync(call, cancellation).ConfigureAwait(false);
            Held += added;
        }

        if (Held > rows)
        {
            await CallAsync(Trimming(cache, Held, rows), cancellation).ConfigureAwait(false);
            Held = rows;
        }
    }

    /// <summary>The call that leaves a number of rows in a cache.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="rows">Rows in it before.</param>
    /// <param name="left">Rows that stay.</param>
    public ModelCall Trimming((StateHandle Server, StateHandle Client) cache, int rows, int left) =>
        new(CacheRows.TrimProgram, [cache], Sizes(CacheRows.TrimProgram, ("left", left), ("tokens", rows)), []);

    /// <summary>The dimensions of a call.</summary>
    /// <param name="program">The program.</param>
    /// <param name="sizes">Those that the model does not give.</param>
    public IReadOnlyDictionary<string, long> Sizes(CompiledProgram program, params (string Name, long Size)[] sizes) =>
        StepDimensions.Of(shape, program, sizes.ToDictionary(s => s.Name, s => s.Size));

    /// <summary>Announces calls at both parties and waits until all are prepared.</summary>
    /// <param name="calls">The calls.</param>
    /// <param name="cancellation">Ends the session.</param>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> PrepareAsync(IReadOnlyList<ModelCall> calls, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        await parties.BothAsync(async session =>
        {
            int before = answers;
            foreach (ModelCall call in calls)
            {
                await session.AnnounceAsync(call.Program, call.Announcement(session, weights, before), cancellation).ConfigureAwait(false);
                before += call.Answers;
            }

            await session.PreparedAsync(cancellation).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Makes a call at both parties.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">Ends the session.</param>
    public async Task<(CallResult Server, CallResult Client)> CallAsync(ModelCall call, CancellationToken cancellation)
    {
        (CallResult Server, CallResult Client) results = await parties.BothAsync(
            session => session.CallAsync(call.Program, call.Request(session, weights), cancellation)).ConfigureAwait(false);
        answers += call.Answers;
        return results;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => parties.DisposeAsync();

    private static IReadOnlyList<StateSchema> Schemas { get; } =
    [
        KeyValueCacheSchema.Instance, ClusterAnchorsSchema.Instance, CoarseAnchorsSchema.Instance, ClusterBoundsSchema.Instance,
        CoarseBoundsSchema.Instance, HiddenRowsSchema.Instance,
    ];

    private async Task ShareAsync(CancellationToken cancellation)
    {
        object record = shape.Weights();
        weights = await parties.BothAsync(session => session.ShareAsync(
            shape.Schema, session.Party == Party.Server ? record : null, cancellation)).ConfigureAwait(false);
    }

    /// <summary>Gives back what setting up has left behind, and watches the memory that is resident from here on.</summary>
    public static void WatchMemory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        PeakMemory.Watch();
    }

    private Tensor Rows(Random random, int rows)
    {
        float[] values = new float[rows * shape.Config.KeyValueDim];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (2 * random.NextSingle()) - 1;
        }

        return Tensor.From(values, rows, shape.Config.KeyValueHeads, shape.Config.HeadSize);
    }
}
