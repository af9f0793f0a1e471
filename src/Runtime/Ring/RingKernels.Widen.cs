using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MPCache.Ring;

/// <content>Signed 16-bit integers as ring words.</content>
public static partial class RingKernels
{
    /// <summary>destination[i] = source[i], its sign extended.</summary>
    /// <param name="source">The integers.</param>
    /// <param name="destination">As many words.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Widen(ReadOnlySpan<short> source, Span<ulong> destination)
    {
        if (source.Length != destination.Length)
        {
            throw new ArgumentException($"{source.Length} integers do not fill {destination.Length} words.", nameof(destination));
        }

        int done = Vector512.IsHardwareAccelerated ? Widen<WordVector512>(source, destination)
            : Vector256.IsHardwareAccelerated ? Widen<WordVector256>(source, destination)
            : 0;
        for (; done < source.Length; done++)
        {
            destination[done] = (ulong)(long)source[done];
        }
    }

    /// <summary>As many as fill vectors.</summary>
    internal static int Widen<TVector>(ReadOnlySpan<short> source, Span<ulong> destination)
        where TVector : struct, IWordVector<TVector>
    {
        ref short from = ref MemoryMarshal.GetReference(source);
        ref ulong to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        for (; i + TVector.Count <= source.Length; i += TVector.Count)
        {
            TVector.Store(TVector.Load(ref from, (nuint)i), ref to, (nuint)i);
        }

        return i;
    }
}
