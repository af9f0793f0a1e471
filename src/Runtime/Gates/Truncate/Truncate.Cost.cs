using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Truncate
{
    /// <summary>Tape bytes of <c>Reduce</c>: the truncated mask in the smaller ring. <c>Unshared</c> takes none.</summary>
    public static Expr TapeBytes(Expr count, int ring, int by) => Wire.Ring(count, ring - by);
}
