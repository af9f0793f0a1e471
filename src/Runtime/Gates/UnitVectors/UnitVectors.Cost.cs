using MPCache.Contract;

namespace MPCache.Gates;

internal static partial class UnitVectors
{
    /// <summary>Tape bytes: all bits of a vector but the last, which the parity of the others gives.</summary>
    public static Expr TapeBytes(Expr count, int width) => Wire.Bits(count, (1 << width) - 1);
}
