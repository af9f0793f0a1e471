using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Extend
{
    /// <summary>Tape bytes: the carry and the mask's top bit, each in the ring of what is new.</summary>
    public static Expr TapeBytes(Expr count, int from, int to) => 2 * Wire.Ring(count, to - from);
}
