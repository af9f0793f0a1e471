using System;

namespace MPCache;

/// <summary>
/// The interval that holds every element of a tensor for which a caller is responsible: an input, a weight, a cached row. Range analysis
/// starts from it. The owner of an input clamps it locally to the interval before sharing it; plain runs do not look at this attribute
/// (<see cref="RangeAssertion.Within"/> is what they check).
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property | AttributeTargets.Field)]
public sealed class RangeAttribute : Attribute
{
    /// <summary>States the interval, both ends included.</summary>
    /// <param name="low">The smallest value.</param>
    /// <param name="high">The largest value, at least <paramref name="low"/>.</param>
    public RangeAttribute(double low, double high)
    {
        Low = low;
        High = high;
    }

    /// <summary>The smallest value.</summary>
    public double Low { get; }

    /// <summary>The largest value.</summary>
    public double High { get; }
}
