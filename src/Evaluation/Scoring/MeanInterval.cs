using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Evaluation.Scoring;

/// <summary>
/// A mean over documents, and between which values the true one lies with 95 % confidence, by Student's distribution. Documents count, not
/// their tokens, because what stands in one document hangs together.
/// </summary>
/// <param name="Mean">The mean.</param>
/// <param name="Low">The lower end; null after one document, which tells nothing of the others.</param>
/// <param name="High">The upper end; null after one document.</param>
public readonly record struct MeanInterval(double Mean, double? Low, double? High)
{
    /// <summary>The interval of some values.</summary>
    /// <param name="values">A value a document, at least one.</param>
    public static MeanInterval Of(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfZero(values.Count);
        double mean = values.Average();
        if (values.Count == 1)
        {
            return new MeanInterval(mean, null, null);
        }

        int freedom = values.Count - 1;
        double deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / freedom);
        double half = Quantile(freedom) * deviation / Math.Sqrt(values.Count);
        return new MeanInterval(mean, mean - half, mean + half);
    }

    /// <summary>The interval of e to the mean.</summary>
    public MeanInterval Exp() =>
        new(Math.Exp(Mean), Low is double low ? Math.Exp(low) : null, High is double high ? Math.Exp(high) : null);

    /// <summary>
    /// Student's quantile of 0.975: exact for one and two degrees of freedom, else by the normal distribution's, at most 0.01 off.
    /// Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.5.
    /// </summary>
    private static double Quantile(int freedom)
    {
        const double Share = 0.975;
        const double Normal = 1.959963984540054;
        double square = Normal * Normal;
        return freedom switch
        {
            1 => Math.Tan(Math.PI * (Share - 0.5)),
            2 => (2 * Share - 1) / Math.Sqrt(2 * Share * (1 - Share)),
            _ => Normal * (1
                + ((square + 1) / 4 / freedom)
                + (((((5 * square) + 16) * square) + 3) / 96 / Math.Pow(freedom, 2))
                + (((((((3 * square) + 19) * square) + 17) * square) - 15) / 384 / Math.Pow(freedom, 3))
                + (((((((((79 * square) + 776) * square) + 1482) * square) - 1920) * square) - 945) / 92160 / Math.Pow(freedom, 4))),
        };
    }
}
