namespace MPCache.Models.Transformers;

/// <summary>Keys, after their rotation, and values of every token so far, a tensor a layer.</summary>
[State(Grows = "tokens", FractionBits = 16, RingBits = 56)]
public sealed class KeyValueCache
{
    /// <summary>Keys.</summary>
    [Shape("layers, tokens, groups, size"), Range(-64, 64)]
    public required Tensor[] Keys { get; set; }

    /// <summary>Values.</summary>
    [Shape("layers, tokens, groups, size"), Range(-16, 16)]
    public required Tensor[] Values { get; set; }
}
