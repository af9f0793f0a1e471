using static MPCache.Functions;

namespace MPCache.Models.Transformers;

/// <summary>
/// Keys, after their rotation, and values of every token so far, a tensor a layer; in the ring in which values are weighed before softmax is
/// normalised, so that they are extended once, when they join the cache.
/// </summary>
[State(Grows = "tokens", FractionBits = Precision, RingBits = 50)]
public sealed class KeyValueCache
{
    /// <summary>Fraction bits of keys and values: a score over heads of 64 is off by less than 2^−8 because of them.</summary>
    internal const int Precision = 12;

    /// <summary>Keys.</summary>
    [Shape("layers, tokens, groups, size"), Range(-64, 64)]
    public required Tensor[] Keys { get; set; }

    /// <summary>Values.</summary>
    [Shape("layers, tokens, groups, size"), Range(-16, 16)]
    public required Tensor[] Values { get; set; }

    /// <summary>Cached rows and the newest ones behind them, as precise as these will be in the cache.</summary>
    /// <param name="cached">[tokens, groups, size], keys or values.</param>
    /// <param name="newest">[rows, groups, size].</param>
    /// <returns>[tokens + rows, groups, size].</returns>
    [Protocol]
    internal static Tensor Join(Tensor cached, Tensor newest) => Concat(0, cached, newest.Rounded(Precision));
}
