namespace MPCache.Models.Transformers;

/// <summary>A cache of fixed size whose heads each keep tokens of their own, and the attention that these have received.</summary>
[State(Grows = "tokens", FractionBits = KeyValueCache.Precision, RingBits = 40)]
public sealed class HeavyHitterCache
{
    /// <summary>Keys.</summary>
    [Shape("layers, tokens, groups, size"), Range(-64, 64)]
    public required Tensor[] Keys { get; set; }

    /// <summary>Values.</summary>
    [Shape("layers, tokens, groups, size"), Range(-16, 16)]
    public required Tensor[] Values { get; set; }

    /// <summary>The attention that each token has received from all queries so far, summed over a head's queries.</summary>
    [Shape("layers, tokens, groups, 1"), Range(0, 16384)]
    public required Tensor[] Received { get; set; }
}
