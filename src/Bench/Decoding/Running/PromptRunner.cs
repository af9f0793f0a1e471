using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Bench.Decoding.Models;
using MPCache.Bench.Running;
using MPCache.Execution;
using MPCache.Models.Transformers;
using MPCache.Sessions;
using MPCache.Transport;

namespace MPCache.Bench.Decoding.Running;

/// <summary>Measures the reading of prompts, chunk after chunk: each is prepared when the one before has been read.</summary>
/// <param name="network">What is emulated between server and client.</param>
/// <param name="repeat">How often each prompt is read, after once unmeasured.</param>
/// <param name="progress">Where progress is reported to.</param>
internal sealed class PromptRunner(NetworkProfile network, int repeat, Action<string> progress)
{
    /// <summary>Reads prompts with one model.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="cancellation">Ends the runs.</param>
    /// <returns>What each took, in the same order. The session has held every call against its plan.</returns>
    public async Task<IReadOnlyList<StepMeasurement>> RunAsync(
        ModelShape shape, IReadOnlyList<PromptCase> prompts, CancellationToken cancellation)
    {
        progress($"{shape}: sharing random weights");
        ModelSession session = await ModelSession.StartAsync(shape, network, cancellation).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            (StateHandle Server, StateHandle Client) cache =
                await session.CreateAsync(KeyValueCacheSchema.Instance.Name, cancellation).ConfigureAwait(false);
            List<StepMeasurement> results = [];
            foreach (PromptCase prompt in prompts)
            {
                results.Add(await RunAsync(session, cache, prompt, cancellation).ConfigureAwait(false));
                double online = Timing.Of(results[^1].Online).Median * 1e3;
                progress(string.Create(
                    CultureInfo.InvariantCulture, $"  {prompt.Tokens} tokens in chunks of {prompt.Chunk}: {online:0} ms online"));
            }

            return results;
        }
    }

    private async Task<StepMeasurement> RunAsync(
        ModelSession session, (StateHandle Server, StateHandle Client) cache, PromptCase prompt, CancellationToken cancellation)
    {
        List<TimeSpan> offline = [];
        List<TimeSpan> online = [];
        List<double> waiting = [];
        for (int i = 0; i <= repeat; i++)
        {
            if (i == 1)
            {
                ModelSession.WatchMemory();
            }

            ReadPrompt read = await ReadAsync(session, cache, prompt, cancellation).ConfigureAwait(false);
            if (i > 0)
            {
                offline.Add(read.Offline);
                online.Add(read.Online);
                waiting.Add(read.Waiting / read.Online);
            }
        }

        return new StepMeasurement(offline, online, waiting, PeakMemory.Read());
    }

    private static async Task<ReadPrompt> ReadAsync(
        ModelSession session, (StateHandle Server, StateHandle Client) cache, PromptCase prompt, CancellationToken cancellation)
    {
        Random random = new(prompt.Tokens);
        ReadPrompt sum = new(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        foreach ((CompiledProgram program, int rows, IReadOnlyDictionary<string, long> sizes) in prompt.Calls)
        {
            List<(StateHandle Server, StateHandle Client)> states = [];
            foreach (ProgramObject state in program.Interface.States)
            {
                states.Add(state.Class == KeyValueCacheSchema.Instance.Name
                    ? cache
                    : await session.CreateAsync(state.Class, cancellation).ConfigureAwait(false));
            }

            ModelCall call = new(program, states, sizes, [prompt.Shape.Rows(rows, random)])
            {
                Reals = StepDimensions.Reals(prompt.Shape, program, new Dictionary<string, double>()),
            };
            TimeSpan prepared = await session.PrepareAsync([call], cancellation).ConfigureAwait(false);
            (CallResult server, CallResult client) = await session.CallAsync(call, cancellation).ConfigureAwait(false);
            (CallStatistics atServer, CallStatistics atClient) = (server.Statistics, client.Statistics);
            sum = new ReadPrompt(
                sum.Offline + prepared + Later(atServer.Offline, atClient.Offline), sum.Online + Later(atServer.Online, atClient.Online),
                sum.Waiting + (atServer.Waiting < atClient.Waiting ? atServer.Waiting : atClient.Waiting));
        }

        await session.CallAsync(session.Trimming(cache, prompt.Tokens, 0), cancellation).ConfigureAwait(false);
        return sum;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>The times of one prompt.</summary>
    private sealed record ReadPrompt(TimeSpan Offline, TimeSpan Online, TimeSpan Waiting);
}
