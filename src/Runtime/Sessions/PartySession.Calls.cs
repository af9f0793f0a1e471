using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Randomness;

namespace MPCache.Sessions;

// Calls: announce, prepare, exchange flights, compare with the plan.
public sealed partial class PartySession
{
    /// <inheritdoc/>
    public async Task AnnounceAsync(CompiledProgram program, CallAnnouncement announcement, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(announcement);
        ThrowFault();
        CallBinding binding = CallBinding.Bind(this, program, announcement);
        await AloneAsync(async () =>
        {
            announced.Enqueue(await EnterAsync(binding, cancellation).ConfigureAwait(false));
            return true;
        }, cancellation).ConfigureAwait(false);
    }

    /// <summary>Waits until every call that has been announced is prepared: dealt, and at the client rehearsed.</summary>
    /// <param name="cancellation">Ends the wait, not the preparation.</param>
    /// <exception cref="MPCacheException">The randomness source is gone.</exception>
    public Task PreparedAsync(CancellationToken cancellation = default) => rehearsed.WaitAsync(cancellation);

    /// <inheritdoc/>
    public async Task<CallResult> CallAsync(CompiledProgram program, CallRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(request);
        ThrowFault();
        CallBinding binding = CallBinding.Bind(this, program, request);
        ulong[]?[] inputs = CallValues.Encode(binding, request, party);
        CheckAnnounced(binding);
        return await AloneAsync(async () =>
        {
            long start = Stopwatch.GetTimestamp();
            PreparedCall call = announced.TryDequeue(out PreparedCall? ahead)
                ? ahead
                : await EnterAsync(binding, cancellation).ConfigureAwait(false);
            Preparation preparation = await call.Ready.WaitAsync(cancellation).ConfigureAwait(false);
            channel.Begin(binding.Planned);
            Tape halves = await ExchangeHalvesAsync(call.Number, binding, preparation, cancellation).ConfigureAwait(false);
            TimeSpan offline = Stopwatch.GetElapsedTime(start);

            start = Stopwatch.GetTimestamp();
            CallFrame frame = binding.Frame(inputs, state => state.Store);
            TimedFlights flights = new(channel, settings.Profile);
            await Task.Run(() => RunAsync(call.Number, binding, frame, preparation.Tape, halves, flights, cancellation), cancellation)
                .ConfigureAwait(false);
            TimeSpan online = Stopwatch.GetElapsedTime(start);

            CallStatistics cost = new(
                call.Number, binding.Interface.Name, binding.Planned, channel.Measured with { Tape = preparation.TapeBytes }, offline,
                online)
            {
                Waiting = flights.Waiting,
            };
            CheckPlan(cost);
            CallResult result = new(CallValues.Decode(binding, frame.Outputs, party), cost);
            statistics.Add(cost);
            return result;
        }, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes the ledger's next number for a call, tells the randomness source, and starts to prepare.</summary>
    private async Task<PreparedCall> EnterAsync(CallBinding binding, CancellationToken cancellation)
    {
        uint number = next++;
        await randomness.AnnounceAsync(binding.Entry(number), binding.Planned.Tape, cancellation).ConfigureAwait(false);
        Task before = rehearsed;
        Task<Preparation> ready = Task.Run(() => PrepareAsync(number, binding, before), CancellationToken.None);
        rehearsed = ready;
        return new PreparedCall(number, binding, ready);
    }

    private async Task<Preparation> PrepareAsync(uint number, CallBinding binding, Task before)
    {
        Correlations dealt = await randomness.TakeAsync(number, closing.Token).ConfigureAwait(false);
        await before.ConfigureAwait(false);
        Tape halves = new("prepared message", binding.Planned.Prepared);
        if (party == MPCache.Party.Client && (binding.Planned.Prepared > 0 || binding.States.Count > 0))
        {
            Run run = new(number, null, randomness.Masks, null, dealt.Tape, halves, null, rehearsing, closing.Token);
            CallFrame frame = binding.Frame(new ulong[]?[binding.Interface.Inputs.Count], state => state.Rehearsed!);
            await binding.Program.RunAsync<RehearsalRole>(run, frame).ConfigureAwait(false);
            rehearsing.Trim();
            CheckRead(dealt.Tape, number, binding);
            dealt.Tape.Rewind();
        }

        return new Preparation(dealt.Tape, dealt.TapeBytes, halves);
    }

    /// <summary>The client sends its prepared halves, the server receives them; nothing crosses where the program has none.</summary>
    private async Task<Tape> ExchangeHalvesAsync(uint number, CallBinding binding, Preparation preparation, CancellationToken cancellation)
    {
        if (binding.Planned.Prepared == 0)
        {
            return preparation.Halves;
        }

        if (party == MPCache.Party.Server)
        {
            return await channel.ReceivePreparedAsync(number, cancellation).ConfigureAwait(false);
        }

        await channel.SendPreparedAsync(number, preparation.Halves, cancellation).ConfigureAwait(false);
        return preparation.Halves;
    }

    private async Task RunAsync(
        uint number, CallBinding binding, CallFrame frame, Tape tape, Tape halves, IFlightChannel flights, CancellationToken cancellation)
    {
        bool server = party == MPCache.Party.Server;
        Run run = new(
            number, server ? randomness.Masks : null, server ? null : randomness.Masks, null, tape, halves, flights, running, cancellation)
        {
            Trace = settings.Trace,
            Profile = settings.Profile,
            Outgoing = outgoing,
            Incoming = incoming,
        };
        run.Profile?.Begin();
        ValueTask program = server ? binding.Program.RunAsync<ServerRole>(run, frame) : binding.Program.RunAsync<ClientRole>(run, frame);
        await program.ConfigureAwait(false);
        running.Trim();
        run.Profile?.End();
        CheckRead(tape, number, binding);
        CheckRead(halves, number, binding);
    }

    private void CheckAnnounced(CallBinding binding)
    {
        if (announced.TryPeek(out PreparedCall? ahead)
            && LedgerEntry.Difference(ahead.Binding.Entry(ahead.Number), binding.Entry(ahead.Number)) is not null)
        {
            string difference = Invariant(
                $"call {ahead.Number} was announced as {ahead.Binding.Describe()} and is made as {binding.Describe()}");
            throw new MPCacheException(difference, "Make announced calls as announced, in the same order");
        }
    }

    private static void CheckRead(Tape tape, uint number, CallBinding binding)
    {
        if (tape.Position != tape.Length)
        {
            throw new MPCacheException(
                Invariant($"call {number} of {binding.Interface.Name} leaves {tape.Length - tape.Position} of {tape.Length} bytes unread"),
                "Install the same version of the program on all sides");
        }
    }

    private static void CheckPlan(CallStatistics cost)
    {
        (string What, long Planned, long Measured)[] costs =
        [
            ("flights", cost.Planned.Flights, cost.Measured.Flights),
            ("bytes from server to client", cost.Planned.ServerToClient, cost.Measured.ServerToClient),
            ("bytes from client to server", cost.Planned.ClientToServer, cost.Measured.ClientToServer),
            ("bytes of prepared message", cost.Planned.Prepared, cost.Measured.Prepared),
            ("bytes of tape", cost.Planned.Tape, cost.Measured.Tape),
        ];
        foreach ((string what, long planned, long measured) in costs)
        {
            if (planned != measured)
            {
                throw new MPCacheException(
                    Invariant($"call {cost.Call} of {cost.Name} took {measured} {what}, its plan says {planned}"),
                    "Report this as a defect of the program; the results must not be used");
            }
        }
    }
}
