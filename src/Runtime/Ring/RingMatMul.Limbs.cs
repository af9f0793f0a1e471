using System;
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MPCache.Ring;

/// <content>
/// Products of 16-bit weights with ring words, y[r, o] = Σ_k x[r, k]·w[o, k]. Each word is cut into signed limbs of 11 bits, so that a limb
/// times a weight fits the processor's product of 16-bit integers, which multiplies four times as many at once as a product of words and adds
/// neighbours: x = Σ_l x_l·2^(11 l) gives y = Σ_l 2^(11 l)·Σ_k x_l[k]·w[k], exact modulo 2^64. As many limbs as the ring needs are taken.
/// <para>A pair of products is at most 2·2^10·2^15 = 2^26, so 31 of them are summed in 32 bits before the sums are widened.</para>
/// </content>
public static partial class RingMatMul
{
    private const int LimbBits = 11;
    private const int MostLimbs = 6;
    private const int FewestLimbs = 3;
    private const int PairsInASum = 31;

    /// <summary>Limbs of so many rows of x stay in the second-level cache while all weights pass by.</summary>
    private const int LimbsAtOnce = 1 << 17;

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
        int blocks = (inputs + TVector.Count - 1) / TVector.Count;
        int rowLimbs = blocks * TVector.Count * TLimbs.Count;
        int rowsAtOnce = Math.Clamp(LimbsAtOnce / rowLimbs, 1, Math.Max(n, 1));
        short[] rented = ArrayPool<short>.Shared.Rent(rowsAtOnce * rowLimbs);
        ref short limbs = ref MemoryMarshal.GetArrayDataReference(rented);
        ref short w = ref MemoryMarshal.GetReference(weights);
        for (int first = 0; first < n; first += rowsAtOnce)
        {
            int rows = Math.Min(rowsAtOnce, n - first);
            for (int row = 0; row < rows; row++)
            {
                Cut<TVector, TLimbs>(x.Slice((first + row) * inputs, inputs), rented.AsSpan(row * rowLimbs, rowLimbs));
            }

            Span<ulong> results = y.Slice(first * outputs, rows * outputs);
            int output = 0;
            for (; output + 2 <= outputs; output += 2)
            {
                ref short pair = ref Unsafe.Add(ref w, (nint)output * inputs);
                for (int row = 0; row < rows; row++)
                {
                    (ulong even, ulong odd) = DotsOfLimbs<TVector, TLimbs>(
                        ref pair, ref Unsafe.Add(ref pair, inputs), ref Unsafe.Add(ref limbs, (nint)row * rowLimbs), inputs);
                    results[(row * outputs) + output] = even;
                    results[(row * outputs) + output + 1] = odd;
                }
            }

            if (output < outputs)
            {
                ref short last = ref Unsafe.Add(ref w, (nint)output * inputs);
                for (int row = 0; row < rows; row++)
                {
                    results[(row * outputs) + output] = DotsOfLimbs<TVector, TLimbs>(
                        ref last, ref last, ref Unsafe.Add(ref limbs, (nint)row * rowLimbs), inputs).Even;
                }
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

    private static (ulong Even, ulong Odd) DotsOfLimbs<TVector, TLimbs>(ref short even, ref short odd, ref short limbs, int length)
        where TVector : struct, IShortVector<TVector>
        where TLimbs : struct, ILimbs
    {
        int lanes = TVector.Count;
        int blocks = (length + lanes - 1) / lanes;
        TVector evenTotal = TVector.Zero, oddTotal = TVector.Zero;
        for (int from = 0; from < blocks; from += PairsInASum)
        {
            int to = Math.Min(blocks, from + PairsInASum);
            TVector e0 = TVector.Zero, e1 = TVector.Zero, e2 = TVector.Zero, e3 = TVector.Zero, e4 = TVector.Zero, e5 = TVector.Zero;
            TVector o0 = TVector.Zero, o1 = TVector.Zero, o2 = TVector.Zero, o3 = TVector.Zero, o4 = TVector.Zero, o5 = TVector.Zero;
            for (int i = from; i < to; i++)
            {
                nuint at = (nuint)Math.Min(i * lanes, length - lanes);
                ref short limb = ref Unsafe.Add(ref limbs, (nint)i * lanes * TLimbs.Count);
                TVector evenWeights = TVector.Load(ref even, at);
                TVector oddWeights = TVector.Load(ref odd, at);
                TVector x = TVector.Load(ref limb, 0);
                e0 = TVector.AddPairs(e0, evenWeights, x);
                o0 = TVector.AddPairs(o0, oddWeights, x);
                x = TVector.Load(ref limb, (nuint)lanes);
                e1 = TVector.AddPairs(e1, evenWeights, x);
                o1 = TVector.AddPairs(o1, oddWeights, x);
                x = TVector.Load(ref limb, (nuint)(2 * lanes));
                e2 = TVector.AddPairs(e2, evenWeights, x);
                o2 = TVector.AddPairs(o2, oddWeights, x);
                if (TLimbs.Count > 3)
                {
                    x = TVector.Load(ref limb, (nuint)(3 * lanes));
                    e3 = TVector.AddPairs(e3, evenWeights, x);
                    o3 = TVector.AddPairs(o3, oddWeights, x);
                }

                if (TLimbs.Count > 4)
                {
                    x = TVector.Load(ref limb, (nuint)(4 * lanes));
                    e4 = TVector.AddPairs(e4, evenWeights, x);
                    o4 = TVector.AddPairs(o4, oddWeights, x);
                }

                if (TLimbs.Count > 5)
                {
                    x = TVector.Load(ref limb, (nuint)(5 * lanes));
                    e5 = TVector.AddPairs(e5, evenWeights, x);
                    o5 = TVector.AddPairs(o5, oddWeights, x);
                }
            }

            evenTotal = Join<TVector, TLimbs>(evenTotal, e0, e1, e2, e3, e4, e5);
            oddTotal = Join<TVector, TLimbs>(oddTotal, o0, o1, o2, o3, o4, o5);
        }

        return (TVector.SumOfWords(evenTotal), TVector.SumOfWords(oddTotal));
    }

    /// <summary>Adds the limbs' sums, each at its place, to words.</summary>
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
