using System;

namespace MPCache;

/// <summary>
/// The symbolic shape of a tensor: its axes, outermost first, separated by commas. An axis is a name, a number or an integer expression of
/// them, as in <c>[Shape("heads, tokens, 2*half")]</c>; a name that occurs twice is the same size. What is unequal for certain is a
/// compile-time error, what may be unequal is checked before anything is sent.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ShapeAttribute : Attribute
{
    /// <summary>States the shape.</summary>
    /// <param name="axes">The axes, outermost first, separated by commas; an empty text is a scalar.</param>
    public ShapeAttribute(string axes)
    {
        Axes = axes;
    }

    /// <summary>The axes, outermost first, separated by commas.</summary>
    public string Axes { get; }
}
