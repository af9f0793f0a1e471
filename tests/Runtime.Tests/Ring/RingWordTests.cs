using System;
using System.Numerics;
using CsCheck;
using MPCache.Ring;
using Xunit;

namespace MPCache.Runtime.Tests.Ring;

public class RingWordTests
{
    [Fact]
    public void MaskSignAndBytesAgreeWithBigIntegers() => Gen.Select(Words.Any, Gen.Int[1, 64]).Sample((value, ring) =>
    {
        BigInteger modulus = BigInteger.One << ring;
        Assert.Equal(modulus - 1, RingWord.Mask(ring));
        BigInteger reduced = value % modulus;
        BigInteger signed = reduced * 2 >= modulus ? reduced - modulus : reduced;
        Assert.Equal(signed, RingWord.SignExtend(value, ring));
        Assert.Equal((ring + 7) / 8, RingWord.Bytes(ring));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65)]
    public void RingsBeyondAWordAreRejected(int ring)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RingWord.Mask(ring));
        Assert.Throws<ArgumentOutOfRangeException>(() => RingWord.SignExtend(0, ring));
        Assert.Throws<ArgumentOutOfRangeException>(() => RingWord.Bytes(ring));
    }
}
