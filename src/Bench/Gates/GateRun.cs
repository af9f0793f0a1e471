using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;
using MPCache.Contract;
using MPCache.Execution;

namespace MPCache.Bench.Gates;

/// <summary>
/// Runs a gate's program as dealer, rehearsing client, server and client, one after the other on one thread, with the randomness and the
/// tape of a session. Each role's work is timed by itself; flights and bytes are counted and held against the plan.
/// </summary>
internal sealed class GateRun : IDisposable
{
    private const int Seed = 20;

    private readonly GateCase gate;
    private readonly PlanTotals planned;
    private readonly GateSecrets secrets;
    private readonly WordPool pool = new();
    private uint call;

    /// <summary>Draws operands and masks.</summary>
    /// <exception cref="MPCacheException">A dimension is larger than the program takes.</exception>
    public GateRun(GateCase gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        this.gate = gate;
        planned = gate.Planned;
        secrets = new GateSecrets(gate, new Random(Seed));
    }

    /// <summary>The operands of a state in the clear, field by field, in units of the last fraction bit.</summary>
    public IReadOnlyList<ulong[]> Values(GateOperand operand) => secrets.Values(operand);

    /// <summary>The server's weights in the clear, as 16-bit integers.</summary>
    public IReadOnlyList<short> Weights => secrets.WeightValues;

    /// <summary>What the last run has computed: the ring words that its state of results ends with.</summary>
    public ulong[] Results { get; private set; } = [];

    /// <summary>
    /// Runs the gate some times until its code is warm, and then several times: on a thread of the pool, because where continuations are
    /// posted to a context parties do not take turns.
    /// </summary>
    /// <param name="repeat">How many runs count.</param>
    /// <param name="cancellation">Ends the runs.</param>
    /// <exception cref="MPCacheException">A run is not what the plan says.</exception>
    public Task<GateLine> MeasureAsync(int repeat, CancellationToken cancellation = default) =>
        Task.Run(() => Measure(repeat, cancellation), cancellation);

    /// <inheritdoc/>
    public void Dispose() => secrets.Dispose();

    private GateLine Measure(int repeat, CancellationToken cancellation)
    {
        const int WarmUps = 4;
        for (int i = 0; i < WarmUps; i++)
        {
            RunOnce();
        }

        List<RoleTimes> times = [];
        for (int i = 0; i < repeat; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            times.Add(RunOnce());
        }

        return new GateLine(
            gate.Name, gate.Description, gate.Values, planned.Flights, planned.ServerToClient, planned.ClientToServer, planned.Prepared,
            planned.Tape, Timing.Of(times.Select(t => t.Dealer)), Timing.Of(times.Select(t => t.Rehearsal)),
            Timing.Of(times.Select(t => t.Server)), Timing.Of(times.Select(t => t.Client)));
    }

    /// <summary>One call, from dealing to the results.</summary>
    private RoleTimes RunOnce()
    {
        call++;
        Tape tape = new("tape", planned.Tape);
        Tape halves = new("prepared message", planned.Prepared);
        TimeSpan dealer = Complete<DealerRole>(
            NewRun(secrets.ServerMasks, secrets.ClientMasks, secrets.DealerMasks, tape, new Tape("prepared message"), null),
            secrets.Frame(GateHolder.Dealer));
        TimeSpan rehearsal = Complete<RehearsalRole>(
            NewRun(null, secrets.ClientMasks, null, tape, halves, null), secrets.Frame(GateHolder.Rehearsal));
        tape.Rewind();

        GateChannel channel = new();
        CallFrame atServer = secrets.Frame(GateHolder.Server);
        CallFrame atClient = secrets.Frame(GateHolder.Client);
        Run server = NewRun(secrets.ServerMasks, null, null, new Tape("tape"), Copy(halves), channel.Server);
        Run client = NewRun(null, secrets.ClientMasks, null, tape, halves, channel.Client);
        (TimeSpan serverTime, TimeSpan clientTime) = TakeTurns(
            channel, () => gate.Program.RunAsync<ServerRole>(server, atServer).AsTask(),
            () => gate.Program.RunAsync<ClientRole>(client, atClient).AsTask());
        Check(channel, tape, halves);
        Results = secrets.Open(atServer, atClient);
        return new RoleTimes(dealer, rehearsal, serverTime, clientTime);
    }

    private Run NewRun(IMaskSource? server, IMaskSource? client, IMaskSource? secret, Tape tape, Tape prepared, IFlightChannel? channel) =>
        new(call, server, client, secret, tape, prepared, channel, pool, CancellationToken.None);

    private TimeSpan Complete<TRole>(Run run, CallFrame frame)
        where TRole : IRole
    {
        long start = Stopwatch.GetTimestamp();
        ValueTask running = gate.Program.RunAsync<TRole>(run, frame);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        Debug.Assert(running.IsCompleted, "a role without a peer waits for nothing");
        running.GetAwaiter().GetResult();
        return took;
    }

    /// <summary>Lets the parties take turns until both have finished.</summary>
    private static (TimeSpan Server, TimeSpan Client) TakeTurns(GateChannel channel, Func<Task> startServer, Func<Task> startClient)
    {
        TimeSpan atServer = TimeSpan.Zero;
        TimeSpan atClient = TimeSpan.Zero;
        Task server = Timed(startServer, ref atServer);
        Task client = Timed(startClient, ref atClient);
        bool goesOn = true;
        while (goesOn && !(server.IsCompleted && client.IsCompleted))
        {
            goesOn = Timed(channel.ResumeServer, ref atServer);
            goesOn |= Timed(channel.ResumeClient, ref atClient);
        }

        foreach (Task party in new[] { server, client }.Where(t => t.IsFaulted))
        {
            party.GetAwaiter().GetResult();
        }

        return server.IsCompleted && client.IsCompleted
            ? (atServer, atClient)
            : throw new MPCacheException(
                "one party waits for a flight to which the other does not come", "Report this as a defect of the program");
    }

    private static T Timed<T>(Func<T> turn, ref TimeSpan sum)
    {
        long start = Stopwatch.GetTimestamp();
        T result = turn();
        sum += Stopwatch.GetElapsedTime(start);
        return result;
    }

    private static Tape Copy(Tape tape)
    {
        Tape copy = new("prepared message");
        foreach (ReadOnlyMemory<byte> segment in tape.Segments)
        {
            copy.Append(segment.ToArray());
        }

        return copy;
    }

    /// <summary>Fails unless the run took what the plan says.</summary>
    private void Check(GateChannel channel, Tape tape, Tape halves)
    {
        long prepared = halves.Length == 0 ? 0 : halves.Length + Wire.HeaderBytes;
        PlanTotals measured = new(channel.Flights, channel.ServerToClient, channel.ClientToServer, prepared, tape.Length);
        if (measured != planned)
        {
            throw new MPCacheException(
                $"{gate.Name} took {measured}, its plan says {planned}",
                "Report this as a defect of the gate; its figures must not be used");
        }

        if (tape.Position != tape.Length)
        {
            throw new MPCacheException(
                FormattableString.Invariant($"{gate.Name} leaves {tape.Length - tape.Position} bytes of its tape unread"),
                "Report this as a defect of the gate; its figures must not be used");
        }
    }

    private readonly record struct RoleTimes(TimeSpan Dealer, TimeSpan Rehearsal, TimeSpan Server, TimeSpan Client);
}
