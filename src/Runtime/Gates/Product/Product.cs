using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Products of masked values: element by element, or batched matrix products.
/// <para>[z]_b = b·x̂ŷ − x̂·r_y,b − ŷ·r_x,b + c_b with [c] = [r_x·r_y].
/// A dot product needs one correction, not one a summand, because x̂ and ŷ are already open.</para>
/// <para>Rings: both operands and the result in Z_2^m. Error: none. Flights: none here; the opening that follows is 1.
/// Tape: ⌈m/8⌉ bytes an output. Leakage: nothing is sent; corrections are uniform to the client.
/// Source: Damgård et al., TinyTable (CRYPTO 2017), section 3; Patra et al., ABY2.0 (USENIX Security 2021).</para>
/// </summary>
public static partial class Product
{
    private const int RowsWorthSumming = 4;

    /// <summary>The element-wise product as an additive share.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the correlation.</param>
    /// <param name="x">Masked value.</param>
    /// <param name="y">Masked value with as many elements.</param>
    /// <param name="ring">The ring's bits m.</param>
    public static RingValue Multiply<TRole>(Run run, in Address at, in RingValue x, in RingValue y, int ring)
        where TRole : IRole
    {
        int count = x.Count;
        if (TRole.IsDealer)
        {
            ulong[] product = run.Rent(count);
            ulong[] maskX = run.Rent(count);
            ulong[] maskY = run.Rent(count);
            RingKernels.Add(x.First, x.Second, maskX.AsSpan(0, count));
            RingKernels.Add(y.First, y.Second, maskY.AsSpan(0, count));
            RingKernels.Multiply(maskX.AsSpan(0, count), maskY.AsSpan(0, count), product.AsSpan(0, count));
            run.Return(maskX);
            run.Return(maskY);
            run.Deal(at, product.AsSpan(0, count), ring);
            run.Return(product);
            return new RingValue(null, null, count);
        }

        RingValue share = new(run.Rent(count), null, count);
        run.Correlation<TRole>(at, share.First, ring);
        if (TRole.IsRehearsal)
        {
            return share;
        }

        ulong[] factor = Factor<TRole>(run, y);
        RingKernels.MultiplyAdd(x.First, factor.AsSpan(0, count), share.First);
        RingKernels.Multiply(y.First, x.Second, factor.AsSpan(0, count));
        RingKernels.Subtract(share.First, factor.AsSpan(0, count), share.First);
        RingKernels.Reduce(share.First, ring);
        run.Return(factor);
        return share;
    }

    /// <summary>
    /// Batched matrix product as an additive share: [batch, rows, inner] times [batch, inner, columns], or its transpose.
    /// </summary>
    public static RingValue MatMul<TRole>(Run run, in Address at, in RingValue x, in RingValue y, in MatMulShape shape, int ring)
        where TRole : IRole
    {
        int count = shape.Batch * shape.Rows * shape.Columns;
        if (TRole.IsDealer)
        {
            ulong[] product = run.Rent(count);
            MultiplyMasks(run, x, y, product.AsMemory(0, count), shape);
            run.Deal(at, product.AsSpan(0, count), ring);
            run.Return(product);
            return new RingValue(null, null, count);
        }

        RingValue share = new(run.Rent(count), null, count);
        run.Correlation<TRole>(at, share.First, ring);
        if (TRole.IsRehearsal)
        {
            return share;
        }

        // b·x̂ŷ joins whichever summand has the smaller operand, so that the larger one, often a cache, is only read.
        if (x.Count <= y.Count)
        {
            ulong[] factor = Factor<TRole>(run, x);
            ParallelMatMul.MultiplyAdd(factor.AsMemory(0, x.Count), y.FirstMemory, share.FirstMemory, shape);
            ParallelMatMul.MultiplySubtract(x.FirstMemory, y.SecondMemory, share.FirstMemory, shape);
            run.Return(factor);
        }
        else
        {
            ulong[] factor = Factor<TRole>(run, y);
            ParallelMatMul.MultiplyAdd(x.FirstMemory, factor.AsMemory(0, y.Count), share.FirstMemory, shape);
            ParallelMatMul.MultiplySubtract(x.SecondMemory, y.FirstMemory, share.FirstMemory, shape);
            run.Return(factor);
        }

        RingKernels.Reduce(share.First, ring);
        return share;
    }

    /// <summary>r_x·r_y, from the shares of both. A few rows are multiplied by both shares of r_y where these stand; for more, it is summed.</summary>
    private static void MultiplyMasks(Run run, in RingValue x, in RingValue y, Memory<ulong> product, in MatMulShape shape)
    {
        ulong[] maskX = run.Rent(x.Count);
        Memory<ulong> left = maskX.AsMemory(0, x.Count);
        RingKernels.Add(x.First, x.Second, left.Span);
        if (shape.Rows < RowsWorthSumming)
        {
            ParallelMatMul.Multiply(left, y.FirstMemory, product, shape);
            ParallelMatMul.MultiplyAdd(left, y.SecondMemory, product, shape);
        }
        else
        {
            ulong[] maskY = run.Rent(y.Count);
            RingKernels.Add(y.First, y.Second, maskY.AsSpan(0, y.Count));
            ParallelMatMul.Multiply(left, maskY.AsMemory(0, y.Count), product, shape);
            run.Return(maskY);
        }

        run.Return(maskX);
    }

    /// <summary>b·ŷ − r_y,b of one operand, by which the other's open value is multiplied.</summary>
    private static ulong[] Factor<TRole>(Run run, in RingValue y)
        where TRole : IRole
    {
        ulong[] factor = run.Rent(y.Count);
        if (TRole.IsClient)
        {
            RingKernels.Subtract(y.First, y.Second, factor.AsSpan(0, y.Count));
        }
        else
        {
            RingKernels.Negate(y.Second, factor.AsSpan(0, y.Count));
        }

        return factor;
    }
}
