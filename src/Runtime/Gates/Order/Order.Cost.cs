using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Order
{
    /// <summary>Up to so many rows a group all pairs are compared at once.</summary>
    public const int LargestWhole = 64;

    /// <summary>
    /// Rows a group that are compared with all others: all of up to 64 rows, ⌊∛(81·rows)⌋ of more, which with <see cref="Capacity"/> is
    /// where both phases together compare least.
    /// </summary>
    public static Expr Pivots(Expr rows) => Expr.Min(
        rows, Expr.Max(Expr.Cbrt(81 * rows), LargestWhole - (LargestWhole * Expr.Max(rows - LargestWhole, Expr.Zero))));

    /// <summary>Whether a second phase compares the rows that the first left undecided: 1 beyond 64 rows, 0 else.</summary>
    public static Expr Refines(Expr rows) => Expr.Min(Expr.One, Expr.Max(rows - LargestWhole, Expr.Zero));

    /// <summary>
    /// Slots a group for rows that the first phase leaves undecided: ⌈9·rows / pivots⌉, nine times the mean distance of pivots; none where
    /// it leaves none. The undecided lie between two neighbouring pivots in the order, two exponential distances, so that more than fit
    /// with probability (1 + 9)·e^−9 = 0.12 %.
    /// </summary>
    public static Expr Capacity(Expr rows) => Refines(rows) * Expr.CeilDiv(9 * rows, Expr.Max(Expr.Cbrt(81 * rows), Expr.One));

    /// <summary>Comparisons a group of the first rows with all behind them: pivots·rows − pivots·(pivots + 1)/2.</summary>
    public static Expr Pairs(Expr rows, Expr pivots) => (pivots * rows) - Expr.FloorDiv(pivots * (pivots + 1), 2);

    /// <summary>Bytes each way of revealed comparisons.</summary>
    public static Expr RevealBytes(Expr count) => Wire.Planes(count, 1);
}
