using System;
using System.IO;
using System.Linq;
using System.Text;
using MPCache.Models.Weights;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Models.Tests.Weights;

/// <summary>Headers of safetensors files: what they say, and every way in which they may lie.</summary>
public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TensorsAreWhereTheHeaderSays()
    {
        // Out of order in the header, padded by spaces, with metadata, a scalar and an empty tensor.
        string header = "{\"__metadata__\":{\"format\":\"pt\"}," + SafetensorsBytes.Entry("b", "F16", [3], 8, 14) + ","
            + SafetensorsBytes.Entry("a", "F32", [2, 1], 0, 8) + "," + SafetensorsBytes.Entry("none", "I64", [0, 5], 8, 8) + ","
            + SafetensorsBytes.Entry("one", "BOOL", [], 14, 15) + "}   ";
        string path = _folder.Write(SafetensorsBytes.Raw(header, new byte[15]));

        SafetensorsTensor[] tensors = [.. SafetensorsFile.ReadHeader(path)];

        Assert.Equal(["b", "a", "none", "one"], tensors.Select(t => t.Name));
        Assert.Equal(["F16", "F32", "I64", "BOOL"], tensors.Select(t => t.Type.Name));
        Assert.Equal(["[3]", "[2, 1]", "[0, 5]", "[]"], tensors.Select(t => SafetensorsTensor.Text(t.Shape)));
        Assert.Equal([8, 0, 8, 14], tensors.Select(t => t.Start - 8 - header.Length));
        Assert.Equal([6, 8, 0, 1], tensors.Select(t => t.Bytes));
    }

    [Theory]
    [InlineData(ulong.MaxValue, "claims a header of 18446744073709551615 bytes")]
    [InlineData(1UL << 63, "claims a header of 9223372036854775808 bytes")]
    [InlineData(3_000_000_000, "claims a header of 3000000000 bytes")]
    [InlineData(100_000_000, "is truncated: it claims a header of 100000000 bytes")]
    [InlineData(60, "is truncated: it claims a header of 60 bytes")]
    [InlineData(0, "no valid JSON")]
    [InlineData(20, "no valid JSON")]
    public void HeaderOfAnotherLengthIsRefusedBeforeMemoryIsTaken(ulong length, string cause)
    {
        string path = _folder.Write(SafetensorsBytes.Raw("{" + SafetensorsBytes.Entry("a", "I8", [0], 0, 0) + "}", [], length));
        Refused(path, cause);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(path, cause);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void FileThatEndsAnywhereIsRefused()
    {
        byte[] whole = SafetensorsBytes.File(
            ("a", "F32", [2], SafetensorsBytes.Singles(1, 2)), ("b", "BF16", [2], SafetensorsBytes.Brains(1, 2)));
        for (int length = 0; length < whole.Length; length++)
        {
            Refused(_folder.Write(whole[..length]), "file.bin");
        }

        Refused(_folder.Write(whole[..^1]), "is truncated", "the tensor b ends at byte 12", "has 11 bytes");
        Refused(_folder.Write([.. whole, 0]), "trailing bytes");
    }

    [Theory]
    [InlineData("{", "no valid JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{\"a\":1}", "describes the tensor a by 1")]
    [InlineData("{\"a\":{}}", "lacks a dtype")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]},}", "no valid JSON")]
    [InlineData("{\"a\":{\"dtype\":3,\"shape\":[4],\"data_offsets\":[0,4]}}", "lacks a dtype")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":4,\"data_offsets\":[0,4]}}", "a shape of whole numbers")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[4.5],\"data_offsets\":[0,4]}}", "a shape of whole numbers")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[\"4\"],\"data_offsets\":[0,4]}}", "a shape of whole numbers")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}", "a shape of whole numbers")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0]}}", "two data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4,4]}}", "two data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"Q4\",\"shape\":[4],\"data_offsets\":[0,4]}}", "stores the tensor a as \"Q4\"")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[-4,0]}}", "at bytes -4 to 0")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[4,0]}}", "at bytes 4 to 0")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[1,5]}}", "ends at byte 5")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,9223372036854775807]}}", "ends at byte 9223372036854775807")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,4]}}", "4 bytes, which are not [3] numbers of type I8")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,4]}}", "4 bytes, which are not [4] numbers of type F32")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[-2,-2],\"data_offsets\":[0,4]}}", "not [-2, -2] numbers")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[0,-1],\"data_offsets\":[0,0]}}", "not [0, -1] numbers")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[4294967296,4294967296,1],\"data_offsets\":[0,0]}}", "0 bytes, which are not")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]}}", "4 bytes, which are not")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[0,2]}}", "trailing bytes")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[2,4]}}", "a leaves a gap")]
    [InlineData(
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,3]},\"b\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[1,4]}}",
        "b overlaps")]
    [InlineData(
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
        "no valid JSON")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "no valid JSON")]
    [InlineData("{\"\\ud800\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "no valid JSON")]
    [InlineData("{\"a\":{\"dtype\":\"\\ud800\",\"shape\":[4],\"data_offsets\":[0,4]}}", "no valid JSON")]
    [InlineData("{\"a\\nb\":1}", "describes the tensor a b by 1")]
    public void HeaderThatDoesNotFitIsRefused(string header, string cause) =>
        Refused(_folder.Write(SafetensorsBytes.Raw(header, new byte[4])), cause);

    [Fact]
    public void DeepAndEndlessHeadersAreRefused()
    {
        Refused(_folder.Write(SafetensorsBytes.Raw(new string('[', 100_000), [])), "no valid JSON");
        Refused(_folder.Write(SafetensorsBytes.Raw("{\"" + new string('n', 100_000) + "\":1}", [])), "nnn…");
    }

    [Fact]
    public void ForeignFileIsNamed()
    {
        Refused(_folder.Write(Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:12")), "Git LFS pointer");
        Refused(_folder.Write(Encoding.Latin1.GetBytes("PK\u0003\u0004\0\0\0\0archive/data.pkl")), "a zip archive");
        Refused(_folder.Write([1, 2, 3]), "is truncated", "has 3");
        Refused(Path.Combine(_folder.Root, "none"), "There is no file");
    }

    [Fact]
    public void EveryHalfIsConvertedExactly()
    {
        ushort[] bits = [.. Enumerable.Range(0, 1 << 16).Select(b => (ushort)b)];
        byte[] stored = [.. bits.SelectMany(BitConverter.GetBytes)];
        float[] halves = new float[bits.Length];
        float[] brains = new float[bits.Length];

        SafetensorsType.Of("F16")!.Widen!(stored, halves);
        SafetensorsType.Of("BF16")!.Widen!(stored, brains);

        for (int i = 0; i < bits.Length; i++)
        {
            Assert.Equal(Value(bits[i], exponentBits: 5), halves[i]);
            Assert.Equal(Value(bits[i], exponentBits: 8), brains[i]);
        }
    }

    [Fact]
    public void SinglesAndDoublesAreRead()
    {
        float[] values = new float[3];
        SafetensorsType.Of("F32")!.Widen!(SafetensorsBytes.Singles(1.5f, -0f, float.Epsilon), values);
        Assert.Equal([1.5f, -0f, float.Epsilon], values);

        SafetensorsType.Of("F64")!.Widen!([.. new[] { 0.1, -2, 1e300 }.SelectMany(BitConverter.GetBytes)], values);
        Assert.Equal([0.1f, -2, float.PositiveInfinity], values);
        Assert.Null(SafetensorsType.Of("I8")!.Widen);
    }

    /// <summary>What 16 bits mean by the definition of a binary floating-point format.</summary>
    private static double Value(ushort bits, int exponentBits)
    {
        int fractionBits = 15 - exponentBits;
        int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1);
        double fraction = (bits & ((1 << fractionBits) - 1)) / (double)(1 << fractionBits);
        int bias = (1 << (exponentBits - 1)) - 1;
        double magnitude =
            exponent == (1 << exponentBits) - 1 ? (fraction == 0 ? double.PositiveInfinity : double.NaN)
            : exponent == 0 ? fraction * Math.Pow(2, 1 - bias)
            : (1 + fraction) * Math.Pow(2, exponent - bias);
        return bits >> 15 == 0 ? magnitude : -magnitude;
    }

    private static void Refused(string path, params string[] parts)
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => SafetensorsFile.ReadHeader(path));
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }
}
