using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MPCache.Ring;

/// <content>Linear combinations in one pass over memory.</content>
public static partial class RingKernels
{
    /// <summary>Computes the rows of a sum. There is a loop of its own for every number of summands that count once, are taken off, or have
    /// another factor.</summary>
    /// <param name="sum">The sum; its summands are in the order of <see cref="FactorKind"/>.</param>
    internal static void Combine(in WordSum sum)
    {
        switch (KindAt(sum.Count, 0, sum.FactorA))
        {
            case FactorKind.One:
                Combine<One>(sum);
                break;
            case FactorKind.MinusOne:
                Combine<MinusOne>(sum);
                break;
            case FactorKind.Other:
                Combine<Other>(sum);
                break;
            default:
                Combine<None, None, None, None>(sum);
                break;
        }
    }

    /// <summary>What kind of factor this is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static FactorKind KindOf(ulong factor) =>
        factor == 1 ? FactorKind.One : factor == ulong.MaxValue ? FactorKind.MinusOne : FactorKind.Other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FactorKind KindAt(int count, int index, ulong factor) => index < count ? KindOf(factor) : FactorKind.None;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Combine<TA>(in WordSum sum)
        where TA : struct, IFactor
    {
        FactorKind kind = KindAt(sum.Count, 1, sum.FactorB);
        if (kind == FactorKind.None)
        {
            Combine<TA, None, None, None>(sum);
        }
        else if (TA.Kind <= FactorKind.One && kind == FactorKind.One)
        {
            Combine<TA, One>(sum);
        }
        else if (TA.Kind <= FactorKind.MinusOne && kind == FactorKind.MinusOne)
        {
            Combine<TA, MinusOne>(sum);
        }
        else
        {
            Combine<TA, Other>(sum);
        }
    }

    private static void Combine<TA, TB>(in WordSum sum)
        where TA : struct, IFactor
        where TB : struct, IFactor
    {
        FactorKind kind = KindAt(sum.Count, 2, sum.FactorC);
        if (kind == FactorKind.None)
        {
            Combine<TA, TB, None, None>(sum);
        }
        else if (TB.Kind <= FactorKind.One && kind == FactorKind.One)
        {
            Combine<TA, TB, One>(sum);
        }
        else if (TB.Kind <= FactorKind.MinusOne && kind == FactorKind.MinusOne)
        {
            Combine<TA, TB, MinusOne>(sum);
        }
        else
        {
            Combine<TA, TB, Other>(sum);
        }
    }

