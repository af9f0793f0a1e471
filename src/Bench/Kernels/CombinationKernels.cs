using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Bench.Kernels;

/// <summary>
/// A step of a tournament, the differences of two parts of every row in a smaller ring, as compiled programs run it, beside the loop that one
/// would write for it by hand.
/// </summary>
internal static class CombinationKernels
{
    private const int Ring = 23;
    private const int Rows = 12;

    /// <summary>Scores of twelve heads, in the cache and beyond it.</summary>
    public static IEnumerable<Kernel> All()
    {
        foreach (int length in new[] { 512, 1 << 17 })
        {
            int half = length / 2;
            int repeats = Math.Max(1, (1 << 17) / length);
            GateStage stage = new();
            RingValue x = new(Operands.Words(Rows * length), Operands.Words(Rows * length), Rows * length);
            string size = FormattableString.Invariant($"{Rows} × {length} values");
            double work = (double)repeats * Rows * half;
            yield return Of("differences", size, work, () =>
            {
                Run run = stage.Server();
                for (int i = 0; i < repeats; i++)
                {
                    run.Free(Local.Combine<ServerRole>(
                        run, Ring, [Rows, half], [new Summand(x, 1, 0, [length, 1]), new Summand(x, -1, half, [length, 1])]));
                }
            });
            yield return Of("differences by hand", size, work, () =>
            {
                Run run = stage.Server();
                for (int i = 0; i < repeats; i++)
                {
                    RingValue z = new(run.Rent(Rows * half), run.Rent(Rows * half), Rows * half);
                    for (int row = 0; row < Rows; row++)
                    {
                        Differences(x.First.Slice(row * length, length), z.First.Slice(row * half, half));
                        Differences(x.Second.Slice(row * length, length), z.Second.Slice(row * half, half));
                    }

                    run.Free(z);
                }
            });
        }
    }

    private static void Differences(ReadOnlySpan<ulong> x, Span<ulong> z)
    {
        ref ulong from = ref MemoryMarshal.GetReference(x);
        ref ulong to = ref MemoryMarshal.GetReference(z);
        Vector512<ulong> mask = Vector512.Create(RingWord.Mask(Ring));
        for (nuint i = 0; i < (nuint)z.Length; i += (nuint)Vector512<ulong>.Count)
        {
            ((Vector512.LoadUnsafe(ref from, i) - Vector512.LoadUnsafe(ref from, i + (nuint)z.Length)) & mask).StoreUnsafe(ref to, i);
        }
    }

    /// <summary>Two words of both planes are read for every value that is written.</summary>
    private static Kernel Of(string name, string size, double values, Action run) => new(name, size, values, "values", run)
    {
        Least = KernelGroups.Least(Roofs.Memory, values * 4 * sizeof(ulong)),
    };
}
