using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

[Dim("a", Max = 16)]
[Dim("b", Max = 16)]
[Dim("c", Max = 16)]
public static partial class SumsAndMeans
{
    [EntryPoint]
    public static (Tensor First, Tensor Middle, Tensor Last, Tensor Mean, Tensor Row) Apply(
        [Owned(Party.Client), Shape("a, b, c"), Range(-8, 8)] Tensor x, [Owned(Party.Server), Shape("c"), Range(-8, 8)] Tensor row)
    {
        return (
            x.Sum(0).Reveal(Party.Client),
            x.Mean(1).Reveal(Party.Client),
            x.Sum(-1).Reveal(Party.Client),
            x.Mean(-3).Reveal(Party.Server),
            row.Mean(0).Reveal(Party.Client));
    }
}

[Dim("a", Max = 16)]
[Dim("b", Max = 16)]
[Dim("c", Max = 128)]
public static partial class Extremes
{
    [EntryPoint]
    public static (Tensor Max, Tensor Min, Tensor Row, Tensor Product) Apply(
        [Owned(Party.Client), Shape("a, b, c"), Range(-8, 8)] Tensor x, [Owned(Party.Server), Shape("c"), Range(-8, 8)] Tensor row)
    {
        return (
            x.Max(-1).Reveal(Party.Client),
            x.Min(2).Reveal(Party.Client),
            row.Max(0).Reveal(Party.Client),
            (x * row).Max(-1).Reveal(Party.Server));
    }
}

[Dim("rows", Max = 16)]
[Dim("words", Max = 300)]
public static partial class Positions
{
    /// <summary>Positions of the largest elements, and arithmetic on positions.</summary>
    [EntryPoint]
    public static (Tensor Row, Tensor Rows, Tensor Scaled) Apply(
        [Owned(Party.Client), Shape("words"), Range(-8, 8)] Tensor row,
        [Owned(Party.Client), Shape("2, rows, words"), Range(-8, 8)] Tensor x)
    {
        Tensor best = ArgMax(x);
        return (ArgMax(row).Reveal(Party.Client), best.Reveal(Party.Client), (best * 0.5f + 0.25f).Reveal(Party.Client));
    }
}
