using System;
using System.Collections.Generic;
using MPCache.Ring;

namespace MPCache.Bench.Kernels;

/// <summary>Products of ring words: a matrix with a matrix, a matrix with a vector, and attention's with a cache.</summary>
internal static class MatrixKernels
{
    private const int Side = 512;
    private const int Large = 4096;
    private const int Heads = 12;
    private const int HeadSize = 64;
    private const int Tokens = 512;

    /// <summary>All of them.</summary>
    public static IEnumerable<Kernel> All()
    {
        yield return Multiply("matrix · matrix", new MatMulShape(1, Side, Side, Side, TransposeB: true));
        yield return Multiply("query · keys", new MatMulShape(Heads, 1, HeadSize, Tokens, TransposeB: true));
        yield return Multiply("probabilities · values", new MatMulShape(Heads, 1, Tokens, HeadSize, TransposeB: false));

        ulong[] matrix = Operands.Words(Large * Large);
        ulong[] x = Operands.Words(Large);
        ulong[] y = new ulong[Large];
        double products = (double)Large * Large;
        yield return new Kernel(
            "matrix · vector", FormattableString.Invariant($"{Large} × {Large} words of 64 bits"), products, "products",
            () => RingMatMul.Linear(matrix, x, y, Large, Large, 1))
        {
            Least = KernelGroups.Least(Roofs.Memory, products * sizeof(ulong)),
        };
    }

    private static Kernel Multiply(string name, MatMulShape shape)
    {
        ulong[] a = Operands.Words((int)shape.LeftLength);
        ulong[] b = Operands.Words((int)shape.RightLength);
        ulong[] c = new ulong[shape.ResultLength];
        double products = (double)shape.Batch * shape.Rows * shape.Inner * shape.Columns;
        string size = FormattableString.Invariant($"{shape.Batch} × ({shape.Rows} × {shape.Inner} × {shape.Columns}) words of 64 bits");
        return new Kernel(name, size, products, "products", () => RingMatMul.Multiply(a, b, c, shape))
        {
            Least = KernelGroups.Least(Roofs.Products, products),
        };
    }
}
