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
}
