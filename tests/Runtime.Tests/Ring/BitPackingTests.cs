using System;
using System.Linq;
using System.Numerics;
using CsCheck;
using MPCache.Ring;
using Xunit;

namespace MPCache.Runtime.Tests.Ring;

public class BitPackingTests
{
    private static readonly Gen<(ulong[] Values, int Bits)> Packed =
        Gen.Select(Words.Arrays(1, 150), Gen.Int[1, 64]).Select((spans, bits) => (spans[0], bits));

    [Fact]
    public void RingValuesAreLittleEndianBytesAndComeBackReduced() => Packed.Sample((values, ring) =>
    {
        int size = (ring + 7) / 8;
        byte[] bytes = new byte[BitPacking.RingLength(values.Length, ring)];
        Array.Fill(bytes, (byte)0xa5);
        BitPacking.PackRing(values, ring, bytes);
        ulong[] reduced = values.Select(value => Reduce(value, ring)).ToArray();
        Assert.Equal(reduced.SelectMany(value => BitConverter.GetBytes(value).Take(size)), bytes);
        ulong[] back = new ulong[values.Length];
        BitPacking.UnpackRing(bytes, ring, back);
        Assert.Equal(reduced, back);
    });

    [Fact]
    public void BitsAreOneContiguousString() => Packed.Sample((values, bits) =>
    {
        byte[] bytes = new byte[BitPacking.BitsLength(values.Length, bits)];
        Array.Fill(bytes, (byte)0xa5);
        BitPacking.PackBits(values, bits, bytes);
        BigInteger text = BigInteger.Zero;
        for (int i = 0; i < values.Length; i++)
        {
            text |= (BigInteger)Reduce(values[i], bits) << (i * bits);
        }

        byte[] expected = text.ToByteArray(isUnsigned: true);
        Array.Resize(ref expected, ((values.Length * bits) + 7) / 8);
        Assert.Equal(expected, bytes);
        ulong[] back = new ulong[values.Length];
        BitPacking.UnpackBits(bytes, bits, back);
        Assert.Equal(values.Select(value => Reduce(value, bits)), back);
    });

    [Fact]
    public void BitsOutsideTheRingAreDroppedWhenRead()
    {
        ulong[] values = new ulong[40];
        BitPacking.UnpackRing(Enumerable.Repeat((byte)0xff, 80).ToArray(), 12, values);
        Assert.All(values, value => Assert.Equal(0xfffUL, value));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void OnlyTheExactLengthIsAccepted(int surplus)
    {
        ulong[] values = new ulong[9];
        foreach (int bits in new[] { 1, 7, 8, 16, 20, 32, 40, 64 })
        {
            byte[] ring = new byte[BitPacking.RingLength(9, bits) + surplus];
            byte[] text = new byte[BitPacking.BitsLength(9, bits) + surplus];
            Assert.Throws<ArgumentException>(() => BitPacking.PackRing(values, bits, ring));
            Assert.Throws<ArgumentException>(() => BitPacking.UnpackRing(ring, bits, values));
            Assert.Throws<ArgumentException>(() => BitPacking.PackBits(values, bits, text));
            Assert.Throws<ArgumentException>(() => BitPacking.UnpackBits(text, bits, values));
        }
    }

    [Fact]
    public void LengthsBeyondASpanAreRejected()
    {
        Assert.Throws<OverflowException>(() => BitPacking.RingLength(int.MaxValue, 64));
        Assert.Throws<OverflowException>(() => BitPacking.BitsLength(int.MaxValue, 64));
        Assert.Throws<ArgumentOutOfRangeException>(() => BitPacking.BitsLength(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => BitPacking.BitsLength(1, 65));
        Assert.Throws<ArgumentOutOfRangeException>(() => BitPacking.RingLength(-1, 8));
    }

    private static ulong Reduce(ulong value, int ring) => (ulong)(value % (BigInteger.One << ring));
}
