using System;
using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

[Dim("rows", Max = 64)]
[Dim("dim", Max = 64)]
public static partial class Broadcasting
{
    /// <summary>A matrix with a row, a column and a scalar, from either side.</summary>
    [EntryPoint]
    public static (Tensor Sum, Tensor Difference, Tensor Product, Tensor Outer) Apply(
        [Owned(Party.Client), Shape("rows, dim"), Range(-8, 8)] Tensor x,
        [Owned(Party.Server), Shape("dim"), Range(-8, 8)] Tensor row,
        [Owned(Party.Server), Shape("rows, 1"), Range(-8, 8)] Tensor column,
        [Owned(Party.Client), Shape(""), Range(-8, 8)] Tensor scalar)
    {
        return (
            (x + row + scalar).Reveal(Party.Client),
            (column - x).Reveal(Party.Client),
            (x * row * 0.125f * column).Reveal(Party.Client),
            (column * row).Reveal(Party.Server));
    }
}

[Dim("n", Max = 64)]
public static partial class PublicNumbers
{
    private const float Half = 0.5f;
    private static readonly float Third = 1f / 3f;

    /// <summary>Public factors and summands on either side: whole, powers of two, fractions, negative, large, zero.</summary>
    [EntryPoint]
    public static (Tensor Sums, Tensor Halves, Tensor Fractions, Tensor Large, Tensor Zero, Tensor Parameters) Apply(
        [Owned(Party.Client), Shape("n"), Range(-8, 8)] Tensor x, [Range(-2, 2)] float factor, [Range(-100, 100)] double summand)
    {
        Tensor sums = (1.5f - (-x - 0.25f)) + 2;
        Tensor halves = -Half * (x * 0.25f) + x * -2f;
        Tensor fractions = x * Third + x * 0.001f - 0.7f * x;
        Tensor large = x * 1000f + x * 1234.5f;
        return (
            sums.Reveal(Party.Client),
            halves.Reveal(Party.Client),
            fractions.Reveal(Party.Client),
            large.Reveal(Party.Client),
            (x * 0f).Reveal(Party.Client),
            (x * factor + (float)summand).Reveal(Party.Client));
    }
}

[Dim("n", Max = 64)]
public static partial class PublicDivisors
{
    /// <summary>Divisors that are powers of two, other constants, and parameters: small, large, negative.</summary>
    [EntryPoint]
    public static (Tensor Halved, Tensor Whole, Tensor Small, Tensor Large, Tensor Tempered, Tensor Wide, Tensor Negative) Apply(
        [Owned(Party.Client), Shape("n"), Range(-8, 8)] Tensor x,
        [Range(0.5, 2)] float temperature, [Range(1, 1000)] double count, [Range(-4, -0.25)] float negative)
    {
        Tensor halved = x;
        halved /= 8f;
        return (
            (halved + x / -0.5f).Reveal(Party.Client),
            (x / 3 + x / 1).Reveal(Party.Client),
            (x / 0.007f).Reveal(Party.Client),
            (x * x * 16f / 1000f).Reveal(Party.Client),
            (Softmax(x / temperature) * 4f).Reveal(Party.Client),
            (x * 100f / (float)count).Reveal(Party.Client),
            (x * x / negative).Reveal(Party.Client));
    }

    /// <summary>Divisors that are integers of the session: sizes, parameters, and what is computed from them and from a loop's counter.</summary>
    [EntryPoint]
    public static (Tensor Size, Tensor Parts, Tensor Steps) ByIntegers([Owned(Party.Client), Shape("n"), Range(-8, 8)] Tensor x, int parts)
    {
        int n = x.Size(0);
        Tensor steps = x;
        for (int i = 0; i < 3; i++)
        {
            steps = (steps / (i + 1) + x).Within(-32, 32);
        }

        return (
            (x * 16f / n).Reveal(Party.Client), (x / (parts * n) + x / Math.Max(parts, 2)).Reveal(Party.Client), steps.Reveal(Party.Client));
    }
}

[Dim("n", Max = 64)]
public static partial class ConstantTensors
{
    [EntryPoint]
    public static (Tensor Zeros, Tensor Scalar, Tensor Padded) Apply([Owned(Party.Client), Shape("n, 2"), Range(-8, 8)] Tensor x)
    {
        return (
            Tensor.Zeros(x.Size(0), 3).Reveal(Party.Client),
            (x * Tensor.Scalar(0.75f) - Tensor.Scalar(-2f)).Reveal(Party.Client),
            Concat(-1, x, Tensor.Zeros(x.Size(0), 1)).Reveal(Party.Server));
    }
}
