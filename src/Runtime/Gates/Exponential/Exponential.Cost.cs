using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Exponential
{
    /// <summary>Tape bytes of the lookup: the unit vectors of the high digits.</summary>
    public static Expr LookupTapeBytes(Expr count, int highBits) => UnitVectors.TapeBytes(count, highBits);

    /// <summary>Tape bytes of the scaling: two corrections an element.</summary>
    public static Expr ScaleTapeBytes(Expr count, int ring) => Wire.Ring(count, ring) * 2;
}
