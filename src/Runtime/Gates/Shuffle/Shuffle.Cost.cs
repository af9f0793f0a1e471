using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Shuffle
{
    /// <summary>Bytes from the party that moves first to the other: the elements in their ring.</summary>
    public static Expr OnlineBytes(Expr count, int ring) => Wire.Ring(count, ring);

    /// <summary>Tape bytes: the client's share of the new mask.</summary>
    public static Expr TapeBytes(Expr count, int ring) => Wire.Ring(count, ring);
}
