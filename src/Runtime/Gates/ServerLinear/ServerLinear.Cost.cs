using MPCache.Contract;

namespace MPCache.Gates;

public static partial class ServerLinear
{
    /// <summary>Tape bytes: one correction in the product's ring for each output, however long the dot product behind it.</summary>
    public static Expr TapeBytes(Expr outputs, int ring) => Wire.Ring(outputs, ring);
}
