using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace MPCache.TestSupport;

/// <summary>Writes safetensors files, well-formed and otherwise.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A file of tensors, one behind the other.</summary>
    public static byte[] File(params IEnumerable<(string Name, string Type, long[] Shape, byte[] Data)> tensors)
    {
        List<string> entries = [];
        List<byte> data = [];
        foreach ((string name, string type, long[] shape, byte[] bytes) in tensors)
        {
            entries.Add(Entry(name, type, shape, data.Count, data.Count + bytes.Length));
            data.AddRange(bytes);
        }

        return Raw($"{{{string.Join(",", entries)}}}", [.. data]);
    }

    /// <summary>A tensor's line of a header.</summary>
    public static string Entry(string name, string type, long[] shape, long begin, long end) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{string.Join(",", shape)}],\"data_offsets\":[{begin},{end}]}}");

    /// <summary>Any header before any data.</summary>
    /// <param name="length">The header's length as the file claims it; by default the true one.</param>
    public static byte[] Raw(string header, byte[] data, ulong? length = null)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] claimed = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(claimed, length ?? (ulong)text.Length);
        return [.. claimed, .. text, .. data];
    }

    public static byte[] Singles(params IEnumerable<float> values) => [.. values.SelectMany(BitConverter.GetBytes)];

    public static byte[] Halves(params IEnumerable<float> values) => [.. values.SelectMany(v => BitConverter.GetBytes((Half)v))];

    /// <summary>The upper halves of singles: bfloat16 by truncation.</summary>
    public static byte[] Brains(params IEnumerable<float> values) =>
        [.. values.SelectMany(v => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(v) >> 16)))];
}
