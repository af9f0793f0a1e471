using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Sessions;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Programs.Tests.Harness;

/// <summary>A program's output must be within Absolute + Relative·|plain value| of the plain one.</summary>
public readonly record struct Bound(double Absolute, double Relative = 0)
{
    public static implicit operator Bound(double absolute) => new(absolute);
}

/// <summary>
/// The same calls in the clear and between two parties, held against the plain meaning: every output's shape and elements, who learns it,
/// and the measured cost against the plan's.
/// </summary>
public sealed class Trial : IAsyncDisposable
{
    private readonly ClearExecution clear;
    private readonly TwoParties parties;

    private Trial(ClearExecution clear, TwoParties parties)
    {
        this.clear = clear;
        this.parties = parties;
        Sides = [new Side(clear), new Side(parties.Server), new Side(parties.Client)];
    }

    /// <summary>In the clear, the server, the client.</summary>
    public IReadOnlyList<Side> Sides { get; }

    public static Task<Trial> StartAsync(params CompiledProgram[] programs) => StartAsync(Network.Lan, programs);

    /// <summary>With the programs for a network.</summary>
    public static async Task<Trial> StartAsync(Network network, params CompiledProgram[] programs)
    {
        CompiledProgram[] all = [.. programs.SelectMany(p => p.Variants)];
        return new(
            new ClearExecution(all) { Network = network }, await TwoParties.StartAsync(all, new SessionSettings { Programs = network }));
    }

    public async Task ShareAsync(ResidentSchema schema, object record)
    {
        Sides[0].Weights.Add(await clear.ShareAsync(schema, record));
        (ResidentHandle server, ResidentHandle client) = await parties.ShareAsync(schema, record);
        Sides[1].Weights.Add(server);
        Sides[2].Weights.Add(client);
    }

    public async Task CreateStateAsync(StateSchema schema, params (string Name, long Size)[] dimensions)
    {
        Dictionary<string, long> sizes = dimensions.ToDictionary(d => d.Name, d => d.Size);
        Sides[0].States.Add(await clear.CreateStateAsync(schema, sizes));
        (StateHandle server, StateHandle client) = await parties.CreateStateAsync(schema, sizes);
        Sides[1].States.Add(server);
        Sides[2].States.Add(client);
    }

    /// <summary>Calls at every side without comparing: for what is expected to fail alike everywhere.</summary>
    public async Task<IReadOnlyList<MPCacheException>> FailAsync(Func<Side, Task<CallResult>> call)
    {
        Task<MPCacheException>[] failures = [.. Sides.Select(
            side => Task.Run(() => Assert.ThrowsAnyAsync<MPCacheException>(() => call(side))))];
        return await Task.WhenAll(failures);
    }

    /// <summary>One output to the client.</summary>
    public Task<PlanTotals> AgreeAsync(Tensor plain, Bound bound, Func<Side, Task<CallResult>> call) =>
        AgreeAsync([(plain, Party.Client, bound)], call);

    /// <summary>Compares all outputs of a call.</summary>
    /// <returns>The cost, which both parties measured and both plans foretold.</returns>
    public async Task<PlanTotals> AgreeAsync(
        IReadOnlyList<(Tensor Plain, Party To, Bound Bound)> outputs, Func<Side, Task<CallResult>> call)
    {
        CallResult inClear = await call(Sides[0]);
        (CallResult server, CallResult client) = await parties.BothAsync(session => call(Sides[session == parties.Server ? 1 : 2]));
        Assert.Equal(outputs.Count, inClear.Outputs.Count);
        for (int i = 0; i < outputs.Count; i++)
        {
            (Tensor plain, Party to, Bound bound) = outputs[i];
            AssertNear(plain, inClear.Outputs[i].Value, bound, $"output {i} in the clear");
            (Revealed learned, Revealed hidden) = to == Party.Server
                ? (server.Outputs[i], client.Outputs[i])
                : (client.Outputs[i], server.Outputs[i]);
            Assert.Equal(to, learned.To);
            Assert.False(hidden.IsKnown);
            AssertNear(plain, learned.Value, bound, $"output {i} between two parties");
        }

        PlanTotals planned = server.Statistics.Planned;
        Assert.Equal(planned, client.Statistics.Planned);
        Assert.Equal(planned, inClear.Statistics.Planned);
        Assert.Equal(planned, server.Statistics.Measured);
        Assert.Equal(planned, client.Statistics.Measured);
        Assert.Equal(planned.Tape, inClear.Statistics.Measured.Tape);
        return planned;
    }

    public ValueTask DisposeAsync() => parties.DisposeAsync();

    private static void AssertNear(Tensor expected, Tensor actual, Bound bound, string what)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        for (int i = 0; i < expected.Values.Length; i++)
        {
            (double wanted, double found) = (expected.Values[i], actual.Values[i]);
            double allowed = bound.Absolute + (bound.Relative * Math.Abs(wanted));
            Assert.True(Math.Abs(wanted - found) <= allowed, string.Create(
                CultureInfo.InvariantCulture,
                $"{what}, element {i} of {actual.Values.Length}: {found} where {wanted} ± {allowed} is expected"));
        }
    }
}
