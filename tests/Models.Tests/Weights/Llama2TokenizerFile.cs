using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace MPCache.Models.Tests.Weights;

/// <summary>Writes tokenizer files in llama2.c's format.</summary>
public static class Llama2TokenizerFile
{
    /// <summary>The three control tokens, the 256 byte tokens if wanted, then the pieces, each scored below the one before it.</summary>
    public static byte[] With(bool byteTokens, params string[] pieces)
    {
        IEnumerable<string> bytes = Enumerable.Range(0, byteTokens ? 256 : 0).Select(value => $"<0x{value:X2}>");
        string[] control = ["<unk>", "\n<s>\n", "\n</s>\n"];
        return Bytes(control.Concat(bytes).Select(piece => (piece, 0f)).Concat(pieces.Select((piece, i) => (piece, -(float)i))));
    }

    public static byte[] Bytes(IEnumerable<(string Piece, float Score)> tokens)
    {
        (byte[] Piece, float Score)[] encoded = tokens.Select(token => (Encoding.UTF8.GetBytes(token.Piece), token.Score)).ToArray();
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(encoded.Max(token => token.Piece.Length));
        foreach ((byte[] piece, float score) in encoded)
        {
            writer.Write(score);
            writer.Write(piece.Length);
            writer.Write(piece);
        }

        return stream.ToArray();
    }
}
