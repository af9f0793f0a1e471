namespace MPCache.Programs.Tests.Programs;

/// <summary>Protocols that programs of other files call.</summary>
internal static class Mixing
{
    [Protocol]
    public static (Tensor Sum, Tensor Difference) Mix(Tensor a, Tensor b)
    {
        return (a + b, a - b);
    }

    [Protocol]
    public static Tensor Blend([Shape("rows, dim")] Tensor a, [Shape("rows, dim"), Range(-8, 8)] Tensor b, float share = 0.25f)
    {
        return a * share + b * (1f - share);
    }
}
