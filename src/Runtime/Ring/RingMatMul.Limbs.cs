using System;
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MPCache.Ring;

/// <content>
/// Products of 16-bit weights with a few rows of ring words, y[r, o] = Σ_k x[r, k]·w[o, k]. Each word is cut into signed limbs of 12 bits, so
/// that a limb times a weight fits the processor's product of 16-bit integers, which multiplies four times as many at once as a product of
/// words and adds neighbours: x = Σ_l x_l·2^(12 l) gives y = Σ_l 2^(12 l)·Σ_k x_l[k]·w[k], exact modulo 2^64. As many limbs as the ring
/// needs are taken.
/// <para>A pair of products is at most 2·2^11·2^15 = 2^27, so 15 of them are summed in 32 bits before the sums are widened.</para>
/// </content>
public static partial class RingMatMul
{
    private const int LimbBits = 12;
    private const int MostLimbs = 6;
    private const int FewestLimbs = 3;
    private const int PairsInASum = 15;

    /// <summary>y = x·Wᵀ at one vector width, right in the low <paramref name="ring"/> bits.</summary>
    internal static void LinearInLimbs<TVector>(
        ReadOnlySpan<short> weights, ReadOnlySpan<ulong> x, Span<ulong> y, int outputs, int inputs, int n, int ring)
        where TVector : struct, IShortVector<TVector>
    {
        CheckLinear(weights.Length, x.Length, y.Length, outputs, inputs, n);
        if (inputs < TVector.Count)
        {
            // Not one whole vector: nothing to be gained.
            LinearWidest<short, Int16Elements>(weights, x, y, outputs, inputs, n);
            return;
        }

        switch (Math.Clamp((ring + LimbBits - 1) / LimbBits, FewestLimbs, MostLimbs))
        {
            case 3:
                LinearInLimbs<TVector, ThreeLimbs>(weights, x, y, outputs, inputs, n);
                break;
            case 4:
                LinearInLimbs<TVector, FourLimbs>(weights, x, y, outputs, inputs, n);
                break;
            case 5:
                LinearInLimbs<TVector, FiveLimbs>(weights, x, y, outputs, inputs, n);
                break;
            default:
                LinearInLimbs<TVector, SixLimbs>(weights, x, y, outputs, inputs, n);
                break;
        }
    }

    private static void LinearInLimbs<TVector, TLimbs>(
        ReadOnlySpan<short> weights, ReadOnlySpan<ulong> x, Span<ulong> y, int outputs, int inputs, int n)
        where TVector : struct, IShortVector<TVector>
        where TLimbs : struct, ILimbs
    {
        int rowLimbs = (inputs + TVector.Count - 1) / TVector.Count * TVector.Count * TLimbs.Count;
        short[] rented = ArrayPool<short>.Shared.Rent(n * rowLimbs);
        for (int row = 0; row < n; row++)
        {
            Cut<TVector, TLimbs>(x.Slice(row * inputs, inputs), rented.AsSpan(row * rowLimbs, rowLimbs));
        }

        ref short limbs = ref MemoryMarshal.GetArrayDataReference(rented);
        ref short w = ref MemoryMarshal.GetReference(weights);
        for (int output = 0; output < outputs; output += 2)
        {
            // An odd number of rows ends with one that is its own neighbour.
            int neighbour = Math.Min(output + 1, outputs - 1);
            ref short even = ref Unsafe.Add(ref w, (nint)output * inputs);
            ref short odd = ref Unsafe.Add(ref w, (nint)neighbour * inputs);
            for (int row = 0; row < n; row++)
            {
                (ulong first, ulong second) = DotsOfLimbs<TVector, TLimbs>(
                    ref even, ref odd, ref Unsafe.Add(ref limbs, (nint)row * rowLimbs), inputs);
                y[(row * outputs) + output] = first;
                y[(row * outputs) + neighbour] = second;
            }
        }

        ArrayPool<short>.Shared.Return(rented);
    }

    /// <summary>
    /// Cuts a row into limbs, a vector of the lowest ones, one of the next, … for as many elements as a vector has. The last elements are read
    /// by a vector that ends with the row; what of it was read before has zeros here.
    /// </summary>
    private static void Cut<TVector, TLimbs>(ReadOnlySpan<ulong> x, Span<short> limbs)
        where TVector : struct, IShortVector<TVector>
        where TLimbs : struct, ILimbs
    {
        int lanes = TVector.Count;
        int block = lanes * TLimbs.Count;
        int whole = x.Length - (x.Length % lanes);
        for (int i = 0; i < whole; i += lanes)
        {
            Cut<TLimbs>(x.Slice(i, lanes), limbs.Slice(i / lanes * block, block), lanes);
        }

        if (whole < x.Length)
        {
            Span<short> last = limbs.Slice(whole / lanes * block, block);
            last.Clear();
            Cut<TLimbs>(x[whole..], last[(lanes - (x.Length - whole))..], lanes);
        }
    }

    private static void Cut<TLimbs>(ReadOnlySpan<ulong> x, Span<short> limbs, int stride)
        where TLimbs : struct, ILimbs
    {
        const int unused = 64 - LimbBits;
        for (int i = 0; i < x.Length; i++)
        {
            ulong rest = x[i];
            for (int limb = 0; limb < TLimbs.Count; limb++)
            {
                long low = (long)(rest << unused) >> unused;
                limbs[(limb * stride) + i] = (short)low;

                // The signed limb's borrow goes to the next one. What leaves the word above is a multiple of 2^64.
                rest = (ulong)((long)(rest - (ulong)low) >> LimbBits);
            }
        }
    }

