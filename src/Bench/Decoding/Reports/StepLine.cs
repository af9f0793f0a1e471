using System.Collections.Generic;
using MPCache.Bench.Reports;

namespace MPCache.Bench.Decoding.Reports;

/// <summary>What a whole decoding step costs (<c>decode</c>), or a prompt that is read (<c>prefill</c>).</summary>
internal sealed record StepLine : CostLine
{
    /// <summary>Tokens in the cache when the step begins.</summary>
    public int? Held { get; init; }

    /// <summary>Tokens that take part, the mean over layers.</summary>
    public double? Attended { get; init; }

    /// <summary>How much of the prompt one call reads at most.</summary>
    public int? Chunk { get; init; }

    /// <summary>How many calls read the prompt.</summary>
    public int? Calls { get; init; }

    /// <summary>The share of the online time that the party which waited less spent in exchanges.</summary>
    public double? WaitingShare { get; init; }

    /// <summary>The most memory resident, all three roles together; null where nothing was run.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>A plain pass over the same weights in 16 bits, measured in the same run.</summary>
    public double? PlainPassSeconds { get; init; }

    /// <summary>The preparation in such passes.</summary>
    public double? OfflinePasses { get; init; }

    /// <summary>The online time in such passes.</summary>
    public double? OnlinePasses { get; init; }

    /// <summary>All bytes by gate.</summary>
    public required IReadOnlyDictionary<string, long> BytesByGate { get; init; }

    /// <summary>All bytes by the author's expression.</summary>
    public required IReadOnlyDictionary<string, long> BytesByExpression { get; init; }
}
