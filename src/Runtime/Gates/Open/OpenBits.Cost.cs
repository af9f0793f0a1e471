using MPCache.Contract;

namespace MPCache.Gates;

public static partial class OpenBits
{
    /// <summary>Bytes each way: every plane in whole bytes.</summary>
    public static Expr OnlineBytes(Expr count, int planes) => Wire.Planes(count, planes);
}
