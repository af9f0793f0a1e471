using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Conformance.Harness;

/// <summary>Whether what was seen many times has a given distribution; thresholds as in <see cref="Uniformity"/>.</summary>
public static class ChiSquare
{
    private const double Deviations = 6.5;

    /// <summary>Fails unless all cells are equally probable.</summary>
    public static void AssertUniform(IReadOnlyCollection<string> seen, int cells)
    {
        Dictionary<string, double> probabilities = seen.Distinct().ToDictionary(cell => cell, _ => 1.0 / cells);
        for (int missing = 0; probabilities.Count < cells; missing++)
        {
            probabilities.Add($"missing {missing}", 1.0 / cells);
        }

        Assert(seen, probabilities);
    }

    /// <summary>Fails unless cells have these probabilities.</summary>
    public static void Assert(IReadOnlyCollection<string> seen, IReadOnlyDictionary<string, double> probabilities)
    {
        Xunit.Assert.Equal(1, probabilities.Values.Sum(), 9);
        Dictionary<string, int> counts = seen.GroupBy(cell => cell).ToDictionary(g => g.Key, g => g.Count());
        Xunit.Assert.All(counts.Keys, cell => Xunit.Assert.Contains(cell, probabilities.Keys));
        double rarest = probabilities.Values.Min() * seen.Count;
        Xunit.Assert.True(rarest >= 10, $"the rarest cell is expected {rarest:F1} times: see more");
        double chiSquare = probabilities.Sum(p =>
        {
            double expected = p.Value * seen.Count;
            return Math.Pow(counts.GetValueOrDefault(p.Key) - expected, 2) / expected;
        });
        int freedom = probabilities.Count - 1;
        double limit = freedom + (Deviations * Math.Sqrt(2 * freedom));
        Xunit.Assert.True(chiSquare < limit, $"chi-square {chiSquare:F0} with {freedom} degrees of freedom");
    }
}
