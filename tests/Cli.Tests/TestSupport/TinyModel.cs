using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace MPCache.Cli.Tests.TestSupport;

/// <summary>
/// A llama2.c checkpoint and its tokenizer, small enough to reach the end of the context: 8 wide, 1 layer, 2 query heads on 1 key/value
/// head, 8 tokens, 8 positions. The control tokens have no logit of their own, so that the text does not end.
/// </summary>
internal static class TinyModel
{
    public const int Context = 8;

    public static readonly string[] Pieces = ["<unk>", "<s>", "</s>", " ", "a", "b", "c", "d"];

    private const int Dim = 8;
    private const int Hidden = 8;
    private const int HeadSize = 4;

    /// <summary>The checkpoint's bytes.</summary>
    /// <param name="largest">Magnitude of the first weight; the others are at most 1.</param>
    public static byte[] Checkpoint(float largest = 1)
    {
        Random random = new(20);
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        foreach (int number in (int[])[Dim, Hidden, 1, Dim / HeadSize, 1, -Pieces.Length, Context])
        {
            writer.Write(number);
        }

        writer.Write(largest);
        Write((Pieces.Length * Dim) - 1);
        Ones(Dim);
        Write(Dim * Dim);
        Write(HeadSize * Dim);
        Write(HeadSize * Dim);
        Write(Dim * Dim);
        Ones(Dim);
        Write(Hidden * Dim);
        Write(Dim * Hidden);
        Write(Hidden * Dim);
        Ones(Dim);
        writer.Write(new byte[sizeof(float) * Context * HeadSize]);
        writer.Write(new byte[sizeof(float) * 3 * Dim]);
        Write((Pieces.Length - 3) * Dim);
        return bytes.ToArray();

        void Write(int count)
        {
            for (int i = 0; i < count; i++)
            {
                writer.Write((float)((2 * random.NextDouble()) - 1));
            }
        }

        void Ones(int count)
        {
            for (int i = 0; i < count; i++)
            {
                writer.Write(1f);
            }
        }
    }

    /// <summary>The tokenizer's bytes.</summary>
    /// <param name="extra">Pieces after its own, for a tokenizer of another vocabulary.</param>
    public static byte[] Tokenizer(params string[] extra)
    {
        IReadOnlyList<byte[]> pieces = [.. Pieces.Concat(extra).Select(Encoding.UTF8.GetBytes)];
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        writer.Write(pieces.Max(p => p.Length));
        foreach (byte[] piece in pieces)
        {
            writer.Write(0f);
            writer.Write(piece.Length);
            writer.Write(piece);
        }

        return bytes.ToArray();
    }
}
