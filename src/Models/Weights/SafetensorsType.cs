using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace MPCache.Models.Weights;

/// <summary>How a safetensors file stores one number: little-endian, one after the other.</summary>
/// <param name="Name">As the file's header writes it.</param>
/// <param name="Size">Bytes a number.</param>
/// <param name="Widen">Turns stored numbers into single precision, exactly where that can hold them; null for numbers that are no weights,
/// such as integers.</param>
internal sealed record SafetensorsType(string Name, int Size, SafetensorsType.Conversion? Widen)
{
    private static readonly Dictionary<string, SafetensorsType> ByName = Index(
        new("F64", 8, FromDouble), new("F32", 4, FromSingle), new("F16", 2, FromHalf), new("BF16", 2, FromBrain),
        new("I64", 8, null), new("U64", 8, null), new("I32", 4, null), new("U32", 4, null), new("I16", 2, null), new("U16", 2, null),
        new("I8", 1, null), new("U8", 1, null), new("BOOL", 1, null),
        new("F8_E4M3", 1, null), new("F8_E5M2", 1, null), new("F8_E8M0", 1, null));

    /// <summary>Turns stored numbers into single precision.</summary>
    /// <param name="stored">The bytes, <see cref="Size"/> for each number.</param>
    /// <param name="values">As many numbers; a double beyond single precision becomes infinite.</param>
    internal delegate void Conversion(ReadOnlySpan<byte> stored, Span<float> values);

    /// <summary>The type of a name; null where there is none.</summary>
    /// <param name="name">As a header writes it.</param>
    public static SafetensorsType? Of(string name) => ByName.GetValueOrDefault(name);

    private static Dictionary<string, SafetensorsType> Index(params ReadOnlySpan<SafetensorsType> types)
    {
        Dictionary<string, SafetensorsType> index = new(StringComparer.Ordinal);
        foreach (SafetensorsType type in types)
        {
            index.Add(type.Name, type);
        }

        return index;
    }

    private static void FromDouble(ReadOnlySpan<byte> stored, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(stored[(8 * i)..]);
        }
    }

    private static void FromSingle(ReadOnlySpan<byte> stored, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(stored[(4 * i)..]);
        }
    }

    private static void FromHalf(ReadOnlySpan<byte> stored, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(stored[(2 * i)..]);
        }
    }

    /// <summary>A bfloat16 is the upper half of a single.</summary>
    private static void FromBrain(ReadOnlySpan<byte> stored, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(stored[(2 * i)..]) << 16);
        }
    }
}
