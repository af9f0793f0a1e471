using System.Collections.Generic;

namespace MPCache.Conformance.Harness;

/// <summary>What a gate program takes: values that come masked, and weights of the server.</summary>
public sealed class Inputs
{
    /// <summary>Plain values in their ring, masked before the program starts.</summary>
    public List<(ulong[] Values, int Ring)> Masked { get; } = [];

    /// <summary>Weights that the server knows and has published under a pad.</summary>
    public List<(short[] Weights, int[] Shape)> Weights { get; } = [];

    /// <summary>Inputs of one masked value.</summary>
    public static Inputs Of(ulong[] values, int ring) => new Inputs().And(values, ring);

    /// <summary>With one more masked value.</summary>
    public Inputs And(ulong[] values, int ring)
    {
        Masked.Add((values, ring));
        return this;
    }

    /// <summary>With one more tensor of weights.</summary>
    public Inputs With(short[] weights, params int[] shape)
    {
        Weights.Add((weights, shape));
        return this;
    }
}
