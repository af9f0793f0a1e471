namespace MPCache.FixedPoint;

/// <summary>
/// A scalar function as 2^w polynomials of the same degree. The input is X = x − Low ≥ 0, x raw at <see cref="InputScale"/>; piece j is
/// centred on its left edge j·2^l: f ≈ 2^−FractionBits · Σ_k Coefficients[k][j]·δ^k with the raw integer δ = X − j·2^l between −2^l
/// and 2^l. For X inside a piece both the polynomial on its left edge and the one on its right edge are good, because a masked lookup
/// finds either (the high digit of a difference is known up to a borrow).
/// </summary>
/// <param name="Low">Smallest raw input.</param>
/// <param name="InputScale">Fraction bits of the input.</param>
/// <param name="LowBits">l, the bits of X inside a piece.</param>
/// <param name="HighBits">w, the bits of X that select the piece.</param>
/// <param name="Degree">Degree of the polynomials.</param>
/// <param name="FractionBits">Fraction bits of the result.</param>
/// <param name="Coefficients">[k][j], the coefficient of δ^k in piece j. Shared by all users of the table: not to be modified.</param>
/// <param name="MaximumError">
/// Largest error found on a grid of the whole domain, with the rounded coefficients, in units of the function's value; computed
/// without floating point, so it is the same everywhere.
/// </param>
public sealed record PiecewiseTable(
    long Low, int InputScale, int LowBits, int HighBits, int Degree, int FractionBits, long[][] Coefficients, double MaximumError)
{
    /// <summary>
    /// Largest raw input: Low + 2^(l+w) − 2^l. Above it, a borrow would lead past the last piece and wrap to the first.
    /// </summary>
    public long High => Low + (((1L << HighBits) - 1) << LowBits);
}
