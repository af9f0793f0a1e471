using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Piecewise
{
    /// <summary>Tape bytes of the lookup: the unit vectors of the high digits, which serve all coefficients.</summary>
    public static Expr LookupTapeBytes(Expr count, int highBits) => UnitVectors.TapeBytes(count, highBits);

    /// <summary>Tape bytes of the combination: a correction a coefficient and one for their sum.</summary>
    public static Expr CombineTapeBytes(Expr count, int degree, int ring) => Wire.Ring(count, ring) * (degree + 2);
}
