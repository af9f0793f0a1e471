using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MPCache.Ring;

/// <summary>
/// A few ring words handled at once. Kernels are written once against this interface; the width is chosen by the hardware, and the
/// tests run every width on any hardware.
/// </summary>
internal interface IWordVector<TSelf>
    where TSelf : struct, IWordVector<TSelf>
{
    static abstract int Count { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf operator +(TSelf x, TSelf y);

    static abstract TSelf operator -(TSelf x, TSelf y);

    /// <summary>The low 64 bits of the products.</summary>
    static abstract TSelf operator *(TSelf x, TSelf y);

    static abstract TSelf Broadcast(ulong word);

    static abstract TSelf Load(ref ulong origin, nuint offset);

    /// <summary>Loads 16-bit integers and extends their signs.</summary>
    static abstract TSelf Load(ref short origin, nuint offset);

    static abstract void Store(TSelf vector, ref ulong origin, nuint offset);

    /// <summary>
    /// Keeps the last <paramref name="kept"/> lanes and clears those before: the rest of a row, read by an overlapping load.
    /// </summary>
    static abstract TSelf KeepLast(TSelf vector, int kept);

    static abstract ulong Sum(TSelf vector);

    /// <summary>The sums of the lanes of four vectors, side by side.</summary>
    static abstract Vector256<ulong> Sum(TSelf a, TSelf b, TSelf c, TSelf d);
}

/// <summary>Eight words in a 512-bit register.</summary>
internal readonly struct WordVector512(Vector512<ulong> lanes) : IWordVector<WordVector512>
{
    private readonly Vector512<ulong> lanes = lanes;

    public static int Count => 8;

    public static WordVector512 Zero => new(Vector512<ulong>.Zero);

    public static WordVector512 operator +(WordVector512 x, WordVector512 y) => new(x.lanes + y.lanes);

    public static WordVector512 operator -(WordVector512 x, WordVector512 y) => new(x.lanes - y.lanes);

    public static WordVector512 operator *(WordVector512 x, WordVector512 y) => new(x.lanes * y.lanes);

    public static WordVector512 Broadcast(ulong word) => new(Vector512.Create(word));

    public static WordVector512 Load(ref ulong origin, nuint offset) => new(Vector512.LoadUnsafe(ref origin, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordVector512 Load(ref short origin, nuint offset)
    {
        Vector128<short> narrow = Vector128.LoadUnsafe(ref origin, offset);
        if (Avx512F.IsSupported)
        {
            return new(Avx512F.ConvertToVector512Int64(narrow).AsUInt64());
        }

        (Vector128<int> low, Vector128<int> high) = Vector128.Widen(narrow);
        return new(Vector512.Create(WordVector256.Widen(low), WordVector256.Widen(high)));
    }

    public static void Store(WordVector512 vector, ref ulong origin, nuint offset) => vector.lanes.StoreUnsafe(ref origin, offset);

    public static WordVector512 KeepLast(WordVector512 vector, int kept) =>
        new(vector.lanes & Vector512.GreaterThanOrEqual(Vector512<ulong>.Indices, Vector512.Create((ulong)(Count - kept))));

    public static ulong Sum(WordVector512 vector) => Vector512.Sum(vector.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Sum(WordVector512 a, WordVector512 b, WordVector512 c, WordVector512 d) =>
        WordVector256.Sum(a.Halve(), b.Halve(), c.Halve(), d.Halve());

    private WordVector256 Halve() => new(lanes.GetLower() + lanes.GetUpper());
}

/// <summary>Four words in a 256-bit register.</summary>
internal readonly struct WordVector256(Vector256<ulong> lanes) : IWordVector<WordVector256>
{
    private readonly Vector256<ulong> lanes = lanes;

    public static int Count => 4;

    public static WordVector256 Zero => new(Vector256<ulong>.Zero);

    public static WordVector256 operator +(WordVector256 x, WordVector256 y) => new(x.lanes + y.lanes);

    public static WordVector256 operator -(WordVector256 x, WordVector256 y) => new(x.lanes - y.lanes);

    public static WordVector256 operator *(WordVector256 x, WordVector256 y) => new(x.lanes * y.lanes);

    public static WordVector256 Broadcast(ulong word) => new(Vector256.Create(word));

    public static WordVector256 Load(ref ulong origin, nuint offset) => new(Vector256.LoadUnsafe(ref origin, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordVector256 Load(ref short origin, nuint offset)
    {
        // Four integers are 64 bits: a wider load could leave the span.
        ulong bits = Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<short, byte>(ref Unsafe.Add(ref origin, offset)));
        Vector128<short> narrow = Vector128.CreateScalarUnsafe(bits).AsInt16();
        return new(Avx2.IsSupported ? Avx2.ConvertToVector256Int64(narrow).AsUInt64() : Widen(Vector128.WidenLower(narrow)));
    }

    public static void Store(WordVector256 vector, ref ulong origin, nuint offset) => vector.lanes.StoreUnsafe(ref origin, offset);

    public static WordVector256 KeepLast(WordVector256 vector, int kept) =>
        new(vector.lanes & Vector256.GreaterThanOrEqual(Vector256<ulong>.Indices, Vector256.Create((ulong)(Count - kept))));

    public static ulong Sum(WordVector256 vector) => Vector256.Sum(vector.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Sum(WordVector256 a, WordVector256 b, WordVector256 c, WordVector256 d)
    {
        if (Avx2.IsSupported)
        {
            // (a0+a1, b0+b1, a2+a3, b2+b3), the same for c and d, then the 128-bit halves crosswise.
            Vector256<ulong> ab = Avx2.UnpackLow(a.lanes, b.lanes) + Avx2.UnpackHigh(a.lanes, b.lanes);
            Vector256<ulong> cd = Avx2.UnpackLow(c.lanes, d.lanes) + Avx2.UnpackHigh(c.lanes, d.lanes);
            return Avx2.Permute2x128(ab, cd, 0x20) + Avx2.Permute2x128(ab, cd, 0x31);
        }

        return Vector256.Create(Sum(a), Sum(b), Sum(c), Sum(d));
    }

    internal static Vector256<ulong> Widen(Vector128<int> narrow)
    {
        (Vector128<long> low, Vector128<long> high) = Vector128.Widen(narrow);
        return Vector256.Create(low, high).AsUInt64();
    }
}

/// <summary>One word: the portable width.</summary>
internal readonly struct WordVector64(ulong word) : IWordVector<WordVector64>
{
    private readonly ulong word = word;

    public static int Count => 1;

    public static WordVector64 Zero => default;

    public static WordVector64 operator +(WordVector64 x, WordVector64 y) => new(x.word + y.word);

    public static WordVector64 operator -(WordVector64 x, WordVector64 y) => new(x.word - y.word);

    public static WordVector64 operator *(WordVector64 x, WordVector64 y) => new(x.word * y.word);

    public static WordVector64 Broadcast(ulong word) => new(word);

    public static WordVector64 Load(ref ulong origin, nuint offset) => new(Unsafe.Add(ref origin, offset));

    public static WordVector64 Load(ref short origin, nuint offset) => new((ulong)(long)Unsafe.Add(ref origin, offset));

    public static void Store(WordVector64 vector, ref ulong origin, nuint offset) => Unsafe.Add(ref origin, offset) = vector.word;

    public static WordVector64 KeepLast(WordVector64 vector, int kept) => kept == 0 ? Zero : vector;

    public static ulong Sum(WordVector64 vector) => vector.word;

    public static Vector256<ulong> Sum(WordVector64 a, WordVector64 b, WordVector64 c, WordVector64 d) =>
        Vector256.Create(a.word, b.word, c.word, d.word);
}
