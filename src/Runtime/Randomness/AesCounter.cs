using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System;
using MPCache.Execution;
using MPCache.Ring;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace MPCache.Randomness;

/// <summary>
/// Expands a seed into the randomness of every <see cref="Address"/>: AES-128 in counter mode (NIST SP 800-38A), where the counter block
/// is the address itself, big-endian: call (32 bits), slot, outer, middle, inner (16 bits each), block index (32 bits). Distinct addresses
/// never share a block. Word i of an address is half i mod 2 of block ⌊i/2⌋, little-endian. The same address always gives the same
/// words, so each must serve a single purpose, at a single ring. May be used from several threads at once.
/// </summary>
public sealed class AesCounter : IDisposable
{
    /// <summary>Bytes of a seed.</summary>
    public const int KeyBytes = 16;

    private const int BlockBytes = 16;
    private const int Rounds = 10;
    private const int Lanes = 8;
    private const int GroupWords = 2 * Lanes;
    private const ulong MaximumWords = 2UL << 32;

    // Pinned, so that the collector leaves no copy of the key behind.
    private readonly Vector128<byte>[]? schedule;
    private readonly Aes? portable;
    private bool disposed;

    /// <summary>Starts from a uniformly random seed.</summary>
    /// <param name="key">16 secret bytes; the caller's copy may be cleared afterwards.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    public AesCounter(ReadOnlySpan<byte> key)
        : this(key, X86Aes.IsSupported)
    {
    }

    /// <summary>Starts from a seed with the processor's AES instructions, or with the platform's AES.</summary>
    internal AesCounter(ReadOnlySpan<byte> key, bool instructions)
    {
        if (key.Length != KeyBytes)
        {
            throw new ArgumentException($"A seed has {KeyBytes} bytes, not {key.Length}.", nameof(key));
        }

        if (instructions)
        {
            schedule = GC.AllocateUninitializedArray<Vector128<byte>>(Rounds + 1, pinned: true);
            ExpandKey(key, schedule);
        }
        else
        {
            portable = Aes.Create();
            portable.SetKey(key);
        }
    }

    /// <summary>Fills the destination with the uniform words of an address.</summary>
    /// <param name="address">Where the randomness belongs.</param>
    /// <param name="destination">Receives words 0, 1, 2, … of the address.</param>
    /// <exception cref="ObjectDisposedException">The seed has been cleared.</exception>
    public void Expand(in Address address, Span<ulong> destination) => Expand(address, 0, destination);

    /// <summary>Fills the destination with uniform ring values: the words of an address, each reduced to the ring.</summary>
    /// <param name="address">Where the randomness belongs.</param>
    /// <param name="destination">Receives elements 0, 1, 2, … of the address.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <exception cref="ObjectDisposedException">The seed has been cleared.</exception>
    public void Expand(in Address address, Span<ulong> destination, int ring)
    {
        Expand(address, 0, destination);
        RingKernels.Reduce(destination, ring);
    }

    /// <summary>Fills the destination with uniform bits, 64 to the word, lowest first.</summary>
    /// <param name="address">Where the randomness belongs.</param>
    /// <param name="words">Receives bits 0 to 63, 64 to 127, … of the address.</param>
    /// <exception cref="ObjectDisposedException">The seed has been cleared.</exception>
    public void ExpandBits(in Address address, Span<ulong> words) => Expand(address, 0, words);

    /// <summary>Fills the destination with a later part of the words of an address, so that long masks are made piece by piece.</summary>
    /// <param name="address">Where the randomness belongs.</param>
    /// <param name="first">Number of the first word wanted.</param>
    /// <param name="destination">Receives words first, first + 1, … of the address.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address has only 2^33 words.</exception>
    /// <exception cref="ObjectDisposedException">The seed has been cleared.</exception>
    public void Expand(in Address address, ulong first, Span<ulong> destination)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (first > MaximumWords || (ulong)destination.Length > MaximumWords - first)
        {
            throw new ArgumentOutOfRangeException(nameof(first), first, "An address has 2^32 blocks, that is 2^33 words.");
        }

