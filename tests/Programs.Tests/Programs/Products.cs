using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

[Dim("batch", Max = 8)]
[Dim("rows", Max = 64)]
[Dim("inner", Max = 64)]
[Dim("columns", Max = 64)]
public static partial class MatrixProduct
{
    [EntryPoint]
    public static Tensor Multiply(
        [Owned(Party.Server), Shape("rows, inner"), Range(-4, 4)] Tensor left,
        [Owned(Party.Client), Shape("inner, columns"), Range(-4, 4)] Tensor right)
    {
        return MatMul(left, right).Reveal(Party.Client);
    }
}

[Dim("batch", Max = 8)]
[Dim("rows", Max = 64)]
[Dim("inner", Max = 64)]
public static partial class BatchedProduct
{
    /// <summary>Every row against every row, in batches of two axes; the right factor is transposed; the server learns a result too.</summary>
    [EntryPoint]
    public static (Tensor Product, Tensor Gram) Multiply(
        [Owned(Party.Client), Shape("batch, 2, rows, inner"), Range(-2, 2)] Tensor left,
        [Owned(Party.Server), Shape("batch, 2, rows, inner"), Range(-2, 2)] Tensor right)
    {
        Tensor gram = MatMul(left.Transpose(), left);
        return (MatMul(left, right.Transpose()).Reveal(Party.Client), gram.Reveal(Party.Server));
    }
}

[Dim("heads", Max = 8)]
[Dim("rows", Max = 16)]
[Dim("tokens", Max = 1024)]
[Dim("dim", Max = 64)]
public static partial class InterleavedProduct
{
    /// <summary>Factors whose heads stand side by side in every row, as in a cache: along their rows and along their columns.</summary>
    [EntryPoint]
    public static (Tensor Scores, Tensor Mixed) Multiply(
        [Owned(Party.Client), Shape("heads, rows, dim"), Range(-2, 2)] Tensor queries,
        [Owned(Party.Client), Shape("heads, rows, tokens"), Range(-1, 1)] Tensor weights,
        [Owned(Party.Server), Shape("tokens, heads, dim"), Range(-2, 2)] Tensor cache)
    {
        Tensor scores = MatMul(queries, cache.Permute(1, 2, 0));
        return (scores.Reveal(Party.Client), MatMul(weights, cache.Permute(1, 0, 2)).Reveal(Party.Server));
    }
}

[Dim("rows", Max = 64)]
[Dim("inputs", Max = 64)]
[Dim("outputs", Max = 64)]
public static partial class SecretLinear
{
    /// <summary>Weights that are an input of the call, not resident; activations of three axes and of one.</summary>
    [EntryPoint]
    public static (Tensor Rows, Tensor Row) Apply(
        [Owned(Party.Client), Shape("2, rows, inputs"), Range(-4, 4)] Tensor x,
        [Owned(Party.Client), Shape("inputs"), Range(-4, 4)] Tensor row,
        [Owned(Party.Server), Shape("outputs, inputs"), Range(-1, 1)] Tensor weight)
    {
        return (Linear(x, weight).Reveal(Party.Client), Linear(row, weight).Reveal(Party.Client));
    }
}

[Dim("rows", Max = 64)]
[Dim("dim", Max = 64)]
public static partial class Dots
{
    /// <summary>Sums and means of products: each is one dot product a row; and a product that is used twice is not.</summary>
    [EntryPoint]
    public static (Tensor Sum, Tensor Mean, Tensor Squares, Tensor Twice) Apply(
        [Owned(Party.Client), Shape("rows, dim"), Range(-4, 4)] Tensor x,
        [Owned(Party.Server), Shape("rows, dim"), Range(-4, 4)] Tensor y)
    {
        Tensor product = x * y;
        return (
            (x * y).Sum(-1).Reveal(Party.Client),
            (x * y).Mean(1).Reveal(Party.Server),
            (x * x).Mean(-1).Reveal(Party.Client),
            (product + product.Sum(-1)).Reveal(Party.Client));
    }
}