    private static void Combine<TA, TB, TC>(in WordSum sum)
        where TA : struct, IFactor
        where TB : struct, IFactor
        where TC : struct, IFactor
    {
        FactorKind kind = KindAt(sum.Count, 3, sum.FactorD);
        if (kind == FactorKind.None)
        {
            Combine<TA, TB, TC, None>(sum);
        }
        else if (TC.Kind <= FactorKind.One && kind == FactorKind.One)
        {
            Combine<TA, TB, TC, One>(sum);
        }
        else if (TC.Kind <= FactorKind.MinusOne && kind == FactorKind.MinusOne)
        {
            Combine<TA, TB, TC, MinusOne>(sum);
        }
        else
        {
            Combine<TA, TB, TC, Other>(sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Combine<TA, TB, TC, TD>(in WordSum sum)
        where TA : struct, IFactor
        where TB : struct, IFactor
        where TC : struct, IFactor
        where TD : struct, IFactor
    {
        int apart = sum.A.Along;
        if (!(Along<TA>(sum.A, apart) && Along<TB>(sum.B, apart) && Along<TC>(sum.C, apart) && Along<TD>(sum.D, apart)))
        {
            Words<TA, TB, TC, TD>(sum);
        }
        else if (sum.Z.Along == 1 && (TA.Kind == FactorKind.None || apart == 1))
        {
            Vectors<TA, TB, TC, TD>(sum);
        }
        else if (sum.Z.Along == 1 && apart == 2)
        {
            EveryOther<TA, TB, TC, TD>(sum);
        }
        else
        {
            Alike<TA, TB, TC, TD>(sum);
        }
    }

    /// <summary>Rows whose words follow each other.</summary>
    private static void Vectors<TA, TB, TC, TD>(in WordSum sum)
        where TA : struct, IFactor
        where TB : struct, IFactor
        where TC : struct, IFactor
        where TD : struct, IFactor
    {
        nint length = sum.Length;
        nint lanes = Vector512<ulong>.Count;
        nint whole = length & -lanes;

        // What is left of a row is the end of one more vector, where words may be computed twice.
        bool again = whole > 0 && !sum.InPlace;
        (Vector512<ulong> a, Vector512<ulong> b) = (Vector512.Create(sum.FactorA), Vector512.Create(sum.FactorB));
        (Vector512<ulong> c, Vector512<ulong> d) = (Vector512.Create(sum.FactorC), Vector512.Create(sum.FactorD));
        (nint downZ, nint downA, nint downB) = (BytesDown(sum.Z), BytesDown(sum.A), BytesDown(sum.B));
        (nint downC, nint downD, nint downNumber) = (BytesDown(sum.C), BytesDown(sum.D), BytesDown(sum.Number));
        ulong constant = sum.Constant;
        (Vector512<ulong> start, Vector512<ulong> mask) = (Vector512.Create(constant), Vector512.Create(sum.Mask));
        for (nint block = 0; block < sum.Blocks; block++)
        {
            ref ulong z = ref Block(sum.Z, block);
            ref ulong rowA = ref Block(sum.A, block);
            ref ulong rowB = ref Block(sum.B, block);
            ref ulong rowC = ref Block(sum.C, block);
            ref ulong rowD = ref Block(sum.D, block);
            ref ulong number = ref Block(sum.Number, block);
            for (int left = sum.Rows; ;)
            {
                if (sum.NumberFactor != 0)
                {
                    constant = sum.Constant + (sum.NumberFactor * number);
                    start = Vector512.Create(constant);
                }

                nint i = 0;
                for (; i < whole; i += lanes)
                {
                    Vector512<ulong> ab = TB.Add(TA.Add(start, ref rowA, i, a), ref rowB, i, b);
                    (TD.Add(TC.Add(ab, ref rowC, i, c), ref rowD, i, d) & mask).StoreUnsafe(ref z, (nuint)i);
                }

                if (i < length)
                {
                    if (again)
                    {
                        i = length - lanes;
                        Vector512<ulong> ab = TB.Add(TA.Add(start, ref rowA, i, a), ref rowB, i, b);
                        (TD.Add(TC.Add(ab, ref rowC, i, c), ref rowD, i, d) & mask).StoreUnsafe(ref z, (nuint)i);
                        i = length;
                    }

                    for (; i < length; i++)
                    {
                        ulong ab = TB.Add(TA.Add(constant, ref rowA, i, sum.FactorA), ref rowB, i, sum.FactorB);
                        Unsafe.Add(ref z, i) = TD.Add(TC.Add(ab, ref rowC, i, sum.FactorC), ref rowD, i, sum.FactorD) & sum.Mask;
                    }
                }

                if (--left <= 0)
                {
                    break;
                }

                z = ref Unsafe.AddByteOffset(ref z, downZ);
                rowA = ref Unsafe.AddByteOffset(ref rowA, downA);
                rowB = ref Unsafe.AddByteOffset(ref rowB, downB);
                rowC = ref Unsafe.AddByteOffset(ref rowC, downC);
                rowD = ref Unsafe.AddByteOffset(ref rowD, downD);
                number = ref Unsafe.AddByteOffset(ref number, downNumber);
            }
        }
    }

    /// <summary>Rows of every other word, as of pairs: with a distance that the compiler knows an address costs nothing.</summary>
    private static void EveryOther<TA, TB, TC, TD>(in WordSum sum)
        where TA : struct, IFactor
        where TB : struct, IFactor
        where TC : struct, IFactor
        where TD : struct, IFactor
    {
        (ulong a, ulong b, ulong c, ulong d) = (sum.FactorA, sum.FactorB, sum.FactorC, sum.FactorD);
        (nint length, ulong mask) = (sum.Length, sum.Mask);
        for (nint block = 0; block < sum.Blocks; block++)
        {
            for (nint row = 0; row < sum.Rows; row++)
            {
                ref ulong z = ref Row(sum.Z, block, row);
                ref ulong rowA = ref Row(sum.A, block, row);
                ref ulong rowB = ref Row(sum.B, block, row);
                ref ulong rowC = ref Row(sum.C, block, row);
                ref ulong rowD = ref Row(sum.D, block, row);
                ulong constant = Constant(sum, block, row);
                for (nint i = 0; i < length; i++)
                {
                    ulong ab = TB.Add(TA.Add(constant, ref rowA, 2 * i, a), ref rowB, 2 * i, b);
                    Unsafe.Add(ref z, i) = TD.Add(TC.Add(ab, ref rowC, 2 * i, c), ref rowD, 2 * i, d) & mask;
                }
            }
        }
    }

    /// <summary>Rows whose words stand apart, in all summands equally far.</summary>
    private static void Alike<TA, TB, TC, TD>(in WordSum sum)
        where TA : struct, IFactor
        where TB : struct, IFactor
        where TC : struct, IFactor
        where TD : struct, IFactor
    {
        (ulong a, ulong b, ulong c, ulong d) = (sum.FactorA, sum.FactorB, sum.FactorC, sum.FactorD);
        (nint along, nint apart, ulong mask) = (sum.Z.Along, sum.A.Along, sum.Mask);
        for (nint block = 0; block < sum.Blocks; block++)
        {
            for (nint row = 0; row < sum.Rows; row++)
            {
                ref ulong z = ref Row(sum.Z, block, row);
                ref ulong rowA = ref Row(sum.A, block, row);
                ref ulong rowB = ref Row(sum.B, block, row);
                ref ulong rowC = ref Row(sum.C, block, row);
                ref ulong rowD = ref Row(sum.D, block, row);
                ulong constant = Constant(sum, block, row);
                (nint to, nint from, nint next) = (0, 0, apart);

                // Two words a step halve what the step itself costs.
                int left = sum.Length;
                for (; left > 1; left -= 2)
                {
                    ulong ab = TB.Add(TA.Add(constant, ref rowA, from, a), ref rowB, from, b);
                    Unsafe.Add(ref z, to) = TD.Add(TC.Add(ab, ref rowC, from, c), ref rowD, from, d) & mask;
                    to += along;
                    ab = TB.Add(TA.Add(constant, ref rowA, next, a), ref rowB, next, b);
                    Unsafe.Add(ref z, to) = TD.Add(TC.Add(ab, ref rowC, next, c), ref rowD, next, d) & mask;
                    (to, from, next) = (to + along, from + (2 * apart), next + (2 * apart));
                }

                if (left > 0)
                {
                    ulong ab = TB.Add(TA.Add(constant, ref rowA, from, a), ref rowB, from, b);
                    Unsafe.Add(ref z, to) = TD.Add(TC.Add(ab, ref rowC, from, c), ref rowD, from, d) & mask;
                }
            }
        }
    }

    /// <summary>Rows whose words stand apart.</summary>
    private static void Words<TA, TB, TC, TD>(in WordSum sum)
        where TA : struct, IFactor
        where TB : struct, IFactor
        where TC : struct, IFactor
        where TD : struct, IFactor
    {
        (ulong a, ulong b, ulong c, ulong d) = (sum.FactorA, sum.FactorB, sum.FactorC, sum.FactorD);
        (nint along, ulong mask) = (sum.Z.Along, sum.Mask);
        (nint alongA, nint alongB, nint alongC, nint alongD) = (sum.A.Along, sum.B.Along, sum.C.Along, sum.D.Along);
        for (nint block = 0; block < sum.Blocks; block++)
        {
            for (nint row = 0; row < sum.Rows; row++)
            {
                ref ulong z = ref Row(sum.Z, block, row);
                ref ulong rowA = ref Row(sum.A, block, row);
                ref ulong rowB = ref Row(sum.B, block, row);
                ref ulong rowC = ref Row(sum.C, block, row);
                ref ulong rowD = ref Row(sum.D, block, row);
                ulong constant = Constant(sum, block, row);
                (nint at, nint atA, nint atB, nint atC, nint atD) = (0, 0, 0, 0, 0);
                for (int left = sum.Length; left > 0; left--)
                {
                    ulong ab = TB.Add(TA.Add(constant, ref rowA, atA, a), ref rowB, atB, b);
                    Unsafe.Add(ref z, at) = TD.Add(TC.Add(ab, ref rowC, atC, c), ref rowD, atD, d) & mask;
                    (at, atA, atB, atC, atD) = (at + along, atA + alongA, atB + alongB, atC + alongC, atD + alongD);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Along<TFactor>(in WordRows rows, int apart)
        where TFactor : struct, IFactor => TFactor.Kind == FactorKind.None || rows.Along == apart;

    private static nint BytesDown(in WordRows rows) => (nint)rows.Down * sizeof(ulong);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ulong Block(in WordRows rows, nint block) => ref Unsafe.Add(ref rows.First, block * rows.Over);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ulong Row(in WordRows rows, nint block, nint row) =>
        ref Unsafe.Add(ref rows.First, (block * rows.Over) + (row * rows.Down));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Constant(in WordSum sum, nint block, nint row) =>
        sum.NumberFactor == 0 ? sum.Constant : sum.Constant + (sum.NumberFactor * Row(sum.Number, block, row));

    /// <summary>A summand with a factor of a kind.</summary>
    private interface IFactor
    {
        static abstract FactorKind Kind { get; }

        static abstract Vector512<ulong> Add(Vector512<ulong> sum, ref ulong row, nint at, Vector512<ulong> factor);

        static abstract ulong Add(ulong sum, ref ulong row, nint at, ulong factor);
    }

    private readonly struct None : IFactor
    {
        public static FactorKind Kind => FactorKind.None;

        public static Vector512<ulong> Add(Vector512<ulong> sum, ref ulong row, nint at, Vector512<ulong> factor) => sum;

        public static ulong Add(ulong sum, ref ulong row, nint at, ulong factor) => sum;
    }

    private readonly struct One : IFactor
    {
        public static FactorKind Kind => FactorKind.One;

        public static Vector512<ulong> Add(Vector512<ulong> sum, ref ulong row, nint at, Vector512<ulong> factor) =>
            sum + Vector512.LoadUnsafe(ref row, (nuint)at);

        public static ulong Add(ulong sum, ref ulong row, nint at, ulong factor) => sum + Unsafe.Add(ref row, at);
    }

    private readonly struct MinusOne : IFactor
    {
        public static FactorKind Kind => FactorKind.MinusOne;

        public static Vector512<ulong> Add(Vector512<ulong> sum, ref ulong row, nint at, Vector512<ulong> factor) =>
            sum - Vector512.LoadUnsafe(ref row, (nuint)at);

        public static ulong Add(ulong sum, ref ulong row, nint at, ulong factor) => sum - Unsafe.Add(ref row, at);
    }

    private readonly struct Other : IFactor
    {
        public static FactorKind Kind => FactorKind.Other;

        public static Vector512<ulong> Add(Vector512<ulong> sum, ref ulong row, nint at, Vector512<ulong> factor) =>
            sum + (Vector512.LoadUnsafe(ref row, (nuint)at) * factor);

        public static ulong Add(ulong sum, ref ulong row, nint at, ulong factor) => sum + (Unsafe.Add(ref row, at) * factor);
    }
}
