using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

[Dim("rows", Max = 16)]
[Dim("n", Max = 256)]
public static partial class Probabilities
{
    [EntryPoint]
    public static (Tensor Plain, Tensor Masked, Tensor Scaled) Apply(
        [Owned(Party.Client), Shape("2, rows, n"), Range(-12, 12)] Tensor scores,
        [Owned(Party.Server), Shape("rows, n"), Range(-4, 4)] Tensor factors)
    {
        return (
            Softmax(scores).Reveal(Party.Client),
            Softmax(scores, CausalMask(scores.Size(1), scores.Size(2))).Reveal(Party.Client),
            Softmax((scores[0] * factors).Within(-48, 48) * InverseSqrt(scores.Size(^1))).Reveal(Party.Server));
    }
}

[Dim("n", Max = 300)]
public static partial class Exponentials
{
    [EntryPoint]
    public static (Tensor Negative, Tensor Both) Apply(
        [Owned(Party.Client), Shape("n"), Range(-20, 0)] Tensor negative, [Owned(Party.Server), Shape("n"), Range(-6, 6)] Tensor both)
    {
        return (Exp(negative).Reveal(Party.Client), Exp(both).Reveal(Party.Client));
    }
}

[Dim("n", Max = 300)]
public static partial class NarrowExponentials
{
    /// <summary>Arguments within fewer bits than the lookup takes apart.</summary>
    [EntryPoint]
    public static Tensor Apply([Owned(Party.Client), Shape("n"), Range(-0.5, 0)] Tensor x) => Exp(x).Reveal(Party.Client);
}

[Dim("n", Max = 300)]
public static partial class Reciprocals
{
    [EntryPoint]
    public static (Tensor Reciprocal, Tensor Root, Tensor Narrow, Tensor NarrowRoot) Apply(
        [Owned(Party.Client), Shape("n"), Range(0.0625, 200)] Tensor x, [Owned(Party.Server), Shape("n"), Range(1.25, 1.75)] Tensor narrow)
    {
        return (
            Reciprocal(x).Reveal(Party.Client),
            RSqrt(x).Reveal(Party.Client),
            Reciprocal(narrow).Reveal(Party.Server),
            RSqrt(narrow).Reveal(Party.Client));
    }
}

[Dim("n", Max = 300)]
public static partial class Activations
{
    [EntryPoint]
    public static (Tensor Silu, Tensor Gelu, Tensor Relu, Tensor SmallSilu) Apply(
        [Owned(Party.Client), Shape("n"), Range(-16, 16)] Tensor x, [Owned(Party.Server), Shape("n"), Range(-0.5, 1)] Tensor small)
    {
        return (
            Silu(x).Reveal(Party.Client), Gelu(x).Reveal(Party.Client), Relu(x).Reveal(Party.Client), Silu(small).Reveal(Party.Client));
    }
}

[Dim("rows", Max = 16)]
[Dim("n", Max = 300)]
public static partial class Choices
{
    /// <summary>Comparisons whose operands broadcast, and choices between values of different scales.</summary>
    [EntryPoint]
    public static (Tensor Larger, Tensor Smaller, Tensor Less, Tensor Selected, Tensor Broadcast) Apply(
        [Owned(Party.Client), Shape("rows, n"), Range(-8, 8)] Tensor x,
        [Owned(Party.Server), Shape("n"), Range(-8, 8)] Tensor y)
    {
        Tensor less = Less(x, y);
        return (
            Maximum(x, y).Reveal(Party.Client),
            Minimum(x * y, x).Reveal(Party.Client),
            (less * 3f - less).Reveal(Party.Server),
            Select(less, x * y, x + y).Reveal(Party.Client),
            Select(Less(y, Tensor.Scalar(0.5f)), x, -x).Reveal(Party.Client));
    }
}
