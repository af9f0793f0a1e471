namespace MPCache.Bench.Programs;

/// <summary>
/// What a layer's projections would hand to its attention: query, key and value of the newest token. As a state it is there before the step
/// begins, so that a step consists of attention alone.
/// </summary>
[State(Grows = "newest", FractionBits = 16, RingBits = 56)]
public sealed class NewestToken
{
    /// <summary>Queries, scaled by 1/√size.</summary>
    [Shape("newest, groups, repeat, size"), Range(-64, 64)]
    public required Tensor Query { get; set; }

    /// <summary>Keys, after their rotation.</summary>
    [Shape("newest, groups, 1, size"), Range(-64, 64)]
    public required Tensor Key { get; set; }

    /// <summary>Values.</summary>
    [Shape("newest, groups, 1, size"), Range(-16, 16)]
    public required Tensor Value { get; set; }
}

/// <summary>What attention hands to the output projection, in the ring in which Llama's decoding step takes it.</summary>
[State(Grows = "answers", FractionBits = 16, RingBits = 38)]
public sealed class LayerOutput
{
    /// <summary>The values, mixed as each head attends to them.</summary>
    [Shape("answers, groups, repeat, size"), Range(-16, 16)]
    public required Tensor Mixed { get; set; }
}
