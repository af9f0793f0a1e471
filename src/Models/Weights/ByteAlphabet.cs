using System;
using System.Collections.Generic;

namespace MPCache.Models.Weights;

/// <summary>
/// The characters that stand for bytes in the file of a byte-level tokenizer (Radford et al. 2019, GPT-2): a printable character of
/// Latin-1 for itself, and for the other bytes, in their order, the characters from U+0100 on. A space is Ġ.
/// </summary>
public static class ByteAlphabet
{
    private const int Shifted = 256;

    private static readonly char[] Characters = MakeCharacters();
    private static readonly Dictionary<char, byte> Values = MakeValues();

    /// <summary>The character of a byte.</summary>
    /// <param name="value">The byte.</param>
    public static char Character(byte value) => Characters[value];

    /// <summary>The characters of some bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public static string Spell(ReadOnlySpan<byte> bytes)
    {
        char[] text = new char[bytes.Length];
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = Characters[bytes[i]];
        }

        return new string(text);
    }

    /// <summary>The bytes that a piece spells.</summary>
    /// <param name="piece">The piece.</param>
    /// <returns>The bytes; null where a character stands for none.</returns>
    public static byte[]? Bytes(string piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        byte[] bytes = new byte[piece.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (!Values.TryGetValue(piece[i], out bytes[i]))
            {
                return null;
            }
        }

        return bytes;
    }

    private static char[] MakeCharacters()
    {
        char[] characters = new char[256];
        int next = Shifted;
        for (int value = 0; value < characters.Length; value++)
        {
            bool printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xFF and not 0xAD);
            characters[value] = (char)(printable ? value : next++);
        }

        return characters;
    }

    private static Dictionary<char, byte> MakeValues()
    {
        Dictionary<char, byte> values = [];
        for (int value = 0; value < Characters.Length; value++)
        {
            values.Add(Characters[value], (byte)value);
        }

        return values;
    }
}
