using System;

namespace MPCache;

/// <summary>The complementary error function erfc(x) = 2/√π·∫_x^∞ e^(−t²) dt in 64 bits, which the base library lacks.</summary>
/// <remarks>
/// Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, formulas 7.1.6 (series) and 7.1.14 (continued fraction).
/// </remarks>
internal static class ErrorFunction
{
    private const double SeriesLimit = 3;
    private const int Levels = 60;

    /// <summary>erfc(x), relative error below 10^−10 wherever the result is a normal number.</summary>
    public static double Complement(double x)
    {
        return x switch
        {
            < 0 => 2 - Complement(-x),
            < SeriesLimit => 1 - Series(x),
            _ => ContinuedFraction(x),
        };
    }

    /// <summary>erf(x) = 2/√π·e^(−x²)·Σ_n 2^n·x^(2n+1)/(1·3·…·(2n+1)): all terms are positive, so nothing cancels.</summary>
    private static double Series(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; term > sum * 1e-17; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>erfc(x) = e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + 2/(x + …))))), evaluated from the innermost level outwards.</summary>
    private static double ContinuedFraction(double x)
    {
        double denominator = x;
        for (int level = Levels; level >= 1; level--)
        {
            denominator = x + level / 2.0 / denominator;
        }

        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * denominator);
    }
}
