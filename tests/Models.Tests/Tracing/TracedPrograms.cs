using static MPCache.Functions;

namespace MPCache.Models.Tests.Tracing;

/// <summary>Small programs that together use what the language has, for traces.</summary>
[Dim("rows", Max = 16)]
[Dim("dim", Max = 16)]
[Dim("tokens", Max = 64)]
public static partial class TracedPrograms
{
    [EntryPoint]
    public static Tensor Arithmetic(
        [Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x, [Owned(Party.Server), Shape("dim"), Range(-2, 2)] Tensor y,
        [Range(0, 4)] float scale)
    {
        Tensor halved = (x + y) * 0.5f;
        Tensor flipped = 1f - halved * 0.3f;
        return (-(flipped * scale - y) * x - 0.25f).Reveal(Party.Client);
    }

    [EntryPoint]
    public static Tensor Shares([Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x)
    {
        Tensor products = (x * x.Mean(0)).Within(-4, 4) * 0.3f;
        Tensor meanSquare = (x * x).Mean(-1) + 0.01f;
        return (x * RSqrt(meanSquare) + products).Reveal(Party.Client);
    }

    [EntryPoint]
    public static (Tensor Sums, Tensor Extremes, Tensor Place) Reductions([Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x)
    {
        Tensor sums = Concat(1, x.Sum(-1), Concat(1, x.Mean(1), (x * x).Sum(-1)));
        Tensor extremes = x.Max(-1) - x.Min(-1) + x.Sum(0).Mean(1);
        return (sums.Reveal(Party.Client), extremes.Reveal(Party.Server), ArgMax(x).Reveal(Party.Client));
    }

    [EntryPoint]
    public static (Tensor Chosen, Tensor Counted) Choices(
        [Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x, [Owned(Party.Server), Shape("rows, dim"), Range(-2, 2)] Tensor y)
    {
        Tensor chosen = Select(Less(x, y), Relu(x), Maximum(x, y) + Minimum(x, y) * 0.5f);
        return (chosen.Reveal(Party.Client), Less(y, x).Sum(-1).Reveal(Party.Server));
    }

    [EntryPoint]
    public static (Tensor First, Tensor Second) Scalars([Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x)
    {
        Tensor positive = x * x + 0.5f;
        Tensor first = RSqrt(positive) + Reciprocal(positive) + Silu(x);
        return (first.Reveal(Party.Client), (Gelu(x) + Exp(x) + Softmax(x)).Reveal(Party.Client));
    }

    [EntryPoint]
    public static Tensor Layouts([Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x)
    {
        int rows = x.Size(0);
        int dim = x.Size(1);
        Tensor turned = x.Transpose().Reshape(dim, 1, rows).Permute(1, 2, 0);
        Tensor joined = Concat(0, turned[0], Tensor.Zeros(1, dim) + Tensor.Scalar(0.75f));
        Tensor part = joined.Slice(0, 1, rows);
        return MatMul(part, x.Transpose()).Reveal(Party.Server);
    }

    [EntryPoint]
    public static Tensor Loops([Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x, int steps)
    {
        Tensor total = x;
        for (int i = 0; i < steps; i++)
        {
            Tensor inner = total * 0.5f;
            for (int j = 0; j < i + 1; j++)
            {
                inner = (inner + x * 0.125f).Within(-8, 8);
            }

            total = (inner - x).Within(-8, 8);
        }

        return total.Reveal(Party.Client);
    }

    /// <summary>Iterations, of which what is the same in all of them is put beside what differs, and stacked.</summary>
    [EntryPoint]
    public static (Tensor Joined, Tensor Same) Stacks([Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x)
    {
        int rows = x.Size(0);
        Tensor mean = x.Mean(0) / rows;
        Tensor joined = Tensor.Stack(rows, i => Concat(0, mean, x[i].Reshape(1, x.Size(1)) * 0.5f));
        Tensor same = Tensor.Stack(rows, _ => mean);
        return (joined.Sum(1).Reveal(Party.Client), same.Reveal(Party.Server));
    }

    [EntryPoint]
    public static Tensor Step(TracedWeights weights, TracedWindow window, [Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x)
    {
        Tensor mapped = (Linear(x, weights.Matrix) * weights.Gain).Within(-4, 4);
        window.Rows = window.Rows.Append(mapped);
        return (window.Rows.Mean(0) + window.Rows.Slice(0, 0, 1)).Reveal(Party.Client);
    }
}

[Resident(Party.Server)]
public sealed record TracedWeights
{
    [Shape("dim, dim"), Range(-1, 1)]
    public required Tensor Matrix { get; init; }

    [Shape("dim"), Range(-1, 1)]
    public required Tensor Gain { get; init; }
}

[State(Grows = "tokens", FractionBits = 16, RingBits = 48)]
public sealed class TracedWindow
{
    [Shape("tokens, dim"), Range(-4, 4)]
    public required Tensor Rows { get; set; }
}
