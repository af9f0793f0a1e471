using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Reveal
{
    /// <summary>Bytes from the other party to the one that learns the value.</summary>
    public static Expr OnlineBytes(Expr count, int ring) => Wire.Ring(count, ring);
}
