namespace MPCache.Ring;

/// <summary>How a summand counts: most do once, and multiplying costs.</summary>
internal enum FactorKind
{
    /// <summary>1.</summary>
    One,

    /// <summary>−1.</summary>
    MinusOne,

    /// <summary>Any.</summary>
    Other,

    /// <summary>There is no such summand.</summary>
    None,
}
