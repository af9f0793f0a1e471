using System;

namespace MPCache.Ring;

/// <summary>The products of <see cref="RingMatMul"/> by all cores: the same results, since sums modulo 2^64 do not depend on their order.</summary>
public static class ParallelMatMul
{
    /// <summary>Words of an operand that are worth a part: some tens of microseconds, many times what it takes to wake a thread.</summary>
    private const int LeastWords = 1 << 16;

    /// <summary>Rows that are multiplied together.</summary>
    private const int LeastRows = 8;

    /// <inheritdoc cref="RingMatMul.LinearInt16"/>
    public static void LinearInt16(
        ReadOnlyMemory<short> weights, ReadOnlyMemory<ulong> x, Memory<ulong> y, int outputs, int inputs, int n, int ring)
    {
        CheckLinear(weights.Length, x.Length, y.Length, outputs, inputs, n);
        ForLinear(outputs, inputs, n, new NarrowLinear(weights, x, y, outputs, inputs, n, ring));
    }

    /// <inheritdoc cref="RingMatMul.Linear"/>
    public static void Linear(
        ReadOnlyMemory<ulong> weights, ReadOnlyMemory<ulong> x, Memory<ulong> y, int outputs, int inputs, int n)
    {
        CheckLinear(weights.Length, x.Length, y.Length, outputs, inputs, n);
        ForLinear(outputs, inputs, n, new WideLinear(weights, x, y, outputs, inputs, n));
    }

    /// <inheritdoc cref="RingMatMul.Multiply"/>
    public static void Multiply(ReadOnlyMemory<ulong> a, ReadOnlyMemory<ulong> b, Memory<ulong> c, in MatMulShape shape) =>
        For(new Products<RingMatMul.Assign>(a, b, c, shape));

    /// <inheritdoc cref="RingMatMul.MultiplyAdd"/>
    public static void MultiplyAdd(ReadOnlyMemory<ulong> a, ReadOnlyMemory<ulong> b, Memory<ulong> c, in MatMulShape shape) =>
        For(new Products<RingMatMul.Accumulate>(a, b, c, shape));

    /// <inheritdoc cref="RingMatMul.MultiplySubtract"/>
    public static void MultiplySubtract(ReadOnlyMemory<ulong> a, ReadOnlyMemory<ulong> b, Memory<ulong> c, in MatMulShape shape) =>
        For(new Products<RingMatMul.Deduct>(a, b, c, shape));

    /// <summary>A single row is cut by outputs, so that each weight is read once; many rows among themselves.</summary>
    private static void ForLinear<TWork>(int outputs, int inputs, int n, in TWork work)
        where TWork : struct, IWork
    {
        if (n == 1)
        {
            Workers.For(outputs, Least(inputs), work);
        }
        else
        {
            Workers.For(n, Math.Max(LeastRows, Least((long)outputs * inputs)), work);
        }
    }

    private static void For<TStore>(in Products<TStore> work)
        where TStore : struct, RingMatMul.IStore
    {
        MatMulShape shape = work.Shape;
        if (shape.Batch != 1)
        {
            Workers.For(shape.Batch, Least((long)shape.Inner * shape.Columns), work);
        }
        else
        {
            Workers.For(shape.Rows, Math.Max(LeastRows, Least((long)shape.Inner * shape.Columns)), work);
        }
    }

    private static int Least(long wordsAnItem) => (int)Math.Max(1, LeastWords / Math.Max(1, wordsAnItem));

    private static void CheckLinear(int weights, int x, int y, int outputs, int inputs, int n)
    {
        if (weights != (long)outputs * inputs || x != (long)n * inputs || y != (long)n * outputs)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"{weights}, {x} and {y} words are no product of [{n}, {inputs}] and [{outputs}, {inputs}]."));
        }
    }

    private readonly record struct NarrowLinear(
        ReadOnlyMemory<short> Weights, ReadOnlyMemory<ulong> X, Memory<ulong> Y, int Outputs, int Inputs, int N, int Ring) : IWork
    {
        public void Do(int from, int to)
        {
            if (N == 1)
            {
                RingMatMul.LinearInt16(
                    Weights.Span[(from * Inputs)..(to * Inputs)], X.Span, Y.Span[from..to], to - from, Inputs, 1, Ring);
            }
            else
            {
                RingMatMul.LinearInt16(
                    Weights.Span, X.Span[(from * Inputs)..(to * Inputs)], Y.Span[(from * Outputs)..(to * Outputs)], Outputs, Inputs,
                    to - from, Ring);
            }
        }
    }

    private readonly record struct WideLinear(
        ReadOnlyMemory<ulong> Weights, ReadOnlyMemory<ulong> X, Memory<ulong> Y, int Outputs, int Inputs, int N) : IWork
    {
        public void Do(int from, int to)
        {
            if (N == 1)
            {
                RingMatMul.Linear(Weights.Span[(from * Inputs)..(to * Inputs)], X.Span, Y.Span[from..to], to - from, Inputs, 1);
            }
            else
            {
                RingMatMul.Linear(
                    Weights.Span, X.Span[(from * Inputs)..(to * Inputs)], Y.Span[(from * Outputs)..(to * Outputs)], Outputs, Inputs,
                    to - from);
            }
        }
    }

    private readonly record struct Products<TStore>(
        ReadOnlyMemory<ulong> A, ReadOnlyMemory<ulong> B, Memory<ulong> C, MatMulShape Shape) : IWork
        where TStore : struct, RingMatMul.IStore
    {
        public void Do(int from, int to)
        {
            if (Shape.Batch != 1)
            {
                RingMatMul.MultiplyWidest<TStore>(A.Span, B.Span, C.Span, Shape, from, to);
                return;
            }

            ReadOnlySpan<ulong> a = A.Span[(from * Shape.Inner)..(to * Shape.Inner)];
            Span<ulong> c = C.Span[(from * Shape.Columns)..(to * Shape.Columns)];
            RingMatMul.MultiplyWidest<TStore>(a, B.Span, c, Shape with { Rows = to - from }, 0, Shape.Batch);
        }
    }
}
