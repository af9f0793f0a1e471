using System;
using System.Linq;
using MPCache.Models.Weights;
using Xunit;

namespace MPCache.Models.Tests.Weights;

public sealed class LlamaConfigTests
{
    [Fact]
    public void SizesAreDerived()
    {
        LlamaConfig config = new(64, 172, 5, 8, 4, 512, 256);

        Assert.Equal(8, config.HeadSize);
        Assert.Equal(32, config.KeyValueDim);
        Assert.Equal(10000, config.RopeTheta);
        Assert.Equal(1e-5, config.NormEpsilon);
    }

    [Theory]
    [InlineData(0, 8, 1, 1, 1, 4, 4, 10000, 1e-5, "dim is 0")]
    [InlineData(8, -1, 1, 1, 1, 4, 4, 10000, 1e-5, "hiddenDim is -1")]
    [InlineData(8, 8, 0, 1, 1, 4, 4, 10000, 1e-5, "layers is 0")]
    [InlineData(8, 8, 1, 0, 1, 4, 4, 10000, 1e-5, "heads is 0")]
    [InlineData(8, 8, 1, 1, 0, 4, 4, 10000, 1e-5, "keyValueHeads is 0")]
    [InlineData(8, 8, 1, 1, 1, int.MinValue, 4, 10000, 1e-5, "vocabulary is -2147483648")]
    [InlineData(8, 8, 1, 1, 1, 4, 0, 10000, 1e-5, "contextLength is 0")]
    [InlineData(8, 8, 1, 3, 1, 4, 4, 10000, 1e-5, "3 heads do not divide a width of 8")]
    [InlineData(12, 8, 1, 6, 4, 4, 4, 10000, 1e-5, "4 key/value heads do not divide 6 query heads")]
    [InlineData(8, 8, 1, 2, 4, 4, 4, 10000, 1e-5, "4 key/value heads do not divide 2 query heads")]
    [InlineData(6, 8, 1, 2, 1, 4, 4, 10000, 1e-5, "head size 3 is odd")]
    [InlineData(8, 8, 1, 1, 1, 4, 4, 1, 1e-5, "rotary base 1 ")]
    [InlineData(8, 8, 1, 1, 1, 4, 4, double.NaN, 1e-5, "rotary base NaN")]
    [InlineData(8, 8, 1, 1, 1, 4, 4, 10000, 0, "norm epsilon 0")]
    [InlineData(8, 8, 1, 1, 1, 4, 4, 10000, double.PositiveInfinity, "norm epsilon Infinity")]
    [InlineData(1 << 20, 8, 1, 1, 1, 4, 4, 10000, 1e-5, "the tensor Query would hold 1099511627776 numbers")]
    [InlineData(1 << 30, int.MaxValue, int.MaxValue, 1, 1, int.MaxValue, 4, 10000, 1e-5, "the tensor TokenEmbedding would hold")]
    public void NumbersThatDescribeNoModelAreRefused(
        int dim,
        int hidden,
        int layers,
        int heads,
        int keyValueHeads,
        int vocabulary,
        int context,
        double theta,
        double epsilon,
        string cause)
    {
        MPCacheException error = Assert.Throws<MPCacheException>(
            () => new LlamaConfig(dim, hidden, layers, heads, keyValueHeads, vocabulary, context, theta, epsilon));

        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckpointTensorsHaveTheirShapes()
    {
        LlamaConfig config = new(8, 12, 3, 4, 2, 5, 16);
        LlamaCheckpoint shared = new(config, sharedClassifier: true);
        LlamaCheckpoint separate = new(config, sharedClassifier: false);

        Assert.Equal(
            ["5x8", "3x8", "3x8x8", "3x4x8", "3x4x8", "3x8x8", "3x8", "3x12x8", "3x8x12", "3x12x8", "8", "5x8"],
            separate.Tensors.Select(tensor => string.Join("x", tensor.Shape.Dimensions)));
        Assert.All(separate.Tensors, tensor => Assert.Equal((int)tensor.Shape.Count, tensor.Values.Length));
        Assert.False(separate.SharesClassifier);
        Assert.True(shared.SharesClassifier);
        Assert.Equal(11, shared.Tensors.Count());
        Assert.Equal("Key[2, 1, 7]", LlamaCheckpoint.Shapes(config)[3].Element((((2 * 4) + 1) * 8) + 7));
    }
}
