using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Tell
{
    /// <summary>Bytes from the holder to the other party.</summary>
    public static Expr OnlineBytes(Expr count, int ring) => Wire.Ring(count, ring);
}
