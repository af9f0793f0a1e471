namespace MPCache.Bench.Decoding.Models;

/// <summary>What layers without an embedding before them and a classifier behind them hand on.</summary>
[State(Grows = "answers", FractionBits = 16, RingBits = 40)]
public sealed class HiddenRows
{
    /// <summary>The rows.</summary>
    [Shape("answers, dim"), Range(-64, 64)]
    public required Tensor Rows { get; set; }
}
