using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Select
{
    /// <summary>Tape bytes: a correction for each bit and one for each element.</summary>
    public static Expr TapeBytes(Expr bits, Expr elements, int ring) => Wire.Ring(bits + elements, ring);
}
