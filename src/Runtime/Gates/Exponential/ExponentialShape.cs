namespace MPCache.Gates;

/// <summary>The digits of an exponent t ≥ −Offset and the scales of exp(−t).</summary>
/// <param name="FractionBits">Fraction bits of t.</param>
/// <param name="LowBits">Bits of the low digit, over which the function factors.</param>
/// <param name="HighBits">Bits w of the high digit, which is looked up; t + Offset stays below 2^LowBits · (2^w − 1).</param>
/// <param name="Offset">What is added to the raw exponent so that it is not negative.</param>
public readonly record struct ExponentialShape(int FractionBits, int LowBits, int HighBits, int Offset)
{
    /// <summary>Fraction bits of the looked-up part.</summary>
    public const int TableBits = 19;

    /// <summary>Fraction bits of the factor that only the dealer knows.</summary>
    public const int FactorBits = 13;

    /// <summary>Bits of the masked exponent.</summary>
    public int Ring => LowBits + HighBits;
}
