using System;
using MPCache.Execution;

namespace MPCache.Randomness;

/// <summary>Masks that hide nothing: for the execution in the clear, where one process holds every value anyway.</summary>
internal sealed class ZeroMaskSource : IMaskSource
{
    public static ZeroMaskSource Instance { get; } = new();

    public void Expand(in Address at, Span<ulong> destination, int ring) => destination.Clear();
}
