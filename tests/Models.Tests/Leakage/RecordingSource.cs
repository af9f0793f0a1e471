using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;
using MPCache.Randomness;

namespace MPCache.Models.Tests.Leakage;

/// <summary>Masks of a seed of the operating system's, and how often each address is asked for, at which lengths and rings.</summary>
internal sealed class RecordingSource(AesMaskSource masks) : IMaskSource
{
    private readonly Dictionary<Address, List<(int Length, int Ring)>> expanded = [];

    /// <summary>What has been asked for.</summary>
    public IReadOnlyDictionary<Address, List<(int Length, int Ring)>> Expanded => expanded;

    /// <summary>Addresses that were asked for more often than allowed, or not always for the same.</summary>
    public IEnumerable<string> Faults(int allowed) => expanded
        .Where(e => e.Value.Count > allowed || e.Value.Distinct().Count() > 1)
        .Select(e => $"{e.Key}: {string.Join(' ', e.Value)}");

    /// <inheritdoc/>
    public void Expand(in Address at, Span<ulong> destination, int ring)
    {
        lock (expanded)
        {
            if (!expanded.TryGetValue(at, out List<(int Length, int Ring)>? times))
            {
                expanded[at] = times = [];
            }

            times.Add((destination.Length, ring));
        }

        masks.Expand(at, destination, ring);
    }
}
