using System;
using System.Collections.Generic;
using MPCache.Execution;
using MPCache.Gates;

namespace MPCache.Bench.Kernels;

/// <summary>Rows in a secret order, at the party that moves first: permuted, padded and packed.</summary>
internal static class ShuffleKernels
{
    private const int Groups = 12;
    private const int Rows = 2048;
    private const int Ring = 32;

    /// <summary>Bytes of the wire an element, ⌈Ring/8⌉.</summary>
    private const int RingBytes = 4;

    /// <summary>Single elements, such as scores, and rows of a head's size.</summary>
    public static IEnumerable<Kernel> All()
    {
        foreach (int rowSize in new[] { 1, 64 })
        {
            GateStage stage = new();
            int count = Groups * Rows * rowSize;
            RingValue x = new(Operands.Words(count), Operands.Words(count), count);
            Run drawing = stage.Server();
            Permutation order = SecretOrder.Draw<ServerRole>(drawing, drawing.At(0), Groups, Rows);

            string size = FormattableString.Invariant($"{Groups} × {Rows} rows of {rowSize}");
            yield return new Kernel("shuffle, server", size, count, "values", () =>
            {
                Run run = stage.Server();
                run.Free(Shuffle.Put<ServerRole>(run, run.At(1), x, order, rowSize, Ring, inverse: false));
            })
            {
                // Read, padded with a mask that is expanded beside a share of the new one, and written to the message.
                Least = KernelGroups.Least(Roofs.Memory, count * (sizeof(ulong) + (double)RingBytes)),
            };
        }
    }
}
