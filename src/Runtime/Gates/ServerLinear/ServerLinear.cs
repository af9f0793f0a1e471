using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Products of a masked value with weights that the server knows: y = x·Wᵀ, element by element, or rows of a table.
/// <para>Once a session the server has published F = W − B, B a pad that the dealer knows. [y]_0 = W·(x̂ − r_0) + c_0 with plain 16-bit
/// weights, [y]_1 = −F·r_1 + c_1 with [c] = [−B·r_1]. The client's share
/// depends on masks alone: it is computed in the rehearsal, and online the client does nothing.</para>
/// <para>Rings: x and y in Z_2^m; the weights are 16-bit integers, F and B live in Z_2^64 and are reduced. Error: none. Flights: none here;
/// the opening that follows is 1, from the server only. Tape: ⌈m/8⌉ bytes an output.</para>
/// <para>Leakage: the client sees F, one pad over all products, and corrections that are uniform to it; the server's message is covered by
/// its share of the opening's fresh mask. A changed W needs a new pad. Source: Damgård et al., TinyTable (CRYPTO 2017), section 3, with the
/// weights' mask kept over products as in Mohassel and Zhang, SecureML (IEEE S&amp;P 2017), section 4.</para>
/// </summary>
public static partial class ServerLinear
{
    /// <summary>y[n, outputs] = x[n, inputs]·Wᵀ as an additive share.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the correlation.</param>
    /// <param name="x">Masked value, [n, inputs].</param>
    /// <param name="w">The weights, [outputs, inputs] or [rows, outputs, inputs].</param>
    /// <param name="row">Index on the weights' leading axis; −1 for the whole tensor.</param>
    /// <param name="outputs">Rows of the matrix.</param>
    /// <param name="inputs">Columns of the matrix.</param>
    /// <param name="n">Rows of x.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">The value or the weights have other sizes.</exception>
    public static RingValue Linear<TRole>(
        Run run, in Address at, in RingValue x, ResidentTensor w, int row, int outputs, int inputs, int n, int ring)
        where TRole : IRole
    {
        CheckCount(x.Count, checked(n * inputs));
        int count = checked(n * outputs);
        Range part = Part(w, row, outputs * inputs);
        if (TRole.IsDealer)
        {
            ulong[] product = run.Rent(count);
            ParallelMatMul.Linear(w.Pad.AsMemory(part), x.SecondMemory, product.AsMemory(0, count), outputs, inputs, n);
            return DealNegated(run, at, product, count, ring);
        }

        if (TRole.IsRehearsal)
        {
            ulong[] product = run.Rent(count);
            ParallelMatMul.Linear(w.Published.AsMemory(part), x.SecondMemory, product.AsMemory(0, count), outputs, inputs, n);
            return ClientShare<TRole>(run, at, product, count, ring);
        }

        if (!TRole.IsServer)
        {
            return Prepared(run, count, ring);
        }

        ulong[] own = Own(run, x);
        ulong[] share = run.Rent(count);
        ParallelMatMul.LinearInt16(w.Weights.AsMemory(part), own.AsMemory(0, x.Count), share.AsMemory(0, count), outputs, inputs, n, ring);
        run.Return(own);
        return ServerShare<TRole>(run, at, share, count, ring);
    }

    /// <summary>y[n, size] = x[n, size]·w, every row element by element times the same vector, as an additive share.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the correlation.</param>
    /// <param name="x">Masked value, [n, size].</param>
    /// <param name="w">The weights, [size] or [rows, size].</param>
    /// <param name="row">Index on the weights' leading axis; −1 for the whole tensor.</param>
    /// <param name="size">Elements of the vector.</param>
    /// <param name="n">Rows of x.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">The value or the weights have other sizes.</exception>
    public static RingValue Scale<TRole>(
        Run run, in Address at, in RingValue x, ResidentTensor w, int row, int size, int n, int ring)
        where TRole : IRole
    {
        int count = checked(n * size);
        CheckCount(x.Count, count);
        Range part = Part(w, row, size);
        if (TRole.IsDealer)
        {
            ulong[] product = run.Rent(count);
            MultiplyRows(w.Pad.AsSpan(part), x.Second, product.AsSpan(0, count));
            return DealNegated(run, at, product, count, ring);
        }

        if (TRole.IsRehearsal)
        {
            ulong[] product = run.Rent(count);
            MultiplyRows(w.Published.AsSpan(part), x.Second, product.AsSpan(0, count));
            return ClientShare<TRole>(run, at, product, count, ring);
        }

        if (!TRole.IsServer)
        {
            return Prepared(run, count, ring);
        }

        ulong[] own = Own(run, x);
        ulong[] share = run.Rent(count);
        ulong[] vector = run.Rent(size);
        RingKernels.Widen(w.Weights.AsSpan(part), vector.AsSpan(0, size));
        MultiplyRows(vector.AsSpan(0, size), own.AsSpan(0, count), share.AsSpan(0, count));
        run.Return(vector);
        run.Return(own);
        return ServerShare<TRole>(run, at, share, count, ring);
    }

