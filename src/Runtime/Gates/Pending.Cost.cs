#pragma warning disable CS1591
using MPCache.Contract;
namespace MPCache.Gates;
public static partial class Compare { public static int[] Digits(int ring) => new int[(ring + 4) / 5]; public static int Planes(int ring) => 2 * Digits(ring).Length - 1;
 public static Expr DigitsTapeBytes(Expr count, int ring) => count; public static Expr CombineTapeBytes(Expr count, int ring) => count; }
public static partial class Select { public static Expr TapeBytes(Expr bits, Expr count, int ring) => Wire.Ring(bits + count, ring); }
public static partial class BitToRing { public static Expr TapeBytes(Expr count, int groups, int ring) => Wire.Ring(count * groups, ring); }
