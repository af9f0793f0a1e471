using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Open
{
    /// <summary>Bytes in each direction in which the opening sends: the elements in the ring that truncation leaves.</summary>
    public static Expr OnlineBytes(Expr count, int ring, int truncate = 0) => Wire.Ring(count, ring - truncate);
}
