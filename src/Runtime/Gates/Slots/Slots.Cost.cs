using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Slots
{
    /// <summary>Bytes each way: the elements in their ring.</summary>
    public static Expr OnlineBytes(Expr count, int ring) => Wire.Ring(count, ring);
}
