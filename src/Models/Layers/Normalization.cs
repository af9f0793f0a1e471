using static MPCache.Functions;

namespace MPCache.Models.Layers;

/// <summary>Normalisation layers.</summary>
public static class Normalization
{
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
    /// Layer normalisation, (x − μ) / √(σ² + ε) · gain + bias, with mean and variance along the last axis.
    /// Source: Ba, Kiros and Hinton, Layer Normalization (2016).
    /// </summary>
    /// <param name="x">[rows, dim].</param>
    /// <param name="gain">[dim].</param>
    /// <param name="bias">[dim].</param>
    [Protocol]
    public static Tensor LayerNorm([Shape("rows, dim")] Tensor x, [Shape("dim")] Tensor gain, [Shape("dim")] Tensor bias)
    {
        Tensor centred = (x - x.Mean(-1)).Within(-64, 64);
        Tensor variance = (centred * centred).Mean(-1) + 1e-5f;
        return (centred * RSqrt(variance)).Within(-32, 32) * gain + bias;
    }
}
