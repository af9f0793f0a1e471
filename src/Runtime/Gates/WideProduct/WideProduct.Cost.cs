using System;
using MPCache.Contract;

namespace MPCache.Gates;

public static partial class WideProduct
{
    /// <summary>Tape bytes of an element-wise product, besides those of the extension: R·r_y, and μ·r_y in the ring of what is new.</summary>
    /// <param name="count">Elements.</param>
    /// <param name="from">Bits of the smaller operand's ring.</param>
    /// <param name="to">Bits of the product's ring.</param>
    public static Expr MultiplyTapeBytes(Expr count, int from, int to) => Wire.Ring(count, to) + Wire.Ring(count, to - from);

    /// <summary>Tape bytes of sums of squares, besides those of the extension.</summary>
    /// <param name="sums">Sums.</param>
    /// <param name="count">Elements of all sums together.</param>
    /// <param name="from">Bits of the elements' ring.</param>
    /// <param name="to">Bits of the sums' ring.</param>
    public static Expr SquaresTapeBytes(Expr sums, Expr count, int from, int to)
    {
        (int mixed, int top) = SquareRings(from, to);
        return Wire.Ring(sums, to) + (mixed > 0 ? Wire.Ring(count, mixed) : Expr.Zero) + (top > 0 ? Wire.Ring(count, top) : Expr.Zero);
    }

    /// <summary>
    /// Bits in which R·μ and μ matter to a square, which has them times 2^(m+1) and 2^(2m); in whole bytes, as they are dealt.
    /// </summary>
    private static (int Mixed, int Top) SquareRings(int from, int to)
    {
        static int Whole(int bits) => (Math.Max(0, bits) + 7) / 8 * 8;
        return (Whole(to - from - 1), Whole(to - (2 * from)));
    }
}
