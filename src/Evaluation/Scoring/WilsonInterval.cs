using System;

namespace MPCache.Evaluation.Scoring;

/// <summary>
/// Between which shares the true one lies, with 95 % confidence, after so many successes in so many trials. It stays inside [0, 1] and says
/// something even where all trials came out alike. Source: Wilson, "Probable Inference, the Law of Succession, and Statistical
/// Inference", 1927.
/// </summary>
/// <param name="Low">The lower end, in [0, 1].</param>
/// <param name="High">The upper end, in [0, 1].</param>
public readonly record struct WilsonInterval(double Low, double High)
{
    /// <summary>The normal distribution's quantile of 0.975.</summary>
    private const double Quantile = 1.959963984540054;

    /// <summary>The interval.</summary>
    /// <param name="successes">Successes, from 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">Trials; after none the interval is [0, 1].</param>
    public static WilsonInterval Of(int successes, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trials);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        if (trials == 0)
        {
            return new WilsonInterval(0, 1);
        }

        double share = (double)successes / trials;
        double square = Quantile * Quantile / trials;
        double middle = share + (square / 2);
        double half = Quantile * Math.Sqrt(((share * (1 - share)) + (square / 4)) / trials);
        // Rounding must not lead out of [0, 1].
        return new WilsonInterval(
            successes == 0 ? 0 : (middle - half) / (1 + square), successes == trials ? 1 : (middle + half) / (1 + square));
    }
}
