using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Exponential
{
    /// <summary>Tape bytes of the lookup: the unit vectors of the high digits.</summary>
    public static Expr LookupTapeBytes(Expr count, int highBits) => UnitVectors.TapeBytes(count, highBits);

    /// <summary>Tape bytes of the scaling: the factor, its product with the lookup's mask, and with the mask's top bit.</summary>
    /// <param name="count">Elements.</param>
    /// <param name="lookupRing">Bits of the ring in which the lookup was opened.</param>
    /// <param name="ring">Bits of the result's ring.</param>
    public static Expr ScaleTapeBytes(Expr count, int lookupRing, int ring) =>
        (Wire.Ring(count, ring) * 2) + Wire.Ring(count, ring - lookupRing);

    /// <summary>Bytes of a thousand elements, tape and both directions together.</summary>
    internal static long Bytes(in ExponentialShape shape, int ring, int truncate)
    {
        Expr count = Expr.Constant(1000);
        Expr online = Open.OnlineBytes(count, shape.LookupRing) + Open.OnlineBytes(count, ring, truncate);
        Expr tape = LookupTapeBytes(count, shape.HighBits) + ScaleTapeBytes(count, shape.LookupRing, ring);
        return ((2 * online) + tape).AsConstant!.Value;
    }
}
