using System;

namespace MPCache.Execution;

/// <summary>Uniform ring elements by address. Two parties that hold the same source expand the same elements.</summary>
public interface IMaskSource
{
    /// <summary>
    /// Fills <paramref name="destination"/> with the elements at an address, each reduced to <paramref name="ring"/> bits.
    /// </summary>
    void Expand(in Address at, Span<ulong> destination, int ring);
}
