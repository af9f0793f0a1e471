using static MPCache.Functions;

namespace MPCache.Programs.Library;

/// <summary>Protocols that programs of another assembly call.</summary>
public static class Statistics
{
    /// <summary>Mean and variance along the last axis.</summary>
    [Protocol]
    public static (Tensor Mean, Tensor Variance) Moments([Shape("rows, dim")] Tensor x)
    {
        Tensor mean = x.Mean(-1);
        Tensor centred = x - mean;
        return (mean, (centred * centred).Mean(-1));
    }

    /// <summary>(x − mean) / √(variance + 1/8); calls another protocol of this assembly.</summary>
    [Protocol]
    public static Tensor Standardize(Tensor x)
    {
        (Tensor mean, Tensor variance) = Moments(x);
        return ((x - mean) * RSqrt(variance.Within(0, 64) + 0.125f)).Within(-16, 16);
    }
}
