using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Open
{
    /// <summary>Bytes in each direction in which the opening sends: the elements in their ring.</summary>
    public static Expr OnlineBytes(Expr count, int ring) => Wire.Ring(count, ring);
}
