using System;

namespace MPCache.FixedPoint;

/// <summary>The functions the language offers as piecewise polynomials.</summary>
public enum ScalarFunction
{
    /// <summary>x/(1 + e^−x).</summary>
    Silu,

    /// <summary>x·(1 + erf(x/√2))/2.</summary>
    Gelu,

    /// <summary>1/x for positive x.</summary>
    Reciprocal,

    /// <summary>1/√x for positive x.</summary>
    ReciprocalSqrt,

    /// <summary>e^x.</summary>
    Exp,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>1/(1 + e^−x).</summary>
    Sigmoid,
}

/// <summary>What each <see cref="ScalarFunction"/> means, bit for bit.</summary>
public static class ScalarFunctions
{
    private static readonly Fixed Half = Fixed.One / 2;

    private static readonly Fixed RootHalf = FixedMath.Sqrt(Half);

    private static readonly Func<Fixed, Fixed>[] Definitions =
    [
        static x => x * FixedMath.Sigmoid(x),
        static x => x * (1 + FixedMath.Erf(x * RootHalf)) * Half,
        static x => FixedMath.Reciprocal(x),
        static x => FixedMath.InverseSqrt(x),
        static x => FixedMath.Exp(x),
        static x => FixedMath.Tanh(x),
        static x => FixedMath.Sigmoid(x),
    ];

    /// <summary>The function's definition; always the same delegate for the same function.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such function.</exception>
    public static Func<Fixed, Fixed> Definition(this ScalarFunction function) => (uint)function < (uint)Definitions.Length
        ? Definitions[(int)function]
        : throw new ArgumentOutOfRangeException(nameof(function), function, "There is no such function.");
}
