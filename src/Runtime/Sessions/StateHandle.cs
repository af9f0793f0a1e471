using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;
using MPCache.Randomness;

namespace MPCache.Sessions;

/// <summary>A state that lives in a session, such as a key-value cache; calls take it in the place of the object and extend it.</summary>
public sealed class StateHandle
{
    private readonly StateEntry entry;
    private readonly Func<int>? rows;

    internal StateHandle(
        ISession session, StateEntry entry, StateSchema schema, IReadOnlyDictionary<string, long> dimensions, StateStore store,
        StateStore? rehearsed, Func<int>? rows = null)
    {
        this.entry = entry;
        this.rows = rows;
        Session = session;
        Schema = schema;
        Dimensions = new Dictionary<string, long>(dimensions);
        Store = store;
        Rehearsed = rehearsed;
    }

    /// <summary>The class.</summary>
    public StateSchema Schema { get; }

    /// <summary>Rows held: the size of the dimension along which the state grows.</summary>
    public int Rows => rows?.Invoke() ?? Store.Rows;

    internal ISession Session { get; }

    internal uint Call => entry.Call;

    /// <summary>The sizes with which the state was created.</summary>
    internal IReadOnlyDictionary<string, long> Dimensions { get; }

    internal StateStore Store { get; }

    /// <summary>
    /// The client's mask shares of the state as rehearsals leave it. Rehearsals run ahead of the calls, so they must not touch
    /// <see cref="Store"/>; what they need of a state is its masks, which do not depend on anything online.
    /// </summary>
    internal StateStore? Rehearsed { get; }

    /// <summary>The sizes of a field now, an array's number of tensors in front.</summary>
    internal int[] Shape(string field)
    {
        int index = entry.Fields.TakeWhile(f => f.Name != field).Count();
        (_, int tensors, IReadOnlyList<int> row) = entry.Fields[index];
        return Schema.Fields[index].IsArray ? [tensors, Rows, .. row] : [Rows, .. row];
    }
}
