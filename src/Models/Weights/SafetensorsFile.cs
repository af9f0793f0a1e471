using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace MPCache.Models.Weights;

/// <summary>
/// The header of a safetensors file: eight bytes with the header's length (little-endian), a JSON object from each tensor's name to its
/// <c>dtype</c>, <c>shape</c> and <c>data_offsets</c> (beginning and end in what follows the header), then the tensors, one behind the
/// other without gaps. What a header claims is checked against itself and against the file's length before anything is read by it.
/// Source: https://github.com/huggingface/safetensors, "Format".
/// </summary>
internal static class SafetensorsFile
{
    /// <summary>The format's own limit of a header, in bytes.</summary>
    private const long LongestHeader = 100_000_000;

    private const int LengthBytes = sizeof(ulong);
    private const string Cure = "Use a safetensors file as it was published, complete and unchanged";

    /// <summary>Reads a file's header.</summary>
    /// <param name="path">Where the file is.</param>
    /// <returns>Every tensor.</returns>
    /// <exception cref="MPCacheException">The file is missing, no safetensors file, or damaged.</exception>
    public static IReadOnlyList<SafetensorsTensor> ReadHeader(string path)
    {
        using FileStream file = ModelFile.Open(path, "a safetensors file");
        try
        {
            byte[] header = ReadText(file, path);
            long data = LengthBytes + header.LongLength;
            using JsonDocument document = JsonFile.Parse(header, $"the header of '{path}'");
            List<SafetensorsTensor> tensors = [];
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                // What it says is for people.
                if (!property.NameEquals("__metadata__"))
                {
                    tensors.Add(ReadTensor(path, property.Name, property.Value, data, file.Length - data));
                }
            }

            CheckLayout(path, tensors, data, file.Length);
            return tensors;
        }
        catch (Exception error) when (ModelFile.IsFileError(error))
        {
            throw ModelFile.Unreadable(path, error);
        }
    }

    private static byte[] ReadText(FileStream file, string path)
    {
        Span<byte> start = stackalloc byte[64];
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (ModelFile.ForeignKind(start[..read]) is string kind and not ModelFile.Safetensors)
        {
            throw new MPCacheException($"'{path}' is {kind}, not a safetensors file", Cure);
        }

        if (read < LengthBytes)
        {
            throw Damaged(path, $"is truncated: the length of its header takes {LengthBytes} bytes, the file has {read}");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > LongestHeader)
        {
            throw Damaged(path, Invariant($"claims a header of {length} bytes, the format allows {LongestHeader}"));
        }

        if ((long)length > file.Length - LengthBytes)
        {
            throw Damaged(path, Invariant($"is truncated: it claims a header of {length} bytes, the file has {file.Length}"));
        }

        byte[] header = new byte[length];
        file.Position = LengthBytes;
        file.ReadExactly(header);
        return header;
    }

    private static SafetensorsTensor ReadTensor(string path, string name, JsonElement entry, long data, long available)
    {
        string shown = JsonFile.Short(name);
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("dtype", out JsonElement dtype) || dtype.ValueKind != JsonValueKind.String
            || !entry.TryGetProperty("shape", out JsonElement sizes) || Integers(sizes) is not long[] shape
            || !entry.TryGetProperty("data_offsets", out JsonElement ends) || Integers(ends) is not [long begin, long end])
        {
            throw Damaged(path, $"describes the tensor {shown} by {JsonFile.Text(entry)}, which lacks a dtype, a shape of whole numbers or "
                + "two data_offsets");
        }

        if (SafetensorsType.Of(dtype.GetString()!) is not SafetensorsType type)
        {
            throw Damaged(path, $"stores the tensor {shown} as {JsonFile.Text(dtype)}, which is no known type");
        }

        if (begin < 0 || end < begin)
        {
            throw Damaged(path, Invariant($"puts the tensor {shown} at bytes {begin} to {end}"));
        }

        if (end > available)
        {
            throw Damaged(path, Invariant(
                $"is truncated: the tensor {shown} ends at byte {end} behind the header, where the file has {available} bytes"));
        }

        if (Count(shape) is not long count || count > available / type.Size || count * type.Size != end - begin)
        {
            throw Damaged(path, Invariant($"gives the tensor {shown} {end - begin} bytes, which are not {SafetensorsTensor.Text(shape)} ")
                + $"numbers of type {type.Name}");
        }

        return new SafetensorsTensor(name, type, shape, path, data + begin, end - begin);
    }

    /// <summary>Tensors follow each other without gaps, from the header to the end of the file.</summary>
    private static void CheckLayout(string path, List<SafetensorsTensor> tensors, long data, long length)
    {
        long at = data;
        foreach (SafetensorsTensor tensor in tensors.OrderBy(t => t.Start).ThenBy(t => t.Bytes))
        {
            if (tensor.Start != at)
            {
                string relation = tensor.Start < at ? "overlaps the one before it" : "leaves a gap behind the one before it";
                throw Damaged(path, Invariant($"is inconsistent: the tensor {JsonFile.Short(tensor.Name)} {relation}"));
            }

            at += tensor.Bytes;
        }

        if (at != length)
        {
            throw Damaged(path, Invariant($"has trailing bytes: its tensors end at byte {at}, the file has {length}"));
        }
    }

    private static long[]? Integers(JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        long[] numbers = new long[array.GetArrayLength()];
        int i = 0;
        foreach (JsonElement element in array.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out numbers[i++]))
            {
                return null;
            }
        }

        return numbers;
    }

    /// <summary>How many numbers a shape holds; null where a size is negative or the product is beyond 64 bits.</summary>
    private static long? Count(long[] shape)
    {
        if (shape.Contains(0))
        {
            return shape.Min() < 0 ? null : 0;
        }

        long count = 1;
        foreach (long size in shape)
        {
            if (size < 0 || count > long.MaxValue / size)
            {
                return null;
            }

            count *= size;
        }

        return count;
    }

    private static MPCacheException Damaged(string path, string cause) => new($"'{path}' {cause}", Cure);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