    /// <summary>y[n, size] = x[n, entries]·W: with one-hot rows x, the table's rows that they choose, as an additive share.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the correlation.</param>
    /// <param name="x">Masked value, [n, entries].</param>
    /// <param name="w">The table, [entries, size] or [rows, entries, size].</param>
    /// <param name="row">Index on the weights' leading axis; −1 for the whole tensor.</param>
    /// <param name="entries">Rows of the table.</param>
    /// <param name="size">Columns of the table.</param>
    /// <param name="n">Rows of x.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">The value or the table have other sizes.</exception>
    public static RingValue LookUp<TRole>(
        Run run, in Address at, in RingValue x, ResidentTensor w, int row, int entries, int size, int n, int ring)
        where TRole : IRole
    {
        CheckCount(x.Count, checked(n * entries));
        int count = checked(n * size);
        Range part = Part(w, row, entries * size);
        if (TRole.IsDealer)
        {
            ulong[] product = run.Rent(count);
            MultiplyTable(run, x.SecondMemory, default, w.Pad.AsMemory(part), product.AsSpan(0, count), entries, size, n);
            return DealNegated(run, at, product, count, ring);
        }

        if (TRole.IsRehearsal)
        {
            ulong[] product = run.Rent(count);
            MultiplyTable(run, x.SecondMemory, default, w.Published.AsMemory(part), product.AsSpan(0, count), entries, size, n);
            return ClientShare<TRole>(run, at, product, count, ring);
        }

        if (!TRole.IsServer)
        {
            return Prepared(run, count, ring);
        }

        ulong[] own = Own(run, x);
        ulong[] share = run.Rent(count);
        MultiplyTable(run, own.AsMemory(0, x.Count), w.Weights.AsMemory(part), default, share.AsSpan(0, count), entries, size, n);
        run.Return(own);
        return ServerShare<TRole>(run, at, share, count, ring);
    }

    /// <summary>The dealer's part: shares of −B·r_1.</summary>
    private static RingValue DealNegated(Run run, in Address at, ulong[] product, int count, int ring)
    {
        RingKernels.Negate(product.AsSpan(0, count), product.AsSpan(0, count));
        run.Deal(at, product.AsSpan(0, count), ring);
        run.Return(product);
        return new RingValue(null, null, count);
    }

    /// <summary>The client's part in the rehearsal: c_1 − F·r_1, in the product's buffer.</summary>
    private static RingValue ClientShare<TRole>(Run run, in Address at, ulong[] product, int count, int ring)
        where TRole : IRole
    {
        RingValue share = new(run.Rent(count), null, count);
        run.MaskCorrelation<TRole>(at, share.First, ring);
        RingKernels.SubtractInPlace(share.First, product.AsSpan(0, count));
        RingKernels.Reduce(share.First, ring);
        run.Return(product);
        return share;
    }

    /// <summary>The client's part online: its half has been prepared, so the tape is passed over and there is no share.</summary>
    private static RingValue Prepared(Run run, int count, int ring)
    {
        run.Tape.Skip(BitPacking.RingLength(count, ring));
        return new RingValue(null, null, count);
    }

    /// <summary>The server's part: W·(x̂ − r_0), which <paramref name="share"/> holds, plus c_0.</summary>
    private static RingValue ServerShare<TRole>(Run run, in Address at, ulong[] share, int count, int ring)
        where TRole : IRole
    {
        ulong[] correction = run.Rent(count);
        run.Correlation<TRole>(at, correction.AsSpan(0, count), ring);
        RingKernels.AddInPlace(share.AsSpan(0, count), correction.AsSpan(0, count));
        RingKernels.Reduce(share.AsSpan(0, count), ring);
        run.Return(correction);
        return new RingValue(share, null, count);
    }

    /// <summary>x̂ − r_0, which the weights multiply.</summary>
    private static ulong[] Own(Run run, in RingValue x)
    {
        ulong[] own = run.Rent(x.Count);
        RingKernels.Subtract(x.First, x.Second, own.AsSpan(0, x.Count));
        return own;
    }

    private static void MultiplyRows(ReadOnlySpan<ulong> vector, ReadOnlySpan<ulong> x, Span<ulong> y)
    {
        for (int i = 0; i < x.Length; i += vector.Length)
        {
            RingKernels.Multiply(x.Slice(i, vector.Length), vector, y.Slice(i, vector.Length));
        }
    }

    private static Range Part(ResidentTensor w, int row, int size)
    {
        int total = Layout.Count(w.Shape);
        int first = Math.Max(row, 0) * size;
        if (row < 0 ? total != size : first > total - size || (long)size * w.Shape[0] != total)
        {
            throw new ArgumentException($"Weights of {total} elements have no row {row} of {size}.", nameof(row));
        }

        return first..(first + size);
    }

    private static void CheckCount(int count, int expected)
    {
        if (count != expected)
        {
            throw new ArgumentException($"The value has {count} elements; its shape says {expected}.");
        }
    }
}