    /// <summary>Two rows of weights times one of x.</summary>
    private static (ulong Even, ulong Odd) DotsOfLimbs<TVector, TLimbs>(ref short even, ref short odd, ref short limbs, int length)
        where TVector : struct, IShortVector<TVector>
        where TLimbs : struct, ILimbs
    {
        int lanes = TVector.Count;
        int whole = length / lanes;
        TVector evenTotal = TVector.Zero, oddTotal = TVector.Zero;
        for (int block = 0; block < whole; block += PairsInASum)
        {
            nint at = (nint)block * lanes;
            AddBlocks<TVector, TLimbs>(
                ref Unsafe.Add(ref even, at), ref Unsafe.Add(ref odd, at), ref Unsafe.Add(ref limbs, at * TLimbs.Count),
                Math.Min(whole - block, PairsInASum), ref evenTotal, ref oddTotal);
        }

        if (length % lanes != 0)
        {
            nint at = (nint)length - lanes;
            AddBlocks<TVector, TLimbs>(
                ref Unsafe.Add(ref even, at), ref Unsafe.Add(ref odd, at), ref Unsafe.Add(ref limbs, (nint)whole * lanes * TLimbs.Count), 1,
                ref evenTotal, ref oddTotal);
        }

        return (TVector.SumOfWords(evenTotal), TVector.SumOfWords(oddTotal));
    }

    /// <summary>
    /// As many vectors of weights as may be summed in 32 bits. Nothing is called here: over a call the sums would leave their registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddBlocks<TVector, TLimbs>(
        ref short even, ref short odd, ref short limb, int blocks, ref TVector evenTotal, ref TVector oddTotal)
        where TVector : struct, IShortVector<TVector>
        where TLimbs : struct, ILimbs
    {
        nuint lanes = (nuint)TVector.Count;
        TVector e0 = TVector.Zero, e1 = TVector.Zero, e2 = TVector.Zero, e3 = TVector.Zero, e4 = TVector.Zero, e5 = TVector.Zero;
        TVector o0 = TVector.Zero, o1 = TVector.Zero, o2 = TVector.Zero, o3 = TVector.Zero, o4 = TVector.Zero, o5 = TVector.Zero;
        for (int i = 0; i < blocks; i++)
        {
            TVector evenWeights = TVector.Load(ref even, 0);
            TVector oddWeights = TVector.Load(ref odd, 0);
            TVector x = TVector.Load(ref limb, 0);
            e0 = TVector.AddPairs(e0, evenWeights, x);
            o0 = TVector.AddPairs(o0, oddWeights, x);
            x = TVector.Load(ref limb, lanes);
            e1 = TVector.AddPairs(e1, evenWeights, x);
            o1 = TVector.AddPairs(o1, oddWeights, x);
            x = TVector.Load(ref limb, 2 * lanes);
            e2 = TVector.AddPairs(e2, evenWeights, x);
            o2 = TVector.AddPairs(o2, oddWeights, x);
            if (TLimbs.Count > 3)
            {
                x = TVector.Load(ref limb, 3 * lanes);
                e3 = TVector.AddPairs(e3, evenWeights, x);
                o3 = TVector.AddPairs(o3, oddWeights, x);
            }

            if (TLimbs.Count > 4)
            {
                x = TVector.Load(ref limb, 4 * lanes);
                e4 = TVector.AddPairs(e4, evenWeights, x);
                o4 = TVector.AddPairs(o4, oddWeights, x);
            }

            if (TLimbs.Count > 5)
            {
                x = TVector.Load(ref limb, 5 * lanes);
                e5 = TVector.AddPairs(e5, evenWeights, x);
                o5 = TVector.AddPairs(o5, oddWeights, x);
            }

            even = ref Unsafe.Add(ref even, lanes);
            odd = ref Unsafe.Add(ref odd, lanes);
            limb = ref Unsafe.Add(ref limb, lanes * (nuint)TLimbs.Count);
        }

        evenTotal = Join<TVector, TLimbs>(evenTotal, e0, e1, e2, e3, e4, e5);
        oddTotal = Join<TVector, TLimbs>(oddTotal, o0, o1, o2, o3, o4, o5);
    }

    /// <summary>Adds the limbs' sums, each at its place, to words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Join<TVector, TLimbs>(TVector total, TVector s0, TVector s1, TVector s2, TVector s3, TVector s4, TVector s5)
        where TVector : struct, IShortVector<TVector>
        where TLimbs : struct, ILimbs
    {
        total = TVector.AddWidened(total, s0, 0);
        total = TVector.AddWidened(total, s1, LimbBits);
        total = TVector.AddWidened(total, s2, 2 * LimbBits);
        total = TLimbs.Count > 3 ? TVector.AddWidened(total, s3, 3 * LimbBits) : total;
        total = TLimbs.Count > 4 ? TVector.AddWidened(total, s4, 4 * LimbBits) : total;
        return TLimbs.Count > 5 ? TVector.AddWidened(total, s5, 5 * LimbBits) : total;
    }

    /// <summary>How many limbs a word has; a constant of the compiled kernel.</summary>
    private interface ILimbs
    {
        static abstract int Count { get; }
    }

    private readonly struct ThreeLimbs : ILimbs
    {
        public static int Count => 3;
    }

    private readonly struct FourLimbs : ILimbs
    {
        public static int Count => 4;
    }

    private readonly struct FiveLimbs : ILimbs
    {
        public static int Count => 5;
    }

    private readonly struct SixLimbs : ILimbs
    {
        public static int Count => 6;
    }
}
