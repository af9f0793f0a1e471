using System.Runtime.CompilerServices;

namespace MPCache.Ring;

/// <content>Products of few rows whose operands both lie along the summed axis: y[r, o] = Σ_k x[r, k]·w[o, k].</content>
public static partial class RingMatMul
{
    /// <summary>One pass over the weights, four of their rows against two rows of x at a time.</summary>
    private static void Dots<TVector, TElement, TElements, TStore>(
        ref TElement weights, nuint stride, ref ulong x, ref ulong y, int outputs, int inner, int rows, int columns)
        where TVector : struct, IWordVector<TVector>
        where TElement : unmanaged
        where TElements : struct, IElements<TElement>
        where TStore : struct, IStore
    {
        int output = 0;
        for (; output + 4 <= outputs; output += 4)
        {
            ref TElement w = ref Unsafe.Add(ref weights, (nuint)output * stride);
            int row = 0;
            for (; row + 2 <= rows; row += 2)
            {
                ref ulong result = ref Unsafe.Add(ref y, ((nint)row * columns) + output);
                Dots4x2<TVector, TElement, TElements, TStore>(
                    ref w, stride, ref Unsafe.Add(ref x, (nint)row * inner), (nuint)inner, ref result, (nuint)columns);
            }

            if (row < rows)
            {
                ref ulong result = ref Unsafe.Add(ref y, ((nint)row * columns) + output);
                Dots4x1<TVector, TElement, TElements, TStore>(
                    ref w, stride, ref Unsafe.Add(ref x, (nint)row * inner), (nuint)inner, ref result);
            }
        }

        for (; output < outputs; output++)
        {
            ref TElement w = ref Unsafe.Add(ref weights, (nuint)output * stride);
            for (int row = 0; row < rows; row++)
            {
                WordVector64 sum = new(Dot<TVector, TElement, TElements>(ref w, ref Unsafe.Add(ref x, (nint)row * inner), (nuint)inner));
                TStore.Store(sum, ref y, (nuint)(((nint)row * columns) + output));
            }
        }
    }

    private static void Dots4x2<TVector, TElement, TElements, TStore>(
        ref TElement w, nuint stride, ref ulong x, nuint length, ref ulong y, nuint columns)
        where TVector : struct, IWordVector<TVector>
        where TElement : unmanaged
        where TElements : struct, IElements<TElement>
        where TStore : struct, IStore
    {
        nuint count = (nuint)TVector.Count;
        if (length < count)
        {
            Dots4x1<TVector, TElement, TElements, TStore>(ref w, stride, ref x, length, ref y);
            Dots4x1<TVector, TElement, TElements, TStore>(
                ref w, stride, ref Unsafe.Add(ref x, length), length, ref Unsafe.Add(ref y, columns));
            return;
        }

        ref TElement w1 = ref Unsafe.Add(ref w, stride);
        ref TElement w2 = ref Unsafe.Add(ref w1, stride);
        ref TElement w3 = ref Unsafe.Add(ref w2, stride);
        ref ulong x1 = ref Unsafe.Add(ref x, length);
        TVector s00 = TVector.Zero, s10 = TVector.Zero, s20 = TVector.Zero, s30 = TVector.Zero;
        TVector s01 = TVector.Zero, s11 = TVector.Zero, s21 = TVector.Zero, s31 = TVector.Zero;
        nuint k = 0;
        for (; k + count <= length; k += count)
        {
            TVector left = TVector.Load(ref x, k);
            TVector right = TVector.Load(ref x1, k);
            TVector row = TElements.Load<TVector>(ref w, k);
            s00 += row * left;
            s01 += row * right;
            row = TElements.Load<TVector>(ref w1, k);
            s10 += row * left;
            s11 += row * right;
            row = TElements.Load<TVector>(ref w2, k);
            s20 += row * left;
            s21 += row * right;
            row = TElements.Load<TVector>(ref w3, k);
            s30 += row * left;
            s31 += row * right;
        }

        if (k < length)
        {
            int rest = (int)(length - k);
            k = length - count;
            TVector left = TVector.KeepLast(TVector.Load(ref x, k), rest);
            TVector right = TVector.KeepLast(TVector.Load(ref x1, k), rest);
            TVector row = TElements.Load<TVector>(ref w, k);
            s00 += row * left;
            s01 += row * right;
            row = TElements.Load<TVector>(ref w1, k);
            s10 += row * left;
            s11 += row * right;
            row = TElements.Load<TVector>(ref w2, k);
            s20 += row * left;
            s21 += row * right;
            row = TElements.Load<TVector>(ref w3, k);
            s30 += row * left;
            s31 += row * right;
        }

        TStore.Store(new WordVector256(TVector.Sum(s00, s10, s20, s30)), ref y, 0);
        TStore.Store(new WordVector256(TVector.Sum(s01, s11, s21, s31)), ref y, columns);
    }

    private static void Dots4x1<TVector, TElement, TElements, TStore>(
        ref TElement w, nuint stride, ref ulong x, nuint length, ref ulong y)
        where TVector : struct, IWordVector<TVector>
        where TElement : unmanaged
        where TElements : struct, IElements<TElement>
        where TStore : struct, IStore
    {
        nuint count = (nuint)TVector.Count;
        ref TElement w1 = ref Unsafe.Add(ref w, stride);
        ref TElement w2 = ref Unsafe.Add(ref w1, stride);
        ref TElement w3 = ref Unsafe.Add(ref w2, stride);
        if (length < count)
        {
            for (nuint output = 0; output < 4; output++)
            {
                ulong dot = Dot<TVector, TElement, TElements>(ref Unsafe.Add(ref w, output * stride), ref x, length);
                TStore.Store(new WordVector64(dot), ref y, output);
            }

            return;
        }

        TVector s0 = TVector.Zero, s1 = TVector.Zero, s2 = TVector.Zero, s3 = TVector.Zero;
        nuint k = 0;
        for (; k + count <= length; k += count)
        {
            TVector column = TVector.Load(ref x, k);
            s0 += TElements.Load<TVector>(ref w, k) * column;
            s1 += TElements.Load<TVector>(ref w1, k) * column;
            s2 += TElements.Load<TVector>(ref w2, k) * column;
            s3 += TElements.Load<TVector>(ref w3, k) * column;
        }

        if (k < length)
        {
            int rest = (int)(length - k);
            k = length - count;
            TVector column = TVector.KeepLast(TVector.Load(ref x, k), rest);
            s0 += TElements.Load<TVector>(ref w, k) * column;
            s1 += TElements.Load<TVector>(ref w1, k) * column;
            s2 += TElements.Load<TVector>(ref w2, k) * column;
            s3 += TElements.Load<TVector>(ref w3, k) * column;
        }

        TStore.Store(new WordVector256(TVector.Sum(s0, s1, s2, s3)), ref y, 0);
    }

    private static ulong Dot<TVector, TElement, TElements>(ref TElement w, ref ulong x, nuint length)
        where TVector : struct, IWordVector<TVector>
        where TElement : unmanaged
        where TElements : struct, IElements<TElement>
    {
        nuint count = (nuint)TVector.Count;
        TVector sums = TVector.Zero;
        nuint k = 0;
        for (; k + count <= length; k += count)
        {
            sums += TElements.Load<TVector>(ref w, k) * TVector.Load(ref x, k);
        }

        ulong sum = TVector.Sum(sums);
        for (; k < length; k++)
        {
            sum += TElements.Word(Unsafe.Add(ref w, k)) * Unsafe.Add(ref x, k);
        }

        return sum;
    }
}
