using System;
using System.Buffers;
using System.Collections.Generic;

namespace MPCache.Conformance.Harness;

/// <summary>Buffers full of a pattern, so that whoever relies on zeros or on old content is found; giving back twice is refused.</summary>
public sealed class PoisonedPool : ArrayPool<ulong>
{
    private const ulong Poison = 0xDEAD_BEEF_5A5A_C3C3;

    private readonly HashSet<ulong[]> rented = new(ReferenceEqualityComparer.Instance);

    /// <inheritdoc/>
    public override ulong[] Rent(int minimumLength)
    {
        // One word more than was asked for, because real pools give more as well.
        ulong[] buffer = new ulong[minimumLength + 1];
        Array.Fill(buffer, Poison);
        rented.Add(buffer);
        return buffer;
    }

    /// <inheritdoc/>
    public override void Return(ulong[] array, bool clearArray = false)
    {
        if (!rented.Remove(array))
        {
            throw new InvalidOperationException("a buffer is given back that was not rented, or twice");
        }

        Array.Fill(array, ~Poison);
    }
}
