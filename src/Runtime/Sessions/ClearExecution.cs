using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Randomness;

namespace MPCache.Sessions;

/// <summary>
/// Compiled programs in the clear, in one process: masks are zero, the exchange is the identity, and everything else is the emitted program
/// itself, with its rings, scales and truncations. For tracing and tests; it hides nothing and talks to nobody.
/// </summary>
public sealed class ClearExecution : ISession
{
    private readonly List<CallStatistics> statistics = [];
    private readonly DealerLedger ledger;
    private readonly ITraceSink? trace;
    private readonly WordPool pool = new();
    private uint next;

    /// <summary>Starts with no weights and no states.</summary>
    /// <param name="programs">The programs that may be called.</param>
    /// <param name="trace">Where values are reported to; null for nowhere.</param>
    public ClearExecution(IReadOnlyList<CompiledProgram> programs, ITraceSink? trace = null)
    {
        ArgumentNullException.ThrowIfNull(programs);
        ledger = new DealerLedger(programs, ZeroMaskSource.Instance, ZeroMaskSource.Instance, ZeroMaskSource.Instance);
        this.trace = trace;
    }

    /// <inheritdoc/>
    public Party? Party => null;

    /// <inheritdoc/>
    public Network Network { get; init; } = Network.Lan;

    /// <inheritdoc/>
    public IReadOnlyList<CallStatistics> Statistics => statistics;

    /// <inheritdoc/>
    public Task<ResidentHandle> ShareAsync(ResidentSchema schema, object? record, CancellationToken cancellation = default) =>
        Completed(() =>
        {
            ArgumentNullException.ThrowIfNull(schema);
            if (record is null)
            {
                throw new MPCacheException($"{schema.Name} is given as null", "Pass the record with the weights");
            }

            ResidentStore store = SchemaBinding.Encode(schema, record);
            ResidentEntry entry = SchemaBinding.Describe(next, schema, record);
            next++;
            ledger.Deal(entry, cancellation);
            return new ResidentHandle(this, entry.Call, schema, store, entry.Integers);
        });

    /// <inheritdoc/>
    public Task<StateHandle> CreateStateAsync(
        StateSchema schema, IReadOnlyDictionary<string, long> dimensions, CancellationToken cancellation = default) =>
        Completed(() =>
        {
            ArgumentNullException.ThrowIfNull(schema);
            ArgumentNullException.ThrowIfNull(dimensions);
            StateEntry entry = SchemaBinding.Describe(next, schema, dimensions);
            next++;
            ledger.Deal(entry, cancellation);
            return new StateHandle(this, entry, schema, dimensions, SchemaBinding.Store(entry), null);
        });

    /// <inheritdoc/>
    public Task AnnounceAsync(CompiledProgram program, CallAnnouncement announcement, CancellationToken cancellation = default) =>
        Completed(() =>
        {
            ArgumentNullException.ThrowIfNull(program);
            ArgumentNullException.ThrowIfNull(announcement);
            return CallBinding.Bind(this, program, announcement);
        });

    /// <inheritdoc/>
    public async Task<CallResult> CallAsync(CompiledProgram program, CallRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(request);
        CallBinding binding = CallBinding.Bind(this, program, request);
        ulong[]?[] inputs = CallValues.Encode(binding, request, null);
        long start = Stopwatch.GetTimestamp();
        uint number = next++;
        Tape tape = ledger.Deal(binding.Entry(number), cancellation);
        TimeSpan offline = Stopwatch.GetElapsedTime(start);

        start = Stopwatch.GetTimestamp();
        CallFrame frame = binding.Frame(inputs, state => state.Store);
        ZeroMaskSource zero = ZeroMaskSource.Instance;
        RangeCheck check = new(program.Interface, trace);
        Tape halves = new("prepared message");
        Run run = new(number, zero, zero, null, tape, halves, null, pool, cancellation) { Trace = check };
        await program.RunAsync<ClearRole>(run, frame).ConfigureAwait(false);
        pool.Trim();

        if (tape.Position != tape.Length)
        {
            throw new InvalidOperationException($"{program.Interface.Name} leaves {tape.Length - tape.Position} bytes of its tape unread.");
        }

        CallStatistics cost = new(
            number, program.Interface.Name, binding.Planned, new PlanTotals(0, 0, 0, 0, tape.Length), offline,
            Stopwatch.GetElapsedTime(start));
        statistics.Add(cost);
        return new CallResult(CallValues.Decode(binding, frame.Outputs, null), cost);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A task that is done, with the error in it where there was one, as in a session that waits.</summary>
    private static Task<T> Completed<T>(Func<T> work)
    {
        try
        {
            return Task.FromResult(work());
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }
}
