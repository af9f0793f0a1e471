using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;
using MPCache.Randomness;

namespace MPCache.Conformance.Harness;

/// <summary>
/// A mask source from a fixed seed, or the zero source of the clear role. It records what is expanded and refuses an address a second
/// time: that would use randomness twice.
/// </summary>
public sealed class SeededSource : IMaskSource
{
    private readonly AesCounter? generator;
    private readonly string name;
    private readonly Dictionary<Address, (int Length, int Ring)> expanded = [];

    /// <summary>Starts from a seed; null for zeros.</summary>
    public SeededSource(string name, byte[]? seed)
    {
        this.name = name;
        generator = seed is null ? null : new AesCounter(seed);
    }

    /// <summary>What has been expanded.</summary>
    public IReadOnlyDictionary<Address, (int Length, int Ring)> Expanded => expanded;

    /// <inheritdoc/>
    public void Expand(in Address at, Span<ulong> destination, int ring)
    {
        if (!expanded.TryAdd(at, (destination.Length, ring)))
        {
            throw new AddressReuseException($"the {name} source is asked for {at} a second time");
        }

        if (generator is null)
        {
            destination.Clear();
        }
        else
        {
            generator.Expand(at, destination, ring);
        }
    }

    /// <summary>Fails unless both holders of a seed expanded the same addresses at the same lengths and rings.</summary>
    public static void AssertSame(SeededSource dealer, SeededSource party)
    {
        string[] onlyDealer = [.. dealer.expanded.Except(party.expanded).Select(e => $"{e.Key} {e.Value}")];
        string[] onlyParty = [.. party.expanded.Except(dealer.expanded).Select(e => $"{e.Key} {e.Value}")];
        if (onlyDealer.Length + onlyParty.Length > 0)
        {
            throw new InvalidOperationException(
                $"{dealer.name}: the dealer alone expands [{string.Join("; ", onlyDealer)}], "
                + $"the party alone [{string.Join("; ", onlyParty)}]");
        }
    }
}

/// <summary>A gate asked for the same randomness twice.</summary>
public sealed class AddressReuseException(string message) : Exception(message);
