using System.Numerics;
using CsCheck;
using MPCache.Contract;
using Xunit;

namespace MPCache.Runtime.Tests.Contract;

public sealed class CubeRootTests
{
    [Fact]
    public void TheRootIsTheLargestWhoseCubeFits()
    {
        for (long root = 1; root <= 2_097_151; root += root < 3000 ? 1 : 4097)
        {
            long cube = root * root * root;
            Assert.Equal(root - 1, SessionMath.Cbrt(cube - 1));
            Assert.Equal(root, SessionMath.Cbrt(cube));
        }

        Gen.OneOf(Gen.Long[0, 100_000], Gen.Long[0, long.MaxValue]).Sample(a =>
        {
            BigInteger root = SessionMath.Cbrt(a);
            Assert.True(BigInteger.Pow(root, 3) <= a && a < BigInteger.Pow(root + 1, 3));
        }, iter: 2000);
        Assert.Equal(2_097_151, SessionMath.Cbrt(long.MaxValue));
        Assert.All((long[])[0, -1, -8, long.MinValue], a => Assert.Equal(0, SessionMath.Cbrt(a)));
    }
}
