using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <content>Products with a table from the left, y = x·W: the table is read in the order in which it lies, by all cores.</content>
public static partial class ServerLinear
{
    /// <summary>Rows of a table that are multiplied at a time: as many as stay in the cache.</summary>
    private const int TableRows = 16;

    /// <summary>Elements of a table that are worth a part.</summary>
    private const int LeastElements = 1 << 18;

    /// <summary>y = x·W with the table as 16-bit integers or as words, whichever is there.</summary>
    private static void MultiplyTable(
        Run run, ReadOnlyMemory<ulong> x, ReadOnlyMemory<short> narrow, ReadOnlyMemory<ulong> wide, Span<ulong> y, int entries, int size,
        int n)
    {
        int parts = Workers.Parts(entries, Math.Max(TableRows, LeastElements / Math.Max(1, size)));
        int count = n * size;
        ulong[] sums = run.RentCleared(parts * count);
        int scratch = TableRows * (size + n);
        ulong[] rented = run.Rent(parts * scratch);
        Workers.For(parts, 1, new TableWork(
            x, narrow, wide, sums.AsMemory(0, parts * count), rented.AsMemory(0, parts * scratch), parts, entries, size, n));
        sums.AsSpan(0, count).CopyTo(y);
        for (int part = 1; part < parts; part++)
        {
            RingKernels.AddInPlace(y, sums.AsSpan(part * count, count));
        }

        run.Return(rented);
        run.Return(sums);
    }

    /// <summary>Parts of the table's rows, each with sums and a scratch buffer of its own.</summary>
    private readonly record struct TableWork(
        ReadOnlyMemory<ulong> X, ReadOnlyMemory<short> Narrow, ReadOnlyMemory<ulong> Wide, Memory<ulong> Sums, Memory<ulong> Scratch,
        int Parts, int Entries, int Size, int N) : IWork
    {
        public void Do(int from, int to)
        {
            for (int part = from; part < to; part++)
            {
                int end = Edge(part + 1);
                for (int first = Edge(part); first < end; first += TableRows)
                {
                    Add(part, first, Math.Min(TableRows, end - first));
                }
            }
        }

        private int Edge(int part) => (int)((long)Entries * part / Parts);

        /// <summary>Adds to a part's sums what some rows of the table give.</summary>
        private void Add(int part, int first, int rows)
        {
            Span<ulong> scratch = Scratch.Span.Slice(part * TableRows * (Size + N), TableRows * (Size + N));
            Span<ulong> columns = scratch[..(N * rows)];
            Span<ulong> words = scratch.Slice(TableRows * N, rows * Size);
            for (int i = 0; i < N; i++)
            {
                X.Span.Slice((i * Entries) + first, rows).CopyTo(columns.Slice(i * rows, rows));
            }

            ReadOnlySpan<ulong> block = words;
            if (Wide.IsEmpty)
            {
                RingKernels.Widen(Narrow.Span.Slice(first * Size, rows * Size), words);
            }
            else
            {
                block = Wide.Span.Slice(first * Size, rows * Size);
            }

            RingMatMul.MultiplyAdd(columns, block, Sums.Span.Slice(part * N * Size, N * Size), new MatMulShape(1, N, rows, Size, false));
        }
    }
}
