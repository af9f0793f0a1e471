using MPCache.Contract;

namespace MPCache.Gates;

public static partial class BitToRing
{
    /// <summary>Tape bytes: a correction for each bit.</summary>
    public static Expr TapeBytes(Expr elements, int groups, int ring) => Wire.Ring(elements * groups, ring);
}
