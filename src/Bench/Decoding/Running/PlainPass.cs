using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;
using MPCache.Bench.Running;

namespace MPCache.Bench.Decoding.Running;

/// <summary>
/// The yardstick of a step: one pass over the same weights in 16 bits, a plain matrix–vector product with each matrix on one thread. So much
/// the step would cost a server to whom the client told everything.
/// </summary>
internal static class PlainPass
{
    private const int Runs = 5;

    /// <summary>Measures passes.</summary>
    /// <param name="matrices">Rows and columns of each matrix.</param>
    /// <returns>The median of several, after one unmeasured.</returns>
    public static TimeSpan Measure(IReadOnlyList<(int Rows, int Columns)> matrices)
    {
        short[][] weights = [.. matrices.Select(m => new short[m.Rows * m.Columns])];
        foreach (short[] matrix in weights)
        {
            new Random(1).NextBytes(MemoryMarshal.AsBytes(matrix.AsSpan()));
        }

        short[] x = new short[matrices.Max(m => m.Columns)];
        new Random(2).NextBytes(MemoryMarshal.AsBytes(x.AsSpan()));
        int[] y = new int[matrices.Max(m => m.Rows)];
        List<TimeSpan> times = [];
        for (int run = 0; run <= Runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < weights.Length; i++)
            {
                Multiply(weights[i], x.AsSpan(0, matrices[i].Columns), y.AsSpan(0, matrices[i].Rows));
            }

            times.Add(Stopwatch.GetElapsedTime(start));
        }

        return TimeSpan.FromSeconds(Timing.Of(times.Skip(1)).Median);
    }

    /// <summary>y = W·x with sums of 32 bits, which may wrap.</summary>
    internal static void Multiply(ReadOnlySpan<short> w, ReadOnlySpan<short> x, Span<int> y)
    {
        for (int row = 0; row < y.Length; row++)
        {
            y[row] = Dot(w.Slice(row * x.Length, x.Length), x);
        }
    }

    private static int Dot(ReadOnlySpan<short> w, ReadOnlySpan<short> x)
    {
        Vector<int> low = Vector<int>.Zero;
        Vector<int> high = Vector<int>.Zero;
        int i = 0;
        for (; i + Vector<short>.Count <= x.Length; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(w[i..]), out Vector<int> wLow, out Vector<int> wHigh);
            Vector.Widen(new Vector<short>(x[i..]), out Vector<int> xLow, out Vector<int> xHigh);
            low += wLow * xLow;
            high += wHigh * xHigh;
        }

        int sum = Vector.Sum(low + high);
        for (; i < x.Length; i++)
        {
            sum += w[i] * x[i];
        }

        return sum;
    }
}
