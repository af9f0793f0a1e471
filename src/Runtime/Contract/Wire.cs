namespace MPCache.Contract;

/// <summary>What values take on the wire and on the tape, as expressions; the runtime's packing has the same lengths.</summary>
public static class Wire
{
    /// <summary>Bytes of a frame's header: one a message.</summary>
    public const int HeaderBytes = 8;

    /// <summary>Ring elements: ⌈ring / 8⌉ bytes each.</summary>
    public static Expr Ring(Expr count, int ring) => count * ((ring + 7) / 8);

    /// <summary>Bit strings, packed without gaps: ⌈count · bits / 8⌉ bytes.</summary>
    public static Expr Bits(Expr count, int bits) => Expr.CeilDiv(count * bits, 8);

    /// <summary>Bit planes: ⌈count / 8⌉ bytes each.</summary>
    public static Expr Planes(Expr count, int planes) => Expr.CeilDiv(count, 8) * planes;
}
