using System.Collections.Generic;
using MPCache.Execution;
using MPCache.Randomness;

namespace MPCache.Bench.Kernels;

/// <summary>The expansion of a seed, from which all masks and shares come.</summary>
internal static class AesKernels
{
    private const int BlockBytes = 16;

    /// <summary>In the first-level cache, and in memory.</summary>
    public static IEnumerable<Kernel> All()
    {
        AesCounter counter = new(AesMaskSource.DrawSeed());
        uint call = 0;
        foreach ((string size, int words) in new[] { ("16 KiB", 1 << 11), ("64 MiB", 1 << 23) })
        {
            ulong[] target = new ulong[words];
            double blocks = (double)words * sizeof(ulong) / BlockBytes;
            yield return new Kernel("aes counter", size, blocks, "blocks", () => counter.Expand(new Address(call++, 0, 0, 0, 0), target))
            {
                Least = KernelGroups.Least(Roofs.Aes, blocks),
            };
        }
    }
}
