using System;
using System.IO;
using System.Linq;
using System.Text;
using MPCache.Models.Weights;
using Xunit;

namespace MPCache.Models.Tests.Weights;

public sealed class Llama2CheckpointReaderTests : IDisposable
{
    private static readonly int[] SmallHeader = [8, 12, 2, 4, 2, 5, 6];

    // Embedding, norm, query, key, value, output, norm, gate, down, up, final norm.
    private static readonly int[] SmallCounts = [40, 16, 128, 64, 64, 128, 16, 192, 192, 192, 8];
    private const int SmallRotaryCount = 6 * 2;
    private const int ClassifierCount = 40;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TensorsAreReadInOrder(bool shared)
    {
        LlamaCheckpoint checkpoint = Llama2CheckpointReader.Read(_folder.Write(Small(shared)));

        Assert.Equal(new LlamaConfig(8, 12, 2, 4, 2, 5, 6), checkpoint.Config);
        Assert.Equal(shared, checkpoint.SharesClassifier);
        float next = 0;
        foreach (float[] tensor in new[]
        {
            checkpoint.TokenEmbedding, checkpoint.AttentionNorm, checkpoint.Query, checkpoint.Key, checkpoint.Value, checkpoint.Output,
            checkpoint.FeedForwardNorm, checkpoint.Gate, checkpoint.Down, checkpoint.Up, checkpoint.FinalNorm,
        })
        {
            Assert.Equal(Enumerable.Range(0, tensor.Length).Select(i => next + i), tensor);
            next += tensor.Length;
        }

        if (!shared)
        {
            next += SmallRotaryCount;
            Assert.Equal(Enumerable.Range(0, ClassifierCount).Select(i => next + i), checkpoint.Classifier);
        }
    }

    [Fact]
    public void MissingFileIsNamed() => Refused(Path.Combine(_folder.Root, "none.bin"), "There is no file", "none.bin");

    [Fact]
    public void DirectoryIsNamed() => Refused(_folder.Root, "is a directory");

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\0b")]
    public void PathThatNamesNothingIsRefused(string path) => Refused(path, "file");

    [Fact]
    public void EmptyFileIsNamed() => Refused(_folder.Write([]), "is empty");

    [Theory]
    [InlineData(1)]
    [InlineData(27)]
    public void TruncatedHeaderSaysItsSizes(int length) =>
        Refused(_folder.Write(Small(shared: true)[..length]), "truncated", "28 bytes", $"has {length}");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TruncatedFileSaysExpectedAndActualBytes(bool shared)
    {
        byte[] whole = Small(shared);
        foreach (int length in (int[])[28, whole.Length / 2, whole.Length - 1])
        {
            Refused(_folder.Write(whole[..length]), "truncated", $"{whole.Length} bytes", $"has {length}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    public void TrailingBytesAreRefused(int extra)
    {
        byte[] whole = Small(shared: true);
        Refused(_folder.Write([.. whole, .. new byte[extra]]), "trailing bytes", $"{whole.Length} bytes", $"has {whole.Length + extra}");
    }

    [Theory]
    [InlineData("GGUF\u0003\0\0\0\u0010\0\0\0\0\0\0\0\u0020\0\0\0\0\0\0\0aaaaaaaaaaaa", "a GGUF file")]
    [InlineData("lmgg\u0001\0\0\0\u0010\0\0\0\0\0\0\0\u0020\0\0\0\0\0\0\0aaaaaaaaaaaa", "a ggml file")]
    [InlineData("24ka\u0001\0\0\0\u0010\0\0\0\0\0\0\0\u0020\0\0\0\0\0\0\0aaaaaaaaaaaa", "version 1 or later")]
    [InlineData("\u0040\0\0\0\0\0\0\0{\"model.norm.weight\":{\"dtype\":\"F32\"}}", "a safetensors file")]
    [InlineData("PK\u0003\u0004\0\0\0\0archive/data.pkl and so on and on", "a zip archive")]
    [InlineData("Once upon a time there was a file of text, naïve and long.\r\n\t", "a text file")]
    [InlineData("short", "a text file")]
    [InlineData("{\"dim\": 64, \"layers\": 5, \"heads\": 8}", "a text file")]
    public void ForeignFileIsRecognised(string content, string kind)
    {
        bool latin = content.Contains('\0', StringComparison.Ordinal);
        Refused(_folder.Write((latin ? Encoding.Latin1 : Encoding.UTF8).GetBytes(content)), kind);
    }

    [Fact]
    public void RandomBytesAreRefused()
    {
        Random random = new(1);
        for (int trial = 0; trial < 200; trial++)
        {
            byte[] content = new byte[random.Next(28, 400)];
            random.NextBytes(content);
            Refused(_folder.Write(content), "file.bin");
        }
    }

    [Theory]
    [InlineData(0, -64, "dim is -64")]
    [InlineData(0, 0, "dim is 0")]
    [InlineData(1, -1, "hiddenDim is -1")]
    [InlineData(2, int.MinValue, "layers is -2147483648")]
    [InlineData(3, 3, "3 heads do not divide a width of 8")]
    [InlineData(4, 3, "3 key/value heads do not divide 4 query heads")]
    [InlineData(5, 0, "vocabulary is 0")]
    [InlineData(5, int.MinValue, "vocabulary is -2147483648")]
    [InlineData(6, -512, "contextLength is -512")]
    [InlineData(2, int.MaxValue, "the tensor AttentionNorm would hold")]
    [InlineData(0, 1 << 30, "the tensor TokenEmbedding would hold")]
    [InlineData(6, int.MaxValue, "is truncated")]
    [InlineData(2, 1 << 20, "is truncated")]
    public void AbsurdHeaderIsRefusedBeforeMemoryIsTaken(int field, int value, string cause)
    {
        int[] header = [.. SmallHeader];
        header[field] = value;
        string path = _folder.Write(Bytes(header, []));
        Refused(path, cause);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(path, cause);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(float.NaN, 0, "TokenEmbedding[0, 0] is not a number")]
    [InlineData(float.PositiveInfinity, 40 + 16 + 128 + 37, "Key[1, 0, 5] is infinite")]
    [InlineData(float.NegativeInfinity, 1039, "FinalNorm[7] is infinite")]
    [InlineData(float.NaN, 1040 + 12 + 9, "Classifier[1, 1] is not a number")]
    public void WeightThatIsNoNumberIsNamed(float value, int position, string cause)
    {
        byte[] content = Small(shared: false);
        BitConverter.TryWriteBytes(content.AsSpan(28 + (4 * position)), value);
        Refused(_folder.Write(content), cause);
    }

    [Fact]
    public void RotaryTablesMayHoldAnything()
    {
        byte[] content = Small(shared: false);
        BitConverter.TryWriteBytes(content.AsSpan(28 + (4 * 1040)), float.NaN);

        Assert.Equal(1040 + SmallRotaryCount, Llama2CheckpointReader.Read(_folder.Write(content)).Classifier[0]);
    }

    private static void Refused(string path, params string[] parts)
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => Llama2CheckpointReader.Read(path));
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>A checkpoint whose weights count upwards from 0.</summary>
    private static byte[] Small(bool shared)
    {
        int count = SmallCounts.Sum() + SmallRotaryCount + (shared ? 0 : ClassifierCount);
        int[] header = [.. SmallHeader];
        header[5] *= shared ? 1 : -1;
        return Bytes(header, Enumerable.Range(0, count).Select(i => (float)i).ToArray());
    }

    private static byte[] Bytes(int[] header, float[] values)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        Array.ForEach(header, writer.Write);
        Array.ForEach(values, writer.Write);
        return stream.ToArray();
    }
}
