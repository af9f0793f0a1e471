using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

[Dim("rows", Max = 16)]
[Dim("n", Max = 64)]
[Dim("m", Max = 64)]
public static partial class PublicMasks
{
    /// <summary>Masks that both parties know in products and choices, a choice by two comparisons, and a mean over a joined axis.</summary>
    [EntryPoint]
    public static (Tensor Means, Tensor Chosen, Tensor Kept, Tensor Between) Apply(
        [Owned(Party.Client), Shape("rows, n"), Range(-8, 8)] Tensor x,
        [Owned(Party.Client), Shape("rows, m"), Range(-8, 8)] Tensor y)
    {
        Tensor joined = Concat(1, x, y);
        Tensor causal = CausalMask(x.Size(0), x.Size(0) + x.Size(1)).Slice(1, 0, x.Size(1));
        return (
            joined.Mean(-1).Reveal(Party.Client),
            Select(causal, x, Tensor.Zeros(1)).Reveal(Party.Client),
            (x * causal).Reveal(Party.Client),
            Select(Less(x, Tensor.Scalar(0f)) * Less(Tensor.Scalar(-4f), x), x, 2f * x).Reveal(Party.Client));
    }
}

[Dim("n", Max = 64)]
public static partial class Bits
{
    /// <summary>Comparisons as results and as arguments, and an input that only changes hands.</summary>
    [EntryPoint]
    public static (Tensor Same, Tensor Negative, Tensor Exponential) Apply([Owned(Party.Client), Shape("n"), Range(-8, 8)] Tensor x)
    {
        return (x.Reveal(Party.Client), Less(x, Tensor.Scalar(0f)).Reveal(Party.Server),
            Exp(Less(x, Tensor.Scalar(1f))).Reveal(Party.Client));
    }
}

[Dim("n", Max = 64)]
public static partial class CoarseFractions
{
    /// <summary>Twelve fraction bits.</summary>
    [EntryPoint(FractionBits = 12)]
    public static (Tensor Probabilities, Tensor Squares, Tensor Roots) Apply([Owned(Party.Client), Shape("n"), Range(-8, 8)] Tensor x)
    {
        return (Softmax(x).Reveal(Party.Client), (x * x).Reveal(Party.Server), RSqrt(x * x + 0.5f).Reveal(Party.Client));
    }
}

[Dim("n", Max = 64)]
public static partial class FineFractions
{
    /// <summary>Twenty fraction bits.</summary>
    [EntryPoint(FractionBits = 20)]
    public static (Tensor Probabilities, Tensor Squares, Tensor Gelu, Tensor Magnitudes) Apply(
        [Owned(Party.Client), Shape("n"), Range(-8, 8)] Tensor x)
    {
        return (Softmax(x).Reveal(Party.Client), (x * x).Reveal(Party.Server), Gelu(x).Reveal(Party.Client),
            Maximum(x, -x).Reveal(Party.Client));
    }
}
