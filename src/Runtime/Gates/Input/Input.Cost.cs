using MPCache.Contract;

namespace MPCache.Gates;

public static partial class InputGate
{
    /// <summary>Bytes from the owner to the other party.</summary>
    public static Expr OnlineBytes(Expr count, int ring) => Wire.Ring(count, ring);
}
