using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

[Dim("rows", Max = 32)]
[Dim("half", Max = 16)]
public static partial class Layouts
{
    /// <summary>What moves elements: an expression as a size, parts that reach the end, empty parts, rows from the back.</summary>
    [EntryPoint]
    public static (Tensor Halves, Tensor Turned, Tensor Row, Tensor Joined, Tensor Flat, Tensor Empty) Apply(
        [Owned(Party.Client), Shape("rows, 3, 2*half"), Range(-8, 8)] Tensor x,
        [Owned(Party.Server), Shape("rows, 3, 2*half"), Range(-8, 8)] Tensor y, int row)
    {
        int rows = x.Size(0);
        int half = x.Size(2) / 2;
        Tensor low = x.Slice(-1, 0, half);
        Tensor high = x.Slice(2, half, half);
        Tensor row0 = x[row % rows][2];
        return (
            Concat(2, high, -low).Reveal(Party.Client),
            x.Permute(2, 0, 1).Transpose().Reveal(Party.Client),
            (row0 - y[rows - 1].Slice(0, 1, 1).Reshape(2 * half)).Reveal(Party.Server),
            Concat(1, x, y * 0.5f).Append(Tensor.Zeros(1, 6, 2 * half)).Reveal(Party.Client),
            y.Reshape(rows * 3 * half, 2).Slice(0, 1, rows * 3 * half - 1).Reveal(Party.Client),
            x.Slice(0, rows, 0).Reveal(Party.Client));
    }
}

[Dim("rows", Max = 32)]
[Dim("heads", Max = 8)]
[Dim("half", Max = 16)]
public static partial class Rotations
{
    [EntryPoint]
    public static (Tensor Fixed, Tensor Given) Apply(
        [Owned(Party.Client), Shape("rows, heads, 2*half"), Range(-8, 8)] Tensor x, int first, [Range(1, 1e6)] float theta)
    {
        return (RotaryEmbedding(x, 0, 10000f).Reveal(Party.Client), RotaryEmbedding(x * x, first + 1, theta).Reveal(Party.Client));
    }
}
