using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Order
{
    /// <summary>Rows a group that are compared with all others; <see cref="SessionMath.Pivots"/>.</summary>
    public static Expr Pivots(Expr rows) => Expr.Function("pivots", rows);

    /// <summary>Whether a second phase compares the rows that the first left undecided; <see cref="SessionMath.Refines"/>.</summary>
    public static Expr Refines(Expr rows) => Expr.Function("refines", rows);

    /// <summary>Slots a group for rows that the first phase leaves undecided; <see cref="SessionMath.Capacity"/>.</summary>
    public static Expr Capacity(Expr rows) => Expr.Function("capacity", rows);

    /// <summary>Comparisons a group of the first rows with all behind them: pivots·rows − pivots·(pivots + 1)/2.</summary>
    public static Expr Pairs(Expr rows, Expr pivots) => (pivots * rows) - Expr.FloorDiv(pivots * (pivots + 1), 2);

    /// <summary>Bytes each way of revealed comparisons.</summary>
    public static Expr RevealBytes(Expr count) => Wire.Planes(count, 1);
}
