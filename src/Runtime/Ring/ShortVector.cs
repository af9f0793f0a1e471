using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MPCache.Ring;

/// <summary>
/// A register of 16-bit integers, sums of their products in 32 bits, or words, as the processor's multiply-and-add of neighbours has them.
/// </summary>
internal interface IShortVector<TSelf>
    where TSelf : struct, IShortVector<TSelf>
{
    /// <summary>16-bit integers a register.</summary>
    static abstract int Count { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Load(ref short origin, nuint offset);

    /// <summary>sums + x·y, two neighbouring products added up in each 32 bits.</summary>
    static abstract TSelf AddPairs(TSelf sums, TSelf x, TSelf y);

    /// <summary>words + sums·2^shift, all sums of 32 bits, signed, added to some word.</summary>
    static abstract TSelf AddWidened(TSelf words, TSelf sums, int shift);

    static abstract ulong SumOfWords(TSelf words);
}

/// <summary>32 integers in a 512-bit register.</summary>
internal readonly struct ShortVector512(Vector512<short> lanes) : IShortVector<ShortVector512>
{
    private readonly Vector512<short> lanes = lanes;

    public static bool IsSupported => Avx512BW.IsSupported && Vector512.IsHardwareAccelerated;

    public static int Count => 32;

    public static ShortVector512 Zero => default;

    public static ShortVector512 Load(ref short origin, nuint offset) => new(Vector512.LoadUnsafe(ref origin, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ShortVector512 AddPairs(ShortVector512 sums, ShortVector512 x, ShortVector512 y) =>
        new((sums.lanes.AsInt32() + Avx512BW.MultiplyAddAdjacent(x.lanes, y.lanes)).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ShortVector512 AddWidened(ShortVector512 words, ShortVector512 sums, int shift)
    {
        (Vector512<long> low, Vector512<long> high) = Vector512.Widen(sums.lanes.AsInt32());
        return new((words.lanes.AsInt64() + ((low + high) << shift)).AsInt16());
    }

    public static ulong SumOfWords(ShortVector512 words) => Vector512.Sum(words.lanes.AsUInt64());
}

/// <summary>16 integers in a 256-bit register.</summary>
internal readonly struct ShortVector256(Vector256<short> lanes) : IShortVector<ShortVector256>
{
    private readonly Vector256<short> lanes = lanes;

    public static bool IsSupported => Avx2.IsSupported;

    public static int Count => 16;

    public static ShortVector256 Zero => default;

    public static ShortVector256 Load(ref short origin, nuint offset) => new(Vector256.LoadUnsafe(ref origin, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ShortVector256 AddPairs(ShortVector256 sums, ShortVector256 x, ShortVector256 y) =>
        new((sums.lanes.AsInt32() + Avx2.MultiplyAddAdjacent(x.lanes, y.lanes)).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ShortVector256 AddWidened(ShortVector256 words, ShortVector256 sums, int shift)
    {
        (Vector256<long> low, Vector256<long> high) = Vector256.Widen(sums.lanes.AsInt32());
        return new((words.lanes.AsInt64() + ((low + high) << shift)).AsInt16());
    }

    public static ulong SumOfWords(ShortVector256 words) => Vector256.Sum(words.lanes.AsUInt64());
}