        Vector128<byte> origin = CounterBlock(address);
        uint block = (uint)(first / 2);
        Span<ulong> group = stackalloc ulong[GroupWords];
        int odd = (int)(first % 2);
        if (odd != 0 && !destination.IsEmpty)
        {
            Fill(origin, block, group);
            int taken = Math.Min(destination.Length, GroupWords - odd);
            group.Slice(odd, taken).CopyTo(destination);
            destination = destination[taken..];
            block += Lanes;
        }

        int whole = destination.Length - (destination.Length % GroupWords);
        Fill(origin, block, destination[..whole]);
        if (whole < destination.Length)
        {
            Fill(origin, block + (uint)(whole / 2), group);
            group[..(destination.Length - whole)].CopyTo(destination[whole..]);
        }
    }

    /// <summary>Clears the key.</summary>
    public void Dispose()
    {
        disposed = true;
        if (schedule is not null)
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(schedule.AsSpan()));
        }

        portable?.Dispose();
    }

    /// <summary>Encrypts single blocks: the cipher itself, for its published test vectors.</summary>
    internal void EncryptBlocks(ReadOnlySpan<byte> blocks, Span<byte> destination)
    {
        if (schedule is null)
        {
            // The platform's object makes no promise about threads.
            lock (portable!)
            {
                portable.EncryptEcb(blocks, destination, PaddingMode.None);
            }

            return;
        }

        for (int i = 0; i < blocks.Length; i += BlockBytes)
        {
            Encrypt(Vector128.Create(blocks.Slice(i, BlockBytes)), schedule).CopyTo(destination.Slice(i, BlockBytes));
        }
    }

    private static Vector128<byte> CounterBlock(in Address address) => Vector128.Create(
        BigEndian(address.Call),
        BigEndian(((uint)address.Slot << 16) | address.Outer),
        BigEndian(((uint)address.Middle << 16) | address.Inner),
        0).AsByte();

    private static Vector128<byte> AtBlock(Vector128<byte> origin, uint block) =>
        origin.AsUInt32().WithElement(3, BigEndian(block)).AsByte();

    private static uint BigEndian(uint value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    /// <summary>Fills whole groups of blocks.</summary>
    private void Fill(Vector128<byte> origin, uint block, Span<ulong> groups)
    {
        if (schedule is null)
        {
            FillPortable(origin, block, groups);
        }
        else
        {
            FillWithInstructions(origin, block, groups, schedule);
        }
    }

    private void FillPortable(Vector128<byte> origin, uint block, Span<ulong> groups)
    {
        const int BlocksAtOnce = 8 * Lanes;
        Span<byte> buffer = stackalloc byte[BlocksAtOnce * BlockBytes];
        while (!groups.IsEmpty)
        {
            int blocks = Math.Min(BlocksAtOnce, groups.Length / 2);
            Span<byte> part = buffer[..(blocks * BlockBytes)];
            for (int i = 0; i < blocks; i++)
            {
                AtBlock(origin, block++).CopyTo(part.Slice(i * BlockBytes, BlockBytes));
            }

            EncryptBlocks(part, part);
            for (int i = 0; i < 2 * blocks; i++)
            {
                groups[i] = BinaryPrimitives.ReadUInt64LittleEndian(part.Slice(i * sizeof(ulong), sizeof(ulong)));
            }

            groups = groups[(2 * blocks)..];
        }
    }

    private static void FillWithInstructions(Vector128<byte> origin, uint block, Span<ulong> groups, Vector128<byte>[] schedule)
    {
        ref ulong word = ref MemoryMarshal.GetReference(groups);
        ref Vector128<byte> key = ref MemoryMarshal.GetArrayDataReference(schedule);
        nuint length = (nuint)groups.Length;

        // The instruction takes several cycles but can start every cycle: eight independent blocks keep it busy.
        for (nuint i = 0; i < length; i += GroupWords)
        {
            Vector128<byte> round = key;
            Vector128<byte> b0 = AtBlock(origin, block) ^ round;
            Vector128<byte> b1 = AtBlock(origin, block + 1) ^ round;
            Vector128<byte> b2 = AtBlock(origin, block + 2) ^ round;
            Vector128<byte> b3 = AtBlock(origin, block + 3) ^ round;
            Vector128<byte> b4 = AtBlock(origin, block + 4) ^ round;
            Vector128<byte> b5 = AtBlock(origin, block + 5) ^ round;
            Vector128<byte> b6 = AtBlock(origin, block + 6) ^ round;
            Vector128<byte> b7 = AtBlock(origin, block + 7) ^ round;
            for (int r = 1; r < Rounds; r++)
            {
                round = Unsafe.Add(ref key, r);
                b0 = X86Aes.Encrypt(b0, round);
                b1 = X86Aes.Encrypt(b1, round);
                b2 = X86Aes.Encrypt(b2, round);
                b3 = X86Aes.Encrypt(b3, round);
                b4 = X86Aes.Encrypt(b4, round);
                b5 = X86Aes.Encrypt(b5, round);
                b6 = X86Aes.Encrypt(b6, round);
                b7 = X86Aes.Encrypt(b7, round);
            }

            round = Unsafe.Add(ref key, Rounds);
            X86Aes.EncryptLast(b0, round).AsUInt64().StoreUnsafe(ref word, i);
            X86Aes.EncryptLast(b1, round).AsUInt64().StoreUnsafe(ref word, i + 2);
            X86Aes.EncryptLast(b2, round).AsUInt64().StoreUnsafe(ref word, i + 4);
            X86Aes.EncryptLast(b3, round).AsUInt64().StoreUnsafe(ref word, i + 6);
            X86Aes.EncryptLast(b4, round).AsUInt64().StoreUnsafe(ref word, i + 8);
            X86Aes.EncryptLast(b5, round).AsUInt64().StoreUnsafe(ref word, i + 10);
            X86Aes.EncryptLast(b6, round).AsUInt64().StoreUnsafe(ref word, i + 12);
            X86Aes.EncryptLast(b7, round).AsUInt64().StoreUnsafe(ref word, i + 14);
            block += Lanes;
        }
    }

    private static Vector128<byte> Encrypt(Vector128<byte> block, Vector128<byte>[] schedule)
    {
        block ^= schedule[0];
        for (int r = 1; r < Rounds; r++)
        {
            block = X86Aes.Encrypt(block, schedule[r]);
        }

        return X86Aes.EncryptLast(block, schedule[Rounds]);
    }

    /// <summary>The key schedule (FIPS 197, section 5.2), from instructions whose time does not depend on the key.</summary>
    private static void ExpandKey(ReadOnlySpan<byte> key, Span<Vector128<byte>> schedule)
    {
        Vector128<byte> round = Vector128.Create(key);
        schedule[0] = round;
        schedule[1] = round = NextRound(round, X86Aes.KeygenAssist(round, 0x01));
        schedule[2] = round = NextRound(round, X86Aes.KeygenAssist(round, 0x02));
        schedule[3] = round = NextRound(round, X86Aes.KeygenAssist(round, 0x04));
        schedule[4] = round = NextRound(round, X86Aes.KeygenAssist(round, 0x08));
        schedule[5] = round = NextRound(round, X86Aes.KeygenAssist(round, 0x10));
        schedule[6] = round = NextRound(round, X86Aes.KeygenAssist(round, 0x20));
        schedule[7] = round = NextRound(round, X86Aes.KeygenAssist(round, 0x40));
        schedule[8] = round = NextRound(round, X86Aes.KeygenAssist(round, 0x80));
        schedule[9] = round = NextRound(round, X86Aes.KeygenAssist(round, 0x1b));
        schedule[10] = NextRound(round, X86Aes.KeygenAssist(round, 0x36));
    }

    private static Vector128<byte> NextRound(Vector128<byte> round, Vector128<byte> assist)
    {
        // Each column is the sum of those before it: two doublings of the shifted key give the four prefix sums.
        round ^= ShiftColumns(round, 1);
        round ^= ShiftColumns(round, 2);
        return round ^ Vector128.Shuffle(assist.AsUInt32(), Vector128.Create(3u)).AsByte();
    }

    private static Vector128<byte> ShiftColumns(Vector128<byte> round, int columns)
    {
        // An index past the end gives zero.
        Vector128<uint> from = Vector128<uint>.Indices - Vector128.Create((uint)columns);
        return Vector128.Shuffle(round.AsUInt32(), from).AsByte();
    }
}
