using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MPCache.Ring;

/// <summary>
/// Matrix products of ring words modulo 2^64; the low m bits are the product in Z_2^m. No operation's time or memory access depends on
/// the values. The result may not overlap an operand.
/// </summary>
public static partial class RingMatMul
{
    private const int BlockWords = 1 << 15;
    private const int SmallestBlock = 16;
    private const int LineWords = 8;

    /// <summary>c = a·b for every product of the batch.</summary>
    /// <param name="a">[Batch, Rows, Inner].</param>
    /// <param name="b">[Batch, Inner, Columns], or [Batch, Columns, Inner] when transposed.</param>
    /// <param name="c">[Batch, Rows, Columns].</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="ArgumentException">A length does not match the shape.</exception>
    public static void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> c, in MatMulShape shape) =>
        MultiplyWidest<Assign>(a, b, c, shape, 0, shape.Batch);

    /// <summary>c = c + a·b for every product of the batch.</summary>
    /// <inheritdoc cref="Multiply"/>
    public static void MultiplyAdd(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> c, in MatMulShape shape) =>
        MultiplyWidest<Accumulate>(a, b, c, shape, 0, shape.Batch);

    /// <summary>c = c − a·b for every product of the batch.</summary>
    /// <inheritdoc cref="Multiply"/>
    public static void MultiplySubtract(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> c, in MatMulShape shape) =>
        MultiplyWidest<Deduct>(a, b, c, shape, 0, shape.Batch);

    /// <summary>y = x·Wᵀ with 16-bit weights. For few rows of x the weights are read from memory once.</summary>
    /// <param name="weights">[outputs, inputs], signed.</param>
    /// <param name="x">[n, inputs].</param>
    /// <param name="y">[n, outputs].</param>
    /// <param name="outputs">Rows of the weights.</param>
    /// <param name="inputs">Columns of the weights.</param>
    /// <param name="n">Rows of x.</param>
    /// <param name="ring">The low bits of y that are needed; those above are unspecified. Fewer bits may take less time.</param>
    /// <exception cref="ArgumentException">A length does not match the sizes.</exception>
    public static void LinearInt16(
        ReadOnlySpan<short> weights, ReadOnlySpan<ulong> x, Span<ulong> y, int outputs, int inputs, int n, int ring = RingWord.MaximumRing)
    {
        // For many rows the weights are packed once, and products of words are as fast.
        if (n >= RowsWorthPacking)
        {
            LinearWidest<short, Int16Elements>(weights, x, y, outputs, inputs, n);
        }
        else if (ShortVector512.IsSupported)
        {
            LinearInLimbs<ShortVector512>(weights, x, y, outputs, inputs, n, ring);
        }
        else if (ShortVector256.IsSupported)
        {
            LinearInLimbs<ShortVector256>(weights, x, y, outputs, inputs, n, ring);
        }
        else
        {
            LinearWidest<short, Int16Elements>(weights, x, y, outputs, inputs, n);
        }
    }

    /// <summary>y = x·Wᵀ with ring words as weights. For few rows of x the weights are read from memory once.</summary>
    /// <param name="weights">[outputs, inputs].</param>
    /// <param name="x">[n, inputs].</param>
    /// <param name="y">[n, outputs].</param>
    /// <param name="outputs">Rows of the weights.</param>
    /// <param name="inputs">Columns of the weights.</param>
    /// <param name="n">Rows of x.</param>
    /// <exception cref="ArgumentException">A length does not match the sizes.</exception>
    public static void Linear(ReadOnlySpan<ulong> weights, ReadOnlySpan<ulong> x, Span<ulong> y, int outputs, int inputs, int n) =>
        LinearWidest<ulong, WordElements>(weights, x, y, outputs, inputs, n);

    /// <summary>The batch of products at one vector width.</summary>
    internal static void Multiply<TVector, TStore>(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> c, in MatMulShape shape)
        where TVector : struct, IWordVector<TVector>
        where TStore : struct, IStore => Multiply<TVector, TStore>(a, b, c, shape, 0, shape.Batch);

    /// <summary>The products <paramref name="first"/> to <paramref name="end"/> − 1 of a batch, whose operands are the whole batch's.</summary>
    internal static void MultiplyWidest<TStore>(
        ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> c, in MatMulShape shape, int first, int end)
        where TStore : struct, IStore
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Multiply<WordVector512, TStore>(a, b, c, shape, first, end);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Multiply<WordVector256, TStore>(a, b, c, shape, first, end);
        }
        else
        {
            Multiply<WordVector64, TStore>(a, b, c, shape, first, end);
        }
    }

    private static void Multiply<TVector, TStore>(
        ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> c, in MatMulShape shape, int first, int end)
        where TVector : struct, IWordVector<TVector>
        where TStore : struct, IStore
    {
        CheckShape(shape);
        CheckLength(a.Length, shape.LeftLength, nameof(a));
        CheckLength(b.Length, shape.RightLength, nameof(b));
        CheckReach(b.Length, shape.RightReach, nameof(b));
        CheckLength(c.Length, shape.ResultLength, nameof(c));
        if (c.IsEmpty || first >= end)
        {
            return;
        }

        MatMulShape strided = shape.Explicit();
        if (shape.Columns > 1 && shape.Rows >= RowsWorthPacking)
        {
            for (int product = first; product < end; product++)
            {
                PackedPanels<TVector, ulong, WordElements, TStore>(
                    ref Left(a, shape, product), ref Right(b, strided, product), ref Result(c, shape, product), strided);
            }

            return;
        }

        // Where the products' rows alternate, all products pass by each block of rows while it is in the cache: b is read once, in order.
        int block = shape.Batch > 1 && strided.BatchStride < strided.RowStride
            ? Math.Max(SmallestBlock, BlockWords / strided.RowStride)
            : Math.Max(1, strided.StoredRows);
        int from = 0;
        do
        {
            int rows = Math.Min(block, strided.StoredRows - from);
            int following = Math.Min(block, strided.StoredRows - from - rows);
            for (int product = first; product < end; product++)
            {
                // Each product has the next block's share fetched meanwhile: its rows lie too far apart for the processor to foresee them.
                int share = following * (product - first) / (end - first);
                PrefetchRows(
                    ref Unsafe.Add(ref Right(b, strided, first), (nint)(from + rows + share) * strided.RowStride), strided.RowStride,
                    (following * (product - first + 1) / (end - first)) - share, (end - first) * strided.BatchStride);
                ref ulong x = ref Left(a, shape, product);
                ref ulong y = ref Unsafe.Add(ref Right(b, strided, product), (nint)from * strided.RowStride);
                ref ulong z = ref Result(c, shape, product);
                if (strided.TransposeB)
                {
                    Dots<TVector, ulong, WordElements, TStore>(
                        ref y, (nuint)strided.RowStride, ref x, ref Unsafe.Add(ref z, from), rows, shape.Inner, shape.Rows, shape.Columns);
                }
                else if (from > 0 && typeof(TStore) == typeof(Assign))
                {
                    DirectPanels<TVector, Accumulate>(ref Unsafe.Add(ref x, from), ref y, ref z, strided, rows);
                }
                else
                {
                    DirectPanels<TVector, TStore>(ref Unsafe.Add(ref x, from), ref y, ref z, strided, rows);
                }
            }

            from += block;
        }
        while (from < strided.StoredRows);
    }

    /// <summary>y = x·Wᵀ at one vector width.</summary>
    internal static void Linear<TVector, TElement, TElements>(
        ReadOnlySpan<TElement> weights, ReadOnlySpan<ulong> x, Span<ulong> y, int outputs, int inputs, int n)
        where TVector : struct, IWordVector<TVector>
        where TElement : unmanaged
        where TElements : struct, IElements<TElement>
    {
        CheckLinear(weights.Length, x.Length, y.Length, outputs, inputs, n);
        if (y.IsEmpty)
        {
            return;
        }

        ref TElement w = ref MemoryMarshal.GetReference(weights);
        ref ulong left = ref MemoryMarshal.GetReference(x);
        ref ulong result = ref MemoryMarshal.GetReference(y);
        if (n >= RowsWorthPacking && outputs > 1)
        {
            MatMulShape shape = new MatMulShape(1, n, inputs, outputs, TransposeB: true).Explicit();
            PackedPanels<TVector, TElement, TElements, Assign>(ref left, ref w, ref result, shape);
        }
        else
        {
            Dots<TVector, TElement, TElements, Assign>(ref w, (nuint)inputs, ref left, ref result, outputs, inputs, n, outputs);
        }
    }

    private static void LinearWidest<TElement, TElements>(
        ReadOnlySpan<TElement> weights, ReadOnlySpan<ulong> x, Span<ulong> y, int outputs, int inputs, int n)
        where TElement : unmanaged
        where TElements : struct, IElements<TElement>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Linear<WordVector512, TElement, TElements>(weights, x, y, outputs, inputs, n);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Linear<WordVector256, TElement, TElements>(weights, x, y, outputs, inputs, n);
        }
        else
        {
            Linear<WordVector64, TElement, TElements>(weights, x, y, outputs, inputs, n);
        }
    }

    /// <summary>Asks for the first <paramref name="words"/> words of rows to be brought into the second-level cache.</summary>
    private static unsafe void PrefetchRows(ref ulong row, int stride, int rows, int words)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (int r = 0; r < rows; r++)
        {
            ref ulong line = ref Unsafe.Add(ref row, (nint)r * stride);
            for (int word = 0; word < words; word += LineWords)
            {
                Sse.Prefetch1(Unsafe.AsPointer(ref Unsafe.Add(ref line, word)));
            }
        }
    }

    private static ref ulong Left(ReadOnlySpan<ulong> a, in MatMulShape shape, int product) =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(a), (nint)product * shape.Rows * shape.Inner);

    private static ref ulong Right(ReadOnlySpan<ulong> b, in MatMulShape strided, int product) =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(b), (nint)product * strided.BatchStride);

    private static ref ulong Result(Span<ulong> c, in MatMulShape shape, int product) =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(c), (nint)product * shape.Rows * shape.Columns);

    private static void CheckShape(in MatMulShape shape)
    {
        CheckSize(shape.Batch, nameof(MatMulShape.Batch));
        CheckSize(shape.Rows, nameof(MatMulShape.Rows));
        CheckSize(shape.Inner, nameof(MatMulShape.Inner));
        CheckSize(shape.Columns, nameof(MatMulShape.Columns));
        CheckSize(shape.BatchStride, nameof(MatMulShape.BatchStride));
        CheckSize(shape.RowStride, nameof(MatMulShape.RowStride));
    }

    private static void CheckLinear(int weights, int x, int y, int outputs, int inputs, int n)
    {
        CheckSize(outputs, nameof(outputs));
        CheckSize(inputs, nameof(inputs));
        CheckSize(n, nameof(n));
        CheckLength(weights, (long)outputs * inputs, nameof(weights));
        CheckLength(x, (long)n * inputs, nameof(x));
        CheckLength(y, (long)n * outputs, nameof(y));
    }

    private static void CheckSize(int size, string name) => ArgumentOutOfRangeException.ThrowIfNegative(size, name);

    private static void CheckLength(int length, long expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"The operand has {length} words; its shape says {expected}.", name);
        }
    }

    private static void CheckReach(int length, long reach, string name)
    {
        if (reach > length)
        {
            throw new ArgumentException($"The operand has {length} words; its strides reach {reach}.", name);
        }
    }

    /// <summary>How a kernel's sums meet what the result holds already.</summary>
    internal interface IStore
    {
        static abstract void Store<TVector>(TVector sums, ref ulong origin, nuint offset)
            where TVector : struct, IWordVector<TVector>;
    }

    /// <summary>The stored element of a row of weights.</summary>
    internal interface IElements<TElement>
    {
        static abstract TVector Load<TVector>(ref TElement origin, nuint offset)
            where TVector : struct, IWordVector<TVector>;

        static abstract ulong Word(TElement element);
    }

    /// <summary>c = sums.</summary>
    internal readonly struct Assign : IStore
    {
        public static void Store<TVector>(TVector sums, ref ulong origin, nuint offset)
            where TVector : struct, IWordVector<TVector> => TVector.Store(sums, ref origin, offset);
    }

    /// <summary>c = c + sums.</summary>
    internal readonly struct Accumulate : IStore
    {
        public static void Store<TVector>(TVector sums, ref ulong origin, nuint offset)
            where TVector : struct, IWordVector<TVector> => TVector.Store(TVector.Load(ref origin, offset) + sums, ref origin, offset);
    }

    /// <summary>c = c − sums.</summary>
    internal readonly struct Deduct : IStore
    {
        public static void Store<TVector>(TVector sums, ref ulong origin, nuint offset)
            where TVector : struct, IWordVector<TVector> => TVector.Store(TVector.Load(ref origin, offset) - sums, ref origin, offset);
    }

    /// <summary>Rows of ring words.</summary>
    internal readonly struct WordElements : IElements<ulong>
    {
        public static TVector Load<TVector>(ref ulong origin, nuint offset)
            where TVector : struct, IWordVector<TVector> => TVector.Load(ref origin, offset);

        public static ulong Word(ulong element) => element;
    }

    /// <summary>Rows of signed 16-bit integers.</summary>
    internal readonly struct Int16Elements : IElements<short>
    {
        public static TVector Load<TVector>(ref short origin, nuint offset)
            where TVector : struct, IWordVector<TVector> => TVector.Load(ref origin, offset);

        public static ulong Word(short element) => (ulong)(long)element;
    }
}
