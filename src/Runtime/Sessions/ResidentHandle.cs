using System.Collections.Generic;
using MPCache.Execution;

namespace MPCache.Sessions;

/// <summary>Weights that were shared in a session; calls take it in the place of the record.</summary>
public sealed class ResidentHandle
{
    internal ResidentHandle(
        ISession session, uint call, ResidentSchema schema, ResidentStore store, IReadOnlyList<(string Name, long Value)> integers)
    {
        Session = session;
        Call = call;
        Schema = schema;
        Store = store;
        Integers = integers;
    }

    /// <summary>The class.</summary>
    public ResidentSchema Schema { get; }

    /// <summary>The record's public integers, known to both parties.</summary>
    public IReadOnlyList<(string Name, long Value)> Integers { get; }

    internal ISession Session { get; }

    internal uint Call { get; }

    internal ResidentStore Store { get; }
}
