using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace MPCache.Models.Tests.Reference;

/// <summary>
/// Smallest and largest value of every kind of activation in a run: what the declared ranges of a compiled program rest on.
/// </summary>
public sealed class ActivationExtremes
{
    /// <summary>The residual stream after the embedding and after every block.</summary>
    public Extremes Residual { get; } = new("residual");

    /// <summary>Mean square of what a norm is applied to.</summary>
    public Extremes MeanSquare { get; } = new("mean square before norms");

    /// <summary>What a norm yields, gain included.</summary>
    public Extremes Normed { get; } = new("normed, gain included");

    public Extremes Query { get; } = new("query, rotated");

    public Extremes Key { get; } = new("key, rotated");

    public Extremes Value { get; } = new("value");

    public Extremes Score { get; } = new("score q·k/√d");

    /// <summary>Largest minus smallest score of a head at one position.</summary>
    public Extremes ScoreSpread { get; } = new("score spread max − min");

    /// <summary>Sum of exp(score − max) of a head at one position.</summary>
    public Extremes SoftmaxSum { get; } = new("softmax denominator");

    /// <summary>Attention-weighted values.</summary>
    public Extremes Mixed { get; } = new("attention-weighted value");

    public Extremes AttentionOutput { get; } = new("Wo output");

    /// <summary>What SiLU is applied to.</summary>
    public Extremes Gate { get; } = new("SiLU input (W1)");

    public Extremes Up { get; } = new("up (W3)");

    /// <summary>SiLU(gate) · up.</summary>
    public Extremes Product { get; } = new("SiLU(gate)·up");

    public Extremes FeedForwardOutput { get; } = new("W2 output");

    public Extremes Logit { get; } = new("logit");

    public IEnumerable<Extremes> All =>
    [
        Residual, MeanSquare, Normed, Query, Key, Value, Score, ScoreSpread, SoftmaxSum, Mixed, AttentionOutput, Gate, Up, Product,
        FeedForwardOutput, Logit,
    ];

    public override string ToString() => string.Join(Environment.NewLine, All.Select(extremes => extremes.ToString()));
}

/// <summary>Smallest and largest of the values seen.</summary>
public sealed class Extremes(string name)
{
    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; } = double.NegativeInfinity;

    public double Magnitude => Math.Max(Math.Abs(Min), Math.Abs(Max));

    public void Add(double value)
    {
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
    }

    public void Add(double[] values)
    {
        foreach (double value in values)
        {
            Add(value);
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{name,-26} {Min,10:G5} … {Max,10:G5}");
}
