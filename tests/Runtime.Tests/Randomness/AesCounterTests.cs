using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System;
using CsCheck;
using MPCache.Execution;
using MPCache.Randomness;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;
using Xunit;

namespace MPCache.Runtime.Tests.Randomness;

public class AesCounterTests
{
    private static readonly byte[] Key = Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c");

    private static readonly Gen<Address> Addresses = Gen.Select(Gen.UInt, Gen.UShort, Gen.UShort, Gen.UShort, Gen.UShort)
        .Select((call, slot, outer, middle, inner) => new Address(call, slot, outer, middle, inner));

    public static IEnumerable<object[]> Implementations() =>
        (X86Aes.IsSupported ? new[] { false, true } : new[] { false }).Select(instructions => new object[] { instructions });

    // FIPS 197, appendix C.1, and the four blocks of NIST SP 800-38A, F.1.1.
    [Theory]
    [MemberData(nameof(Implementations))]
    public void PublishedVectors(bool instructions)
    {
        using AesCounter fips = new(Convert.FromHexString("000102030405060708090a0b0c0d0e0f"), instructions);
        byte[] block = new byte[16];
        fips.EncryptBlocks(Convert.FromHexString("00112233445566778899aabbccddeeff"), block);
        Assert.Equal("69c4e0d86a7b0430d8cdb78070b4c55a", Convert.ToHexStringLower(block));

        using AesCounter nist = new(Key, instructions);
        byte[] blocks = new byte[64];
        nist.EncryptBlocks(
            Convert.FromHexString(
                "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"),
            blocks);
        Assert.Equal(
            "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
            + "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4",
            Convert.ToHexStringLower(blocks));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void WordsAreTheCipherOfAddressAndBlockIndex(bool instructions)
    {
        using AesCounter counter = new(Key, instructions);
        Gen.Select(Addresses, Gen.Int[0, 300], Gen.Frequency((1, Gen.ULong[0, 40]), (1, Gen.ULong[0, (2UL << 32) - 300])))
            .Sample((address, length, first) =>
            {
                ulong[] words = new ulong[length];
                counter.Expand(address, first, words);
                Assert.Equal(Definition(address, first, length), words);
            });
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void RingAndBitsAreTheSameWords(bool instructions)
    {
        using AesCounter counter = new(Key, instructions);
        Gen.Select(Addresses, Gen.Int[0, 80], Gen.Int[1, 64]).Sample((address, length, ring) =>
        {
            ulong[] words = new ulong[length];
            counter.Expand(address, words);
            ulong[] bits = new ulong[length];
            counter.ExpandBits(address, bits);
            Assert.Equal(words, bits);
            ulong[] values = new ulong[length];
            counter.Expand(address, values, ring);
            Assert.Equal(words.Select(word => word & (ulong.MaxValue >> (64 - ring))), values);
        });
    }

    [Fact]
    public void AddressesDoNotShareBlocks()
    {
        using AesCounter counter = new(Key);
        Address[] addresses =
        [
            new(0, 0, 0, 0, 0), new(1, 0, 0, 0, 0), new(0, 1, 0, 0, 0), new(0, 0, 1, 0, 0), new(0, 0, 0, 1, 0), new(0, 0, 0, 0, 1),
            new(1 << 16, 0, 0, 0, 0), new(0, 1 << 8, 0, 0, 0),
            new(uint.MaxValue, ushort.MaxValue, ushort.MaxValue, ushort.MaxValue, ushort.MaxValue),
        ];
        HashSet<ulong> seen = [];
        foreach (Address address in addresses)
        {
            ulong[] words = new ulong[64];
            counter.Expand(address, words);
            Assert.All(words, word => Assert.True(seen.Add(word)));
        }
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void TheLastBlockCanBeReadAndNoneAfterIt(bool instructions)
    {
        using AesCounter counter = new(Key, instructions);
        Address address = new(3, 1, 4, 1, 5);
        const ulong End = 2UL << 32;
        ulong[] words = new ulong[21];
        counter.Expand(address, End - 21, words);
        Assert.Equal(Definition(address, End - 21, 21), words);
        Assert.Throws<ArgumentOutOfRangeException>(() => counter.Expand(address, End - 20, words));
        Assert.Throws<ArgumentOutOfRangeException>(() => counter.Expand(address, ulong.MaxValue, words));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void AClearedSeedGivesNothing(bool instructions)
    {
        AesCounter counter = new(Key, instructions);
        counter.Dispose();
        counter.Dispose();
        Assert.Throws<ObjectDisposedException>(() => counter.Expand(default, new ulong[4]));
        Assert.Throws<ObjectDisposedException>(() => counter.Expand(default, new ulong[4], 16));
        Assert.Throws<ObjectDisposedException>(() => counter.ExpandBits(default, new ulong[4]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(32)]
    public void OtherKeyLengthsAreRejected(int bytes) => Assert.Throws<ArgumentException>(() => new AesCounter(new byte[bytes]));

    private static ulong[] Definition(Address address, ulong first, int length)
    {
        using Aes aes = Aes.Create();
        aes.Key = Key;
        ulong[] words = new ulong[length];
        byte[] block = new byte[16];
        for (int i = 0; i < length; i++)
        {
            ulong word = first + (ulong)i;
            UInt128 counter = ((UInt128)address.Call << 96) | ((UInt128)address.Slot << 80) | ((UInt128)address.Outer << 64)
                | ((UInt128)address.Middle << 48) | ((UInt128)address.Inner << 32) | (word / 2);
            BinaryPrimitives.WriteUInt128BigEndian(block, counter);
            byte[] cipher = aes.EncryptEcb(block, PaddingMode.None);
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(cipher.AsSpan((int)(word % 2) * 8));
        }

        return words;
    }
}
