using System.Collections.Generic;

namespace MPCache.Sessions;

/// <summary>The arguments of a call, each list in the order of the program's interface.</summary>
public sealed class CallRequest
{
    /// <summary>The tensors: values at their owner, shapes at the other party.</summary>
    public IReadOnlyList<Input> Inputs { get; init; } = [];

    /// <summary>The shared weights.</summary>
    public IReadOnlyList<ResidentHandle> Residents { get; init; } = [];

    /// <summary>The states, which the call may extend.</summary>
    public IReadOnlyList<StateHandle> States { get; init; } = [];

    /// <summary>The public real numbers.</summary>
    public IReadOnlyList<double> Reals { get; init; } = [];

    /// <summary>The public integers.</summary>
    public IReadOnlyList<long> Integers { get; init; } = [];
}
