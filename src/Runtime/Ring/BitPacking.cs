using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MPCache.Ring;

/// <summary>
/// Ring words to wire bytes and back. Ring values take ⌈m/8⌉ bytes each, little-endian; bits and small digits are one contiguous string,
/// lowest bit first. Packing drops whatever a word holds above its ring: those bits are no part of the value and were never masked.
/// </summary>
public static class BitPacking
{
    /// <summary>Bytes of <paramref name="count"/> ring values: count·⌈ring/8⌉.</summary>
    /// <param name="count">How many values.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    public static int RingLength(int count, int ring)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return checked(count * RingWord.Bytes(ring));
    }

    /// <summary>Bytes of a bit string of <paramref name="count"/> values: ⌈count·bits/8⌉.</summary>
    /// <param name="count">How many values.</param>
    /// <param name="bitsPerValue">Bits of each, 1 to 64.</param>
    public static int BitsLength(int count, int bitsPerValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CheckBits(bitsPerValue);
        return checked((int)((((long)count * bitsPerValue) + 7) >> 3));
    }

    /// <summary>Writes each value in ⌈ring/8⌉ bytes.</summary>
    /// <param name="values">Ring words, reduced or not.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <param name="destination">Exactly <see cref="RingLength"/> bytes.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public static void PackRing(ReadOnlySpan<ulong> values, int ring, Span<byte> destination)
    {
        CheckLength(destination.Length, RingLength(values.Length, ring), nameof(destination));
        ulong mask = RingWord.Mask(ring);
        int size = RingWord.Bytes(ring);
        int done = size switch
        {
            1 => PackBytes(values, mask, destination),
            2 => PackInt16(values, mask, destination),
            4 => PackInt32(values, mask, destination),
            8 => PackInt64(values, mask, destination),
            _ => 0,
        };

        // A whole word is written each time and the next value overwrites the surplus, as long as there is room for it.
        for (; ((done * size) + sizeof(ulong)) <= destination.Length; done++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination.Slice(done * size, sizeof(ulong)), values[done] & mask);
        }

        for (; done < values.Length; done++)
        {
            ulong value = values[done] & mask;
            for (int i = 0; i < size; i++)
            {
                destination[(done * size) + i] = (byte)(value >> (8 * i));
            }
        }
    }

    /// <summary>Reads values of ⌈ring/8⌉ bytes each; the result is reduced.</summary>
    /// <param name="source">Exactly <see cref="RingLength"/> bytes.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <param name="values">The ring words.</param>
    /// <exception cref="ArgumentException">The source has another length.</exception>
    public static void UnpackRing(ReadOnlySpan<byte> source, int ring, Span<ulong> values)
    {
        CheckLength(source.Length, RingLength(values.Length, ring), nameof(source));
        ulong mask = RingWord.Mask(ring);
        int size = RingWord.Bytes(ring);
        int done = size switch
        {
            1 => UnpackBytes(source, mask, values),
            2 => UnpackInt16(source, mask, values),
            4 => UnpackInt32(source, mask, values),
            8 => UnpackInt64(source, mask, values),
            _ => 0,
        };
        for (; ((done * size) + sizeof(ulong)) <= source.Length; done++)
        {
            values[done] = BinaryPrimitives.ReadUInt64LittleEndian(source.Slice(done * size, sizeof(ulong))) & mask;
        }

        for (; done < values.Length; done++)
        {
            ulong value = 0;
            for (int i = 0; i < size; i++)
            {
                value |= (ulong)source[(done * size) + i] << (8 * i);
            }

            values[done] = value & mask;
        }
    }

    /// <summary>Writes the low bits of the values one after the other; unused bits of the last byte are zero.</summary>
    /// <param name="values">The values; bits above <paramref name="bitsPerValue"/> are dropped.</param>
    /// <param name="bitsPerValue">Bits of each, 1 to 64.</param>
    /// <param name="destination">Exactly <see cref="BitsLength"/> bytes.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public static void PackBits(ReadOnlySpan<ulong> values, int bitsPerValue, Span<byte> destination)
    {
        CheckLength(destination.Length, BitsLength(values.Length, bitsPerValue), nameof(destination));
        if (bitsPerValue is 8 or 16 or 32 or 64)
        {
            PackRing(values, bitsPerValue, destination);
            return;
        }

        ulong mask = RingWord.Mask(bitsPerValue);
        int done = bitsPerValue == 1 ? PackSingleBits(values, destination) : 0;
        int position = (int)((long)done * bitsPerValue / 8);
        ulong pending = 0;
        int held = 0;
        for (; done < values.Length; done++)
        {
            ulong value = values[done] & mask;
            pending |= value << held;
            held += bitsPerValue;
            if (held >= 64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(destination.Slice(position, sizeof(ulong)), pending);
                position += sizeof(ulong);
                held -= 64;

                // What did not fit; a shift by the full width would leave the value unchanged.
                pending = held == 0 ? 0 : value >> (bitsPerValue - held);
            }
        }

        for (; position < destination.Length; position++)
        {
            destination[position] = (byte)pending;
            pending >>= 8;
        }
    }

    /// <summary>Reads values of <paramref name="bitsPerValue"/> bits that lie one after the other.</summary>
    /// <param name="source">Exactly <see cref="BitsLength"/> bytes.</param>
    /// <param name="bitsPerValue">Bits of each, 1 to 64.</param>
    /// <param name="values">The values, reduced.</param>
    /// <exception cref="ArgumentException">The source has another length.</exception>
    public static void UnpackBits(ReadOnlySpan<byte> source, int bitsPerValue, Span<ulong> values)
    {
        CheckLength(source.Length, BitsLength(values.Length, bitsPerValue), nameof(source));
        if (bitsPerValue is 8 or 16 or 32 or 64)
        {
            UnpackRing(source, bitsPerValue, values);
            return;
        }

        ulong mask = RingWord.Mask(bitsPerValue);
        int done = bitsPerValue == 1 ? UnpackSingleBits(source, values) : 0;
        Span<byte> end = stackalloc byte[sizeof(ulong) + 1];
        for (; done < values.Length; done++)
        {
            long bit = (long)done * bitsPerValue;
            int position = (int)(bit >> 3);
            int shift = (int)(bit & 7);
            scoped ReadOnlySpan<byte> window = source[position..];
            if (window.Length <= sizeof(ulong))
            {
                end.Clear();
                window.CopyTo(end);
                window = end;
            }

            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(window) >> shift;
            if (shift + bitsPerValue > 64)
            {
                value |= (ulong)window[sizeof(ulong)] << (64 - shift);
            }

            values[done] = value & mask;
        }
    }

    private static void CheckBits(int bitsPerValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bitsPerValue, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bitsPerValue, 64);
    }

    private static void CheckLength(int length, int expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"The packed values take {expected} bytes, not {length}.", name);
        }
    }

    // Each of the following handles a leading part of the values in whole vectors and returns how many it did.

    private static int PackBytes(ReadOnlySpan<ulong> values, ulong mask, Span<byte> destination)
    {
        ref ulong word = ref MemoryMarshal.GetReference(values);
        ref byte target = ref MemoryMarshal.GetReference(destination);
        Vector256<ulong> kept = Vector256.Create(mask);
        int done = 0;
        for (; done + 32 <= values.Length; done += 32)
        {
            Vector256<ushort> low = Vector256.Narrow(Narrow(ref word, done, kept), Narrow(ref word, done + 8, kept));
            Vector256<ushort> high = Vector256.Narrow(Narrow(ref word, done + 16, kept), Narrow(ref word, done + 24, kept));
            Vector256.Narrow(low, high).StoreUnsafe(ref target, (nuint)done);
        }

        return done;
    }

    private static int PackInt16(ReadOnlySpan<ulong> values, ulong mask, Span<byte> destination)
    {
        if (!BitConverter.IsLittleEndian)
        {
            return 0;
        }

        ref ulong word = ref MemoryMarshal.GetReference(values);
        ref byte target = ref MemoryMarshal.GetReference(destination);
        Vector256<ulong> kept = Vector256.Create(mask);
        int done = 0;
        for (; done + 16 <= values.Length; done += 16)
        {
            Vector256<ushort> narrow = Vector256.Narrow(Narrow(ref word, done, kept), Narrow(ref word, done + 8, kept));
            narrow.AsByte().StoreUnsafe(ref target, (nuint)(2 * done));
        }

        return done;
    }

    private static int PackInt32(ReadOnlySpan<ulong> values, ulong mask, Span<byte> destination)
    {
        if (!BitConverter.IsLittleEndian)
        {
            return 0;
        }

        ref ulong word = ref MemoryMarshal.GetReference(values);
        ref byte target = ref MemoryMarshal.GetReference(destination);
        Vector256<ulong> kept = Vector256.Create(mask);
        int done = 0;
        for (; done + 8 <= values.Length; done += 8)
        {
            Narrow(ref word, done, kept).AsByte().StoreUnsafe(ref target, (nuint)(4 * done));
        }

        return done;
    }

    private static int PackInt64(ReadOnlySpan<ulong> values, ulong mask, Span<byte> destination)
    {
        if (!BitConverter.IsLittleEndian)
        {
            return 0;
        }

        // The destination need not be aligned to words, so it is written as bytes.
        ref ulong word = ref MemoryMarshal.GetReference(values);
        ref byte target = ref MemoryMarshal.GetReference(destination);
        Vector256<ulong> kept = Vector256.Create(mask);
        int done = 0;
        for (; done + 4 <= values.Length; done += 4)
        {
            (Vector256.LoadUnsafe(ref word, (nuint)done) & kept).AsByte().StoreUnsafe(ref target, (nuint)(8 * done));
        }

        return done;
    }

    private static int PackSingleBits(ReadOnlySpan<ulong> values, Span<byte> destination)
    {
        ref ulong word = ref MemoryMarshal.GetReference(values);
        int done = 0;
        for (; done + 8 <= values.Length; done += 8)
        {
            Vector512<ulong> lanes = Vector512.LoadUnsafe(ref word, (nuint)done) << 63;
            destination[done >> 3] = (byte)lanes.ExtractMostSignificantBits();
        }

        return done;
    }

    private static int UnpackBytes(ReadOnlySpan<byte> source, ulong mask, Span<ulong> values)
    {
        ref byte origin = ref MemoryMarshal.GetReference(source);
        ref ulong word = ref MemoryMarshal.GetReference(values);
        Vector256<ulong> kept = Vector256.Create(mask);
        int done = 0;
        for (; done + 32 <= values.Length; done += 32)
        {
            (Vector256<ushort> low, Vector256<ushort> high) = Vector256.Widen(Vector256.LoadUnsafe(ref origin, (nuint)done));
            Widen(low, kept, ref word, done);
            Widen(high, kept, ref word, done + 16);
        }

        return done;
    }

    private static int UnpackInt16(ReadOnlySpan<byte> source, ulong mask, Span<ulong> values)
    {
        if (!BitConverter.IsLittleEndian)
        {
            return 0;
        }

        ref byte origin = ref MemoryMarshal.GetReference(source);
        ref ulong word = ref MemoryMarshal.GetReference(values);
        Vector256<ulong> kept = Vector256.Create(mask);
        int done = 0;
        for (; done + 16 <= values.Length; done += 16)
        {
            Widen(Vector256.LoadUnsafe(ref origin, (nuint)(2 * done)).AsUInt16(), kept, ref word, done);
        }

        return done;
    }

    private static int UnpackInt32(ReadOnlySpan<byte> source, ulong mask, Span<ulong> values)
    {
        if (!BitConverter.IsLittleEndian)
        {
            return 0;
        }

        ref byte origin = ref MemoryMarshal.GetReference(source);
        ref ulong word = ref MemoryMarshal.GetReference(values);
        Vector256<ulong> kept = Vector256.Create(mask);
        int done = 0;
        for (; done + 8 <= values.Length; done += 8)
        {
            Widen(Vector256.LoadUnsafe(ref origin, (nuint)(4 * done)).AsUInt32(), kept, ref word, done);
        }

        return done;
    }

    private static int UnpackInt64(ReadOnlySpan<byte> source, ulong mask, Span<ulong> values)
    {
        if (!BitConverter.IsLittleEndian)
        {
            return 0;
        }

        ref byte origin = ref MemoryMarshal.GetReference(source);
        ref ulong word = ref MemoryMarshal.GetReference(values);
        Vector256<ulong> kept = Vector256.Create(mask);
        int done = 0;
        for (; done + 4 <= values.Length; done += 4)
        {
            (Vector256.LoadUnsafe(ref origin, (nuint)(8 * done)).AsUInt64() & kept).StoreUnsafe(ref word, (nuint)done);
        }

        return done;
    }

    private static int UnpackSingleBits(ReadOnlySpan<byte> source, Span<ulong> values)
    {
        ref ulong word = ref MemoryMarshal.GetReference(values);
        Vector512<ulong> selectors = Vector512.Create(1UL, 2, 4, 8, 16, 32, 64, 128);
        int done = 0;
        for (; done + 8 <= values.Length; done += 8)
        {
            Vector512<ulong> bits = Vector512.Create((ulong)source[done >> 3]) & selectors;
            (Vector512<ulong>.One & Vector512.Equals(bits, selectors)).StoreUnsafe(ref word, (nuint)done);
        }

        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Narrow(ref ulong word, int offset, Vector256<ulong> kept) => Vector256.Narrow(
        Vector256.LoadUnsafe(ref word, (nuint)offset) & kept, Vector256.LoadUnsafe(ref word, (nuint)offset + 4) & kept);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(Vector256<ushort> narrow, Vector256<ulong> kept, ref ulong word, int offset)
    {
        (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(narrow);
        Widen(low, kept, ref word, offset);
        Widen(high, kept, ref word, offset + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(Vector256<uint> narrow, Vector256<ulong> kept, ref ulong word, int offset)
    {
        (Vector256<ulong> low, Vector256<ulong> high) = Vector256.Widen(narrow);
        (low & kept).StoreUnsafe(ref word, (nuint)offset);
        (high & kept).StoreUnsafe(ref word, (nuint)offset + 4);
    }
}
