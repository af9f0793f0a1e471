using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace MPCache.TestSupport;

/// <summary>
/// Statistical tests of what must be random, with an error budget. Every test has a bound on its tail rather than a rule of thumb: a sound
/// program raises it with a probability below e^−30, 10^−13; all tests of all suites together are fewer than 10^7, so that less than one
/// run in a million ends in a false alarm, whatever the operating system's generator gives.
/// </summary>
public sealed class Alarm
{
    private const double Exponent = 30;
    private const double LeastExpected = 20;
    private const int MostTests = 2_000_000;

    private readonly List<string> raised = [];
    private int tests;

    /// <summary>A fair coin. Hoeffding (1963): |ones − n/2| ≥ d with probability at most 2·exp(−2d²/n).</summary>
    public void Coin(string what, long ones, long of)
    {
        tests++;
        double distance = Math.Abs(ones - (of / 2.0));
        Require(2 * distance * distance <= (Exponent + Math.Log(2)) * of, $"{what}: one in {ones} of {of}");
    }

    /// <summary>Cells that are equally probable.</summary>
    public void Uniform(string what, IReadOnlyList<long> counts) =>
        Distributed(what, counts, [.. counts.Select(_ => 1.0 / counts.Count)]);

    /// <summary>Cells of given probabilities; Pearson's statistic against the tail of chi-square.</summary>
    public void Distributed(string what, IReadOnlyList<long> counts, IReadOnlyList<double> probabilities)
    {
        long total = counts.Sum();
        Assert.True(probabilities.Min() * total >= LeastExpected, $"{what}: {total} samples are too few for {counts.Count} cells");
        Limit(what, counts.Zip(probabilities, (count, p) => Math.Pow(count - (p * total), 2) / (p * total)).Sum(), counts.Count - 1);
    }

    /// <summary>Two samples from one distribution; rare cells are put together.</summary>
    public void Same(string what, IReadOnlyList<long> first, IReadOnlyList<long> second)
    {
        (double n, double m) = (first.Sum(), second.Sum());
        List<(double A, double B)> cells = [];
        (double A, double B) rest = default;
        foreach ((double a, double b) in first.Zip(second, (a, b) => ((double)a, (double)b)))
        {
            rest = (rest.A + a, rest.B + b);
            if ((rest.A + rest.B) * Math.Min(n, m) / (n + m) >= LeastExpected)
            {
                cells.Add(rest);
                rest = default;
            }
        }

        Assert.True(cells.Count > 0, $"{what}: {n} and {m} samples are too few for one cell");
        cells[^1] = (cells[^1].A + rest.A, cells[^1].B + rest.B);
        double statistic = cells.Sum(c => Math.Pow((c.A * Math.Sqrt(m / n)) - (c.B * Math.Sqrt(n / m)), 2) / (c.A + c.B));
        Limit(what, statistic, cells.Count - 1);
    }

    /// <summary>
    /// Events that chance alone makes rare. Chernoff (1952): a Poisson variable of mean λ reaches x &gt; λ with probability at most
    /// exp(x − λ)·(λ/x)^x; so does a sum of independent rare events.
    /// </summary>
    public void Rare(string what, long seen, double expected)
    {
        tests++;
        double exponent = seen <= expected ? 0 : expected - seen + (seen * Math.Log(seen / expected));
        Require(exponent <= Exponent, FormattableString.Invariant($"{what}: {seen} where {expected:F1} are expected"));
    }

    /// <summary>
    /// Elements that two messages have in common, against what chance gives: a message without its pad shows the other again.
    /// </summary>
    public void Strangers(string what, IReadOnlyList<(ulong[] First, ulong[] Second)> runs, int ring) => Rare(
        what, runs.Sum(r => r.First.Join(r.Second, x => x, y => y, (x, _) => x).LongCount()),
        Math.Max(1e-6, runs.Sum(r => (double)r.First.Length * r.Second.Length) / Math.Pow(2, ring)));

    /// <summary>Fails where anything is not as it must be.</summary>
    public void AssertSilent()
    {
        // One bit of each message says enough.
        IEnumerable<string> some = raised.GroupBy(r => r.Split(", bit ")[0]).Select(g => $"{g.Count()} times: {g.First()}").Take(20);
        Assert.True(raised.Count == 0, $"{raised.Count} of {tests} tests:\n{string.Join('\n', some)}");
    }

    /// <summary>Fails unless something was noticed: the same test on what is broken on purpose.</summary>
    public void AssertRaised() => Assert.True(raised.Count > 0, $"none of {tests} tests notices what was broken");

    /// <summary>Laurent and Massart (2000): chi-square of k degrees exceeds k + 2√(kx) + 2x with probability at most e^−x.</summary>
    private void Limit(string what, double statistic, int freedom)
    {
        tests++;
        double limit = freedom + (2 * Math.Sqrt(freedom * Exponent)) + (2 * Exponent);
        Require(statistic <= limit, FormattableString.Invariant($"{what}: {statistic:F0} with {freedom} degrees of freedom"));
    }

    private void Require(bool condition, string what)
    {
        Assert.True(tests < MostTests, "more tests than the error budget has room for");
        if (!condition)
        {
            raised.Add(what);
        }
    }
}
