using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Randomness;

namespace MPCache.Sessions;

/// <summary>
/// Compiled programs in plain floating point, in one process: what their authors wrote, expression by expression, with nothing shared and
/// nothing rounded to fixed point. The reference for every other session; it hides nothing and talks to nobody.
/// </summary>
public sealed class PlainExecution : ISession
{
    private readonly Dictionary<ResidentHandle, object> residents = [];
    private readonly Dictionary<StateHandle, PlainState> states = [];
    private readonly List<CallStatistics> statistics = [];
    private readonly Dictionary<StateHandle, string?> contents = [];
    private readonly Func<CompiledProgram, PlainObserver?>? observe;
    private readonly PlainMemory? memory;
    private uint next;

    /// <summary>Starts with no weights and no states.</summary>
    /// <param name="observe">Gives for each call who sees the value of every expression; null for nobody.</param>
    public PlainExecution(Func<CompiledProgram, PlainObserver?>? observe = null) => this.observe = observe;

    /// <summary>Starts with no weights and no states, and computes nothing that is remembered.</summary>
    /// <param name="memory">What earlier executions with the same weights have computed; this one adds to it.</param>
    /// <param name="observe">Gives for each call who sees the value of every expression; null for nobody. What is remembered is not
    /// computed, and nobody sees it.</param>
    public PlainExecution(PlainMemory memory, Func<CompiledProgram, PlainObserver?>? observe = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        this.memory = memory;
        this.observe = observe;
    }

    /// <inheritdoc/>
    public Party? Party => null;

    /// <inheritdoc/>
    public Network Network { get; init; } = Network.Lan;

    /// <inheritdoc/>
    /// <remarks>Plans are what the calls would cost between two parties; nothing is measured but the time.</remarks>
    public IReadOnlyList<CallStatistics> Statistics => statistics;

    /// <inheritdoc/>
    public Task<ResidentHandle> ShareAsync(ResidentSchema schema, object? record, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(schema);
        if (record is null)
        {
            throw new MPCacheException($"{schema.Name} is given as null", "Pass the record with the weights");
        }

        ResidentEntry entry = SchemaBinding.Describe(next++, schema, record);
        if (RangeRecorder.Current is RangeRecorder recorder)
        {
            foreach (ResidentField field in schema.Fields)
            {
                recorder.Record(Declared(schema.Name, field.Name), field.Low, field.High, field.Value(record).Values);
            }
        }

        ResidentHandle handle = new(this, entry.Call, schema, SchemaBinding.Shapes(entry), entry.Integers);
        residents[handle] = record;
        return Task.FromResult(handle);
    }

    /// <inheritdoc/>
    public Task<StateHandle> CreateStateAsync(
        StateSchema schema, IReadOnlyDictionary<string, long> dimensions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(dimensions);
        StateEntry entry = SchemaBinding.Describe(next++, schema, dimensions);
        PlainState state = new(entry.Fields);
        StateHandle handle = new(this, entry, schema, dimensions, SchemaBinding.Store(entry), null, () => state.Rows);
        states[handle] = state;
        contents[handle] = PlainMemory.Empty(entry);
        return Task.FromResult(handle);
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
    /// <exception cref="RangeException">A value leaves a declared range.</exception>
    public Task<CallResult> CallAsync(CompiledProgram program, CallRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(request);
        cancellation.ThrowIfCancellationRequested();
        CallBinding binding = CallBinding.Bind(this, program, request);
        CallValues.Encode(binding, request, null);
        long start = Stopwatch.GetTimestamp();
        PlainFrame frame = new()
        {
            Dimensions = [.. binding.Dimensions],
            Inputs = [.. request.Inputs.Select(i => i.Value!)],
            Reals = [.. binding.Reals],
            Residents = [.. request.Residents.Select(r => new PlainResident(r.Schema, residents[r]))],
            States = [.. request.States.Select(s => states[s])],
            Outputs = new Tensor[binding.Interface.Outputs.Count],
            Observer = observe?.Invoke(program),
        };
        Run(program, frame, request);
        if (RangeRecorder.Current is RangeRecorder recorder)
        {
            Record(recorder, request);
        }

        CallStatistics cost = new(
            next++, program.Interface.Name, binding.Planned, default, TimeSpan.Zero, Stopwatch.GetElapsedTime(start));
        statistics.Add(cost);
        Revealed[] outputs = new Revealed[frame.Outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = new Revealed($"output {i} of {program.Interface.Name}", program.Interface.Outputs[i].To, frame.Outputs[i]);
        }

        return Task.FromResult(new CallResult(outputs, cost));
    }

    /// <summary>The property of a class as an author reads it.</summary>
    private static string Declared(string type, string property) => $"{type[(type.LastIndexOf('.') + 1)..]}.{property}";

    /// <summary>Shows a recorder what the states hold behind a call. Which rows a state has chosen is no number with a range.</summary>
    private void Record(RangeRecorder recorder, CallRequest request)
    {
        foreach (StateHandle state in request.States)
        {
            foreach (StateField field in state.Schema.Fields)
            {
                foreach (PlainStateTensor tensor in states[state][field.Name].Where(t => !t.HoldsSelection))
                {
                    recorder.Record(Declared(state.Schema.Name, field.Name), field.Low, field.High, tensor.Value.Values);
                }
            }
        }
    }

    /// <summary>Runs a call, or takes its results from memory.</summary>
    private void Run(CompiledProgram program, PlainFrame frame, CallRequest request)
    {
        string? key = memory?.Key(
            program, frame, [.. request.Residents.Select(r => residents[r])], [.. request.States.Select(s => contents[s])]);
        if (key is null || !memory!.TryRecall(key, frame))
        {
            program.RunPlain(frame);
            if (key is not null)
            {
                memory!.Remember(key, frame);
            }
        }

        for (int i = 0; i < request.States.Count; i++)
        {
            contents[request.States[i]] = key is null ? null : PlainMemory.Content(key, i);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
