using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace MPCache.TestSupport;

/// <summary>
/// Writes SentencePiece models: a protocol buffer of pieces (text, score, type), a trainer's and a normalizer's specification.
/// Source: sentencepiece_model.proto.
/// </summary>
internal static class SentencePieceFile
{
    /// <summary>Three control tokens, the 256 byte tokens if wanted, then the pieces, each scored below the one before it.</summary>
    public static byte[] With(bool byteTokens, params string[] pieces) =>
        Bytes(byteTokens, [.. Enumerable.Range(0, byteTokens ? 256 : 0).Select(b => ($"<0x{b:X2}>", 0f, Kind.Byte)),
            .. pieces.Select((piece, i) => (piece, -(float)i, Kind.Normal))]);

    /// <summary>Three control tokens, then these.</summary>
    /// <param name="bos">The number of the token before every text.</param>
    public static byte[] Bytes(bool byteFallback, IEnumerable<(string Piece, float Score, Kind Kind)> pieces, ulong bos = 1) =>
    [
        .. Piece("<unk>", 0, Kind.Unknown), .. Piece("<s>", 0, Kind.Control), .. Piece("</s>", 0, Kind.Control),
        .. pieces.SelectMany(p => Piece(p.Piece, p.Score, p.Kind)),

        // BPE; byte fallback; the numbers of the control tokens.
        .. Message(2, [.. Number(3, 2), .. Number(35, byteFallback ? 1u : 0), .. Number(40, 0), .. Number(41, bos), .. Number(42, 2)]),

        // A space before the text; repeated spaces are kept; spaces become U+2581.
        .. Message(3, [.. Message(1, "identity"u8), .. Number(3, 1), .. Number(4, 0), .. Number(5, 1)]),
    ];

    public static byte[] Piece(string text, float score, Kind kind) =>
        Message(1, [.. Message(1, Encoding.UTF8.GetBytes(text)), (2 << 3) | 5, .. BitConverter.GetBytes(score), .. Number(3, (ulong)kind)]);

    private static byte[] Message(int field, ReadOnlySpan<byte> content) =>
        [.. Varint((ulong)((field << 3) | 2)), .. Varint((ulong)content.Length), .. content];

    private static byte[] Number(int field, ulong value) => [.. Varint((ulong)field << 3), .. Varint(value)];

    private static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    public enum Kind
    {
        Normal = 1,
        Unknown = 2,
        Control = 3,
        Byte = 6,
    }
}
