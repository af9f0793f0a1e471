using System;
using System.Runtime.InteropServices;

namespace MPCache.Bench.Kernels;

/// <summary>Random operands, the same in every run.</summary>
internal static class Operands
{
    private const int Seed = 7;

    /// <summary>Random words.</summary>
    public static ulong[] Words(int count) => Fill(new ulong[count]);

    /// <summary>Random 16-bit integers.</summary>
    public static short[] Weights(int count) => Fill(new short[count]);

    private static T[] Fill<T>(T[] elements)
        where T : unmanaged
    {
        new Random(Seed).NextBytes(MemoryMarshal.AsBytes(elements.AsSpan()));
        return elements;
    }
}
