using System;
using System.Collections.Generic;
using MPCache.Ring;

namespace MPCache.Bench.Kernels;

/// <summary>Ring words to bytes of the wire and back, and bit strings of the tape's widths.</summary>
internal static class PackingKernels
{
    private const int Count = 1 << 22;

    /// <summary>Rings of whole words, of 3 and of 5 bytes.</summary>
    private static readonly int[] Rings = [24, 32, 40];

    /// <summary>Masks' digits of 1, 4 and 5 bits, and the unit vectors of a comparison in 16 bits.</summary>
    private static readonly int[] Widths = [1, 15, 31, 60];

    /// <summary>All of them.</summary>
    public static IEnumerable<Kernel> All()
    {
        ulong[] values = Operands.Words(Count);
        byte[] bytes = new byte[Count * sizeof(ulong)];
        foreach (int ring in Rings)
        {
            int length = BitPacking.RingLength(Count, ring);
            yield return Of("pack ring", ring, length, () => BitPacking.PackRing(values, ring, bytes.AsSpan(0, length)));
            yield return Of("unpack ring", ring, length, () => BitPacking.UnpackRing(bytes.AsSpan(0, length), ring, values));
        }

        foreach (int width in Widths)
        {
            int length = BitPacking.BitsLength(Count, width);
            yield return Of("pack bits", width, length, () => BitPacking.PackBits(values, width, bytes.AsSpan(0, length)));
            yield return Of("unpack bits", width, length, () => BitPacking.UnpackBits(bytes.AsSpan(0, length), width, values));
        }
    }

    private static Kernel Of(string name, int bits, int packed, Action run) =>
        new(name, FormattableString.Invariant($"{Count >> 20} M values of {bits} bits"), Count, "values", run)
        {
            // Words and bytes, one read, the other written.
            Least = KernelGroups.Least(Roofs.Memory, ((double)Count * sizeof(ulong)) + packed),
        };
}
