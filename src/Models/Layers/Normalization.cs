using static MPCache.Functions;

namespace MPCache.Models.Layers;

/// <summary>Normalisation layers.</summary>
public static class Normalization
{
    /// <summary>
    /// What a row is divided by before it is squared in <see cref="LayerNorm"/>, a power of two. Squares of outliers fit the ring then, and
    /// the inverse of a large deviation keeps enough of its bits.
    /// </summary>
    private const float Shrink = 8;

    /// <summary>
    /// Root-mean-square normalisation, x / √(mean(x²) + ε) · gain, along the last axis.
    /// Source: Zhang and Sennrich, Root Mean Square Layer Normalization (NeurIPS 2019).
    /// </summary>
    /// <param name="x">[rows, dim].</param>
    /// <param name="gain">[dim].</param>
    [Protocol]
    public static Tensor RmsNorm([Shape("rows, dim")] Tensor x, [Shape("dim")] Tensor gain)
    {
        Tensor meanSquare = (x * x).Mean(-1) + 1e-5f;
        return (x * RSqrt(meanSquare)).Within(-32, 32) * gain;
    }

    /// <summary>
    /// Layer normalisation, (x − mean(x)) / √(var(x) + ε) · gain + bias, along the last axis. An element counts with a resolution of 2^−13, so
    /// a result is off by that over the row's deviation. Source: Ba, Kiros and Hinton, Layer Normalization (2016).
    /// </summary>
    /// <param name="x">[rows, dim], with a standard deviation of at most 256 a row; single elements may reach ±4096.</param>
    /// <param name="gain">[dim].</param>
    /// <param name="bias">[dim].</param>
    [Protocol]
    public static Tensor LayerNorm([Shape("rows, dim")] Tensor x, [Shape("dim")] Tensor gain, [Shape("dim")] Tensor bias)
    {
        Tensor centered = (x - x.Mean(-1)) * (1 / Shrink);
        Tensor squared = centered.Rounded(SquareBits);
        Tensor variance = (squared * squared).Mean(-1).Within(0, 1024) + (1e-5f / (Shrink * Shrink));
        return (centered * RSqrt(variance)).Within(-64, 64) * gain + bias;
    }

    /// <summary>Fraction bits of what is squared.</summary>
    private const int SquareBits = 12;
}
