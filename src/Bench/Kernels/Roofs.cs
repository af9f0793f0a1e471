using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Threading.Tasks;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace MPCache.Bench.Kernels;

/// <summary>What the machine does at best: memory read, AES rounds and products of words, the last two in registers alone.</summary>
internal static class Roofs
{
    /// <summary>Reading memory, on one core.</summary>
    public const string Memory = "memory read";

    /// <summary>AES-128 of one block.</summary>
    public const string Aes = "aes";

    /// <summary>A product of 64-bit words and its sum.</summary>
    public const string Products = "products";

    /// <summary>Much larger than the caches of any processor of today.</summary>
    private const int Words = 1 << 26;

    private const int Rounds = 10;
    private const int Lanes = 8;
    private const int Loops = 1 << 14;

    /// <summary>Keeps what loops compute, which otherwise would not be computed.</summary>
    private static ulong sink;

    /// <summary>All roofs.</summary>
    public static IEnumerable<IEnumerable<Kernel>> All()
    {
        yield return MemoryReads();
        if (X86Aes.IsSupported)
        {
            yield return [new Kernel(Aes, "in registers", Loops * Lanes, "blocks", AesRounds)];
        }

        yield return [new Kernel(Products, "in registers", (double)Loops * Lanes * LanesOfWords, "products", MultiplyAdd)];
    }

    /// <summary>Whether there is a roof of this name on this machine.</summary>
    public static bool Has(string name) => name != Aes || X86Aes.IsSupported;

    private static int LanesOfWords => Vector512.IsHardwareAccelerated ? Vector512<ulong>.Count : Vector256<ulong>.Count;

    private static IEnumerable<Kernel> MemoryReads()
    {
        ulong[] words = new ulong[Words];
        words.AsSpan().Fill(1);
        string size = FormattableString.Invariant($"{(long)Words * sizeof(ulong) >> 20} MiB");
        yield return new Kernel(Memory, size, (double)Words * sizeof(ulong), "bytes", () => sink += Sum(words));
        int cores = Environment.ProcessorCount;
        if (cores > 1)
        {
            int part = Words / cores;
            yield return new Kernel(
                $"{Memory}, all cores", size, (double)part * cores * sizeof(ulong), "bytes",
                () => Parallel.For(0, cores, i => Sum(words.AsSpan(i * part, part))))
            {
                Cores = cores,
            };
        }
    }

    private static ulong Sum(ReadOnlySpan<ulong> words)
    {
        ref ulong word = ref MemoryMarshal.GetReference(words);
        Vector512<ulong> a = default, b = default, c = default, d = default;
        nuint count = (nuint)Vector512<ulong>.Count;
        for (nuint i = 0; i + (4 * count) <= (nuint)words.Length; i += 4 * count)
        {
            a += Vector512.LoadUnsafe(ref word, i);
            b += Vector512.LoadUnsafe(ref word, i + count);
            c += Vector512.LoadUnsafe(ref word, i + (2 * count));
            d += Vector512.LoadUnsafe(ref word, i + (3 * count));
        }

        return Vector512.Sum(a + b + c + d);
    }

    private static void AesRounds()
    {
        Vector128<byte> key = Vector128.Create((byte)sink);
        Vector128<byte> b0 = key, b1 = ~key, b2 = key, b3 = ~key, b4 = key, b5 = ~key, b6 = key, b7 = ~key;
        for (int i = 0; i < Loops; i++)
        {
            for (int r = 0; r < Rounds; r++)
            {
                b0 = X86Aes.Encrypt(b0, key);
                b1 = X86Aes.Encrypt(b1, key);
                b2 = X86Aes.Encrypt(b2, key);
                b3 = X86Aes.Encrypt(b3, key);
                b4 = X86Aes.Encrypt(b4, key);
                b5 = X86Aes.Encrypt(b5, key);
                b6 = X86Aes.Encrypt(b6, key);
                b7 = X86Aes.Encrypt(b7, key);
            }
        }

        sink += (b0 ^ b1 ^ b2 ^ b3 ^ b4 ^ b5 ^ b6 ^ b7).AsUInt64().ToScalar();
    }

    private static void MultiplyAdd()
    {
        sink += Vector512.IsHardwareAccelerated ? MultiplyAdd512(sink | 1) : MultiplyAdd256(sink | 1);
    }

    // Every product has a factor of its own that changes in each loop, and sums are far apart: only the multiplier limits.
    private static ulong MultiplyAdd512(ulong start)
    {
        Vector512<ulong> x = Vector512.Create(start);
        Vector512<ulong> z = ~x;
        Vector512<ulong> y0 = x + Vector512<ulong>.Indices;
        Vector512<ulong> y1 = y0 + y0, y2 = y1 + y0, y3 = y2 + y0;
        Vector512<ulong> s0 = x, s1 = x, s2 = x, s3 = x, s4 = x, s5 = x, s6 = x, s7 = x;
        for (int i = 0; i < Loops; i++)
        {
            x += y0;
            z += y1;
            s0 += x * y0;
            s1 += x * y1;
            s2 += x * y2;
            s3 += x * y3;
            s4 += z * y0;
            s5 += z * y1;
            s6 += z * y2;
            s7 += z * y3;
        }

        return Vector512.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7);
    }

    private static ulong MultiplyAdd256(ulong start)
    {
        Vector256<ulong> x = Vector256.Create(start);
        Vector256<ulong> z = ~x;
        Vector256<ulong> y0 = x + Vector256<ulong>.Indices;
        Vector256<ulong> y1 = y0 + y0, y2 = y1 + y0, y3 = y2 + y0;
        Vector256<ulong> s0 = x, s1 = x, s2 = x, s3 = x, s4 = x, s5 = x, s6 = x, s7 = x;
        for (int i = 0; i < Loops; i++)
        {
            x += y0;
            z += y1;
            s0 += x * y0;
            s1 += x * y1;
            s2 += x * y2;
            s3 += x * y3;
            s4 += z * y0;
            s5 += z * y1;
            s6 += z * y2;
            s7 += z * y3;
        }

        return Vector256.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7);
    }
}
