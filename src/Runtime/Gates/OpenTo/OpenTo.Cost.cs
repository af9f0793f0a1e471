using MPCache.Contract;

namespace MPCache.Gates;

public static partial class OpenTo
{
    /// <summary>Bytes to the party that comes to hold the value: the elements in the ring that truncation leaves.</summary>
    public static Expr OnlineBytes(Expr count, int ring, int truncate = 0) => Wire.Ring(count, ring - truncate);
}
