using System;

namespace MPCache.Sessions;

/// <summary>What a party puts in for one tensor parameter: its owner the values, the other party the shape alone.</summary>
public sealed class Input
{
    private Input(Tensor? value, int[] shape)
    {
        Value = value;
        Shape = shape;
    }

    /// <summary>The values, at their owner.</summary>
    internal Tensor? Value { get; }

    internal int[] Shape { get; }

    /// <summary>The owner's values.</summary>
    /// <param name="value">The tensor; where the program takes class numbers, such as tokens, whole numbers.</param>
    public static Input Of(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new Input(value, value.Shape.ToArray());
    }

    /// <summary>The shape of values that the other party owns.</summary>
    /// <param name="shape">The sizes of the axes, outermost first.</param>
    public static Input Of(params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return new Input(null, (int[])shape.Clone());
    }
}
