using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <content>
/// Products with several weights at once, one for each part of the value: experts, heads, whatever is computed side by side. The parts of
/// one call share an address and an opening.
/// </content>
public static partial class ServerLinear
{
    /// <summary>A product with one of several weights.</summary>
    private interface IProduct
    {
        /// <summary>Words of a weight.</summary>
        int Size { get; }

        /// <summary>Words that a weight multiplies.</summary>
        int Inputs { get; }

        /// <summary>Words of a product.</summary>
        int Outputs { get; }

        void Multiply(Run run, ReadOnlyMemory<ulong> w, ReadOnlyMemory<ulong> x, Memory<ulong> y);

        void Multiply(Run run, ReadOnlyMemory<short> w, ReadOnlyMemory<ulong> x, Memory<ulong> y);
    }

    /// <summary>y[e, n, outputs] = x[e, n, inputs]·W[first + e]ᵀ for each of some matrices, as an additive share.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the correlation.</param>
    /// <param name="x">Masked value, [count, n, inputs]; or [n, inputs], which every matrix multiplies.</param>
    /// <param name="w">The weights, matrices [outputs, inputs] along one or more leading axes.</param>
    /// <param name="first">The first matrix.</param>
    /// <param name="count">How many.</param>
    /// <param name="outputs">Rows of a matrix.</param>
    /// <param name="inputs">Columns of a matrix.</param>
    /// <param name="n">Rows of x for each matrix.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">The value has another size, or there are fewer matrices.</exception>
    public static RingValue LinearEach<TRole>(
        Run run, in Address at, in RingValue x, ResidentTensor w, int first, int count, int outputs, int inputs, int n, int ring)
        where TRole : IRole => Each<TRole, LinearProduct>(run, at, x, w, first, count, new LinearProduct(outputs, inputs, n, ring), ring);

    /// <summary>y[e, n, size] = x[e, n, size]·w[first + e], every row element by element, as an additive share.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the correlation.</param>
    /// <param name="x">Masked value, [count, n, size]; or [n, size], which every vector multiplies.</param>
    /// <param name="w">The weights, vectors [size] along one or more leading axes.</param>
    /// <param name="first">The first vector.</param>
    /// <param name="count">How many.</param>
    /// <param name="size">Elements of a vector.</param>
    /// <param name="n">Rows of x for each vector.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">The value has another size, or there are fewer vectors.</exception>
    public static RingValue ScaleEach<TRole>(
        Run run, in Address at, in RingValue x, ResidentTensor w, int first, int count, int size, int n, int ring)
        where TRole : IRole => Each<TRole, ScaleProduct>(run, at, x, w, first, count, new ScaleProduct(size, n), ring);

    /// <summary>y[e, n, size] = x[e, n, entries]·W[first + e] for each of some tables, as an additive share.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the correlation.</param>
    /// <param name="x">Masked value, [count, n, entries]; or [n, entries], which every table multiplies.</param>
    /// <param name="w">The tables [entries, size] along one or more leading axes.</param>
    /// <param name="first">The first table.</param>
    /// <param name="count">How many.</param>
    /// <param name="entries">Rows of a table.</param>
    /// <param name="size">Columns of a table.</param>
    /// <param name="n">Rows of x for each table.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">The value has another size, or there are fewer tables.</exception>
    public static RingValue LookUpEach<TRole>(
        Run run, in Address at, in RingValue x, ResidentTensor w, int first, int count, int entries, int size, int n, int ring)
        where TRole : IRole => Each<TRole, TableProduct>(run, at, x, w, first, count, new TableProduct(entries, size, n), ring);

