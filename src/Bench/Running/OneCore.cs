using System;
using MPCache.Ring;

namespace MPCache.Bench.Running;

/// <summary>As long as it lives, the runtime's loops use one core, so that a rate is one core's.</summary>
internal sealed class OneCore : IDisposable
{
    private readonly int before = Workers.Count;

    /// <summary>Begins.</summary>
    public OneCore() => Workers.Count = 1;

    /// <inheritdoc/>
    public void Dispose() => Workers.Count = before;
}
