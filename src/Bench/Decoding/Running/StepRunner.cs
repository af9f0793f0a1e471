using System;
using System.Collections.Generic;
using System.Globalization;
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

/// <summary>Measures decoding steps in one session, those with fewer tokens in the cache first.</summary>
/// <param name="network">What is emulated between server and client.</param>
/// <param name="repeat">How often each step is run, after once unmeasured.</param>
/// <param name="batch">Steps that are prepared together and follow each other; then the cache is as long again as at first.</param>
/// <param name="progress">Where progress is reported to.</param>
/// <param name="profiled">Whether it is counted where the online time goes, which takes a little of it.</param>
internal sealed class StepRunner(NetworkProfile network, int repeat, int batch, Action<string> progress, bool profiled = false)
{
    private readonly PartyProfiles? profiles = profiled ? new PartyProfiles() : null;

    /// <summary>Runs steps of one shape.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="cancellation">Ends the runs.</param>
    /// <returns>What each took, in the same order. The session has held every run against its plan.</returns>
    public async Task<IReadOnlyList<StepMeasurement>> RunAsync(
        ModelShape shape, IReadOnlyList<StepCase> steps, CancellationToken cancellation)
    {
        progress($"{shape}: sharing random weights");
        ModelSession session = await ModelSession.StartAsync(shape, network, cancellation, profiles).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            (StateHandle Server, StateHandle Client) cache =
                await session.CreateAsync(KeyValueCacheSchema.Instance.Name, cancellation).ConfigureAwait(false);
            StepMeasurement[] results = new StepMeasurement[steps.Count];
            foreach (int i in Enumerable.Range(0, steps.Count).OrderBy(i => steps[i].Held))
            {
                await session.HoldAsync(cache, steps[i].Held, cancellation).ConfigureAwait(false);
                results[i] = await RunAsync(session, cache, steps[i], cancellation).ConfigureAwait(false);
                double online = Timing.Of(results[i].Online).Median * 1e3;
                progress(string.Create(
                    CultureInfo.InvariantCulture, $"  {steps[i].Policy.Name} after {steps[i].Cached} tokens: {online:0} ms online"));
            }

            return results;
        }
    }

    private async Task<StepMeasurement> RunAsync(
        ModelSession session, (StateHandle Server, StateHandle Client) cache, StepCase step, CancellationToken cancellation)
    {
        Random random = new(step.Cached);
        List<(StateHandle Server, StateHandle Client)> states = [];
        foreach (ProgramObject state in step.Program.Interface.States)
        {
            states.Add(state.Class == KeyValueCacheSchema.Instance.Name
                ? cache
                : await session.CreateAsync(state.Class, cancellation).ConfigureAwait(false));
            if (Summarizing(step, state.Class) is (CompiledProgram program, int cluster))
            {
                await session.CallAsync(
                    new ModelCall(
                        program, [cache, states[^1]],
                        session.Sizes(program, ("tokens", step.Held), ("cluster", cluster), ("added", step.Held / cluster), ("clusters", 0),
                            ("coarse", 0)),
                        []) { Reals = new Dictionary<string, double> { ["alpha"] = step.Alpha } },
                    cancellation).ConfigureAwait(false);
            }
        }

        ModelCall Decoding(int ahead) => new(step.Program, states, step.DimensionsAfter(ahead), [step.Shape.Rows(1, random)])
        {
            Reals = step.Reals,
        };
        await session.CallAsync(Decoding(0), cancellation).ConfigureAwait(false);
        await session.CallAsync(session.Trimming(cache, step.Held + 1, step.Held), cancellation).ConfigureAwait(false);

        List<TimeSpan> offline = [];
        List<TimeSpan> online = [];
        List<double> waiting = [];
        IReadOnlyList<ProfileShare>? profile = null;
        long peak = 0;
        for (int left = repeat; left > 0; left -= batch)
        {
            int count = Math.Min(left, batch);
            ModelCall[] calls = [.. Enumerable.Range(0, count).Select(Decoding)];
            ModelSession.WatchMemory();
            TimeSpan prepared = await session.PrepareAsync(calls, cancellation).ConfigureAwait(false);
            profiles?.Clear();
            foreach (ModelCall call in calls)
            {
                (CallResult server, CallResult client) = await session.CallAsync(call, cancellation).ConfigureAwait(false);
                offline.Add((prepared / count) + Later(server.Statistics.Offline, client.Statistics.Offline));
                online.Add(Later(server.Statistics.Online, client.Statistics.Online));
                waiting.Add(Math.Min(
                    server.Statistics.Waiting / server.Statistics.Online, client.Statistics.Waiting / client.Statistics.Online));
            }

            peak = Math.Max(peak, PeakMemory.Read());
            if (profiles is not null)
            {
                profile = StepProfile.Of(step.Program.Interface.Plan, profiles.Server, profiles.Client, count);
            }

            await session.CallAsync(session.Trimming(cache, step.Held + count, step.Held), cancellation).ConfigureAwait(false);
        }

        return new StepMeasurement(offline, online, waiting, peak) { Profile = profile };
    }

    /// <summary>The program that summarises clusters for a state, and their tokens; null for other states.</summary>
    private static (CompiledProgram Program, int Cluster)? Summarizing(StepCase step, string state) =>
        state == ClusterAnchorsSchema.Instance.Name ? (Llama.SummarizeLinearProgram, step.Cluster)
        : state == ClusterBoundsSchema.Instance.Name ? (Llama.SummarizeExactProgram, step.Cluster)
        : state == CoarseAnchorsSchema.Instance.Name ? (Llama.SummarizeCoarseLinearProgram, 2 * step.Cluster)
        : state == CoarseBoundsSchema.Instance.Name ? (Llama.SummarizeCoarseExactProgram, 2 * step.Cluster)
        : null;

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