    /// <summary>y[e, i, j] = x[e, i, j] + w[first + e·size + j]·2^lift, of an additive share, as <see cref="Add"/>.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">Additive share, [count, n, size].</param>
    /// <param name="w">The weights.</param>
    /// <param name="first">The first element of the first vector.</param>
    /// <param name="count">How many vectors.</param>
    /// <param name="size">Elements of a vector.</param>
    /// <param name="lift">Fraction bits that x has beyond the weights.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">The weights do not repeat along the value, or there are fewer.</exception>
    public static RingValue AddEach<TRole>(Run run, in RingValue x, ResidentTensor w, int first, int count, int size, int lift, int ring)
        where TRole : IRole
    {
        int total = checked(count * size);
        if (first < 0 || count < 0 || size < 1 || first > Layout.Count(w.Shape) - total || (total == 0 ? x.Count : x.Count % total) != 0)
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"{count} vectors of {size} from weight {first} of {Layout.Count(w.Shape)} do not repeat along {x.Count} elements."),
                nameof(count));
        }

        RingValue sum = Local.Copy(run, x);
        if (!TRole.IsServer || total == 0)
        {
            return sum;
        }

        ReadOnlySpan<short> weights = w.Weights.AsSpan(first, total);
        Span<ulong> own = sum.First;
        int part = own.Length / count;
        for (int i = 0; i < own.Length; i++)
        {
            own[i] += (ulong)(long)weights[(i / part * size) + (i % size)] << lift;
        }

        RingKernels.Reduce(own, ring);
        return sum;
    }

    private static RingValue Each<TRole, TProduct>(
        Run run, in Address at, in RingValue x, ResidentTensor w, int first, int count, TProduct product, int ring)
        where TRole : IRole
        where TProduct : struct, IProduct
    {
        (int size, int inputs, int outputs) = (product.Size, product.Inputs, product.Outputs);
        int step = x.Count == inputs ? 0 : inputs;
        CheckCount(x.Count, step == 0 ? inputs : checked(count * inputs));
        if (first < 0 || first > (Layout.Count(w.Shape) / Math.Max(1, size)) - count)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"Of {Layout.Count(w.Shape)} weights there are no {count} times {size} from {first} on."),
                nameof(first));
        }

        int total = checked(count * outputs);
        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            ulong[] products = run.Rent(total);
            ReadOnlyMemory<ulong> masked = TRole.IsDealer ? w.Pad : w.Published;
            for (int e = 0; e < count; e++)
            {
                product.Multiply(
                    run, masked.Slice((first + e) * size, size), x.SecondMemory.Slice(e * step, inputs),
                    products.AsMemory(e * outputs, outputs));
            }

            return TRole.IsDealer ? DealNegated(run, at, products, total, ring) : ClientShare<TRole>(run, at, products, total, ring);
        }

        if (!TRole.IsServer)
        {
            return Prepared(run, total, ring);
        }

        ulong[] own = Own(run, x);
        ulong[] share = run.Rent(total);
        for (int e = 0; e < count; e++)
        {
            product.Multiply(
                run, w.Weights.AsMemory((first + e) * size, size), own.AsMemory(e * step, inputs), share.AsMemory(e * outputs, outputs));
        }

        run.Return(own);
        return ServerShare<TRole>(run, at, share, total, ring);
    }

    private readonly record struct LinearProduct(int Rows, int Columns, int N, int Ring) : IProduct
    {
        public int Size => checked(Rows * Columns);

        public int Inputs => checked(N * Columns);

        public int Outputs => checked(N * Rows);

        public void Multiply(Run run, ReadOnlyMemory<ulong> w, ReadOnlyMemory<ulong> x, Memory<ulong> y) =>
            ParallelMatMul.Linear(w, x, y, Rows, Columns, N);

        public void Multiply(Run run, ReadOnlyMemory<short> w, ReadOnlyMemory<ulong> x, Memory<ulong> y) =>
            ParallelMatMul.LinearInt16(w, x, y, Rows, Columns, N, Ring);
    }

    private readonly record struct ScaleProduct(int Size, int N) : IProduct
    {
        public int Inputs => checked(N * Size);

        public int Outputs => Inputs;

        public void Multiply(Run run, ReadOnlyMemory<ulong> w, ReadOnlyMemory<ulong> x, Memory<ulong> y) =>
            MultiplyRows(w.Span, x.Span, y.Span);

        public void Multiply(Run run, ReadOnlyMemory<short> w, ReadOnlyMemory<ulong> x, Memory<ulong> y)
        {
            ulong[] vector = run.Rent(Size);
            RingKernels.Widen(w.Span, vector.AsSpan(0, Size));
            MultiplyRows(vector.AsSpan(0, Size), x.Span, y.Span);
            run.Return(vector);
        }
    }

    private readonly record struct TableProduct(int Entries, int Columns, int N) : IProduct
    {
        public int Size => checked(Entries * Columns);

        public int Inputs => checked(N * Entries);

        public int Outputs => checked(N * Columns);

        public void Multiply(Run run, ReadOnlyMemory<ulong> w, ReadOnlyMemory<ulong> x, Memory<ulong> y) =>
            MultiplyTable(run, x, default, w, y.Span, Entries, Columns, N);

        public void Multiply(Run run, ReadOnlyMemory<short> w, ReadOnlyMemory<ulong> x, Memory<ulong> y) =>
            MultiplyTable(run, x, w, default, y.Span, Entries, Columns, N);
    }
}
