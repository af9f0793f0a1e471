using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;

namespace MPCache.Models.Weights;

/// <summary>
/// The byte-pair tokenizer of llama2.c: a piece and a score for every token, read from its <c>tokenizer.bin</c>. Text gets a space in
/// front and is cut into characters (a character that is no token, into the tokens of its bytes); then, as long as there is one, the
/// leftmost of the adjacent pairs whose joined piece has the best score is joined. (SentencePiece, Kudo and Richardson 2018, BPE mode.)
/// </summary>
public sealed class Llama2Tokenizer : Tokenizer
{
    private const int BeginToken = 1;
    private const int EndToken = 2;
    private const int LargestPiece = 1 << 16;
    private const string Cure = "Use the tokenizer.bin that belongs to the checkpoint";

    private readonly byte[][] _pieces;
    private readonly float[] _scores;
    private readonly int[] _byteTokens = new int[256];

    // A piece is keyed by its bytes, one character each, so that a span over the text finds it without being copied.
    private readonly Dictionary<string, int> _tokens = [];

    private Llama2Tokenizer(byte[][] pieces, float[] scores)
    {
        _pieces = pieces;
        _scores = scores;
        Array.Fill(_byteTokens, -1);
        for (int token = 0; token < pieces.Length; token++)
        {
            if (ByteOf(pieces[token]) is byte value)
            {
                _byteTokens[value] = token;
                _pieces[token] = [value];
            }
            else if (token > EndToken)
            {
                // Control tokens are not text: what spells them in a prompt stays spelled out.
                _tokens.TryAdd(Encoding.Latin1.GetString(pieces[token]), token);
            }
        }

        foreach (int control in (ReadOnlySpan<int>)[BeginToken, EndToken])
        {
            _pieces[control] = [];
        }
    }

    /// <inheritdoc/>
    public override int VocabularySize => _pieces.Length;

    /// <inheritdoc/>
    public override int BeginOfText => BeginToken;

    /// <summary>Reads a tokenizer: the length of the longest piece as a little-endian 32-bit integer, then for every token its score
    /// (32-bit float), the length of its piece (32-bit integer) and the piece.</summary>
    /// <param name="path">Where the tokenizer is.</param>
    /// <param name="vocabularySize">How many tokens the model has.</param>
    /// <exception cref="MPCacheException">The file is missing, no tokenizer, damaged, or of another vocabulary size.</exception>
    public static Llama2Tokenizer Read(string path, int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        using FileStream file = ModelFile.Open(path, "a llama2.c tokenizer");
        try
        {
            List<byte[]> pieces = [];
            List<float> scores = [];
            int count = 0;
            int longest = ReadLongest(file, path);
            Span<byte> head = stackalloc byte[sizeof(float) + sizeof(int)];
            for (int read = ReadUpTo(file, head); read > 0; read = ReadUpTo(file, head))
            {
                float score = BinaryPrimitives.ReadSingleLittleEndian(head);
                int length = BinaryPrimitives.ReadInt32LittleEndian(head[sizeof(float)..]);
                if (read == head.Length && (!float.IsFinite(score) || length < 0 || length > longest))
                {
                    string number = score.ToString(CultureInfo.InvariantCulture);
                    throw new MPCacheException(
                        $"'{path}' is no llama2.c tokenizer or damaged: token {count} has score {number} and {length} bytes "
                            + $"of at most {longest}",
                        Cure);
                }

                byte[] piece = read == head.Length ? new byte[length] : [];
                if (read < head.Length || ReadUpTo(file, piece) < length)
                {
                    throw new MPCacheException($"'{path}' is truncated: its {file.Length} bytes end within token {count}", Cure);
                }

                // Of a larger vocabulary only the number of tokens is wanted, for the message.
                if (count < vocabularySize)
                {
                    pieces.Add(piece);
                    scores.Add(score);
                }

                count++;
            }

            if (count != vocabularySize)
            {
                throw new MPCacheException($"'{path}' has {count} tokens, the model has {vocabularySize}", Cure);
            }

            if (count <= EndToken)
            {
                throw new MPCacheException($"'{path}' has {count} tokens, too few for the control tokens of Llama 2", Cure);
            }

            return new Llama2Tokenizer([.. pieces], [.. scores]);
        }
        catch (Exception error) when (ModelFile.IsFileError(error))
        {
            throw ModelFile.Unreadable(path, error);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> tokens = [BeginToken];
        if (text.Length > 0)
        {
            PieceMerger merger = Split(text);
            merger.MergeAll();
            merger.CopyTo(tokens);
        }

        return tokens;
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Bytes(int previous, int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, VocabularySize);
        ReadOnlyMemory<byte> piece = _pieces[token];

        // Encode put a space before the text; it is not part of it.
        return previous == BeginToken && piece.Length > 0 && piece.Span[0] == ' ' ? piece[1..] : piece;
    }

    /// <inheritdoc/>
    public override bool EndsText(int token) => token is BeginToken or EndToken;

    /// <summary>Cuts text into the tokens of its characters, and of the bytes of those that are none.</summary>
    private PieceMerger Split(string text)
    {
        string spaced = " " + text;
        PieceMerger merger = new(_tokens, _scores, Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(spaced)));
        int start = 0;
        int index = -1;
        foreach (Rune rune in spaced.EnumerateRunes())
        {
            // Half of a surrogate pair is enumerated as U+FFFD; no UTF-8 stands for it.
            if (rune == Rune.ReplacementChar && text[index] != '\uFFFD')
            {
                throw new MPCacheException(
                    $"The text holds half a surrogate pair (U+{(int)text[index]:X4}) at index {index}",
                    "Use well-formed Unicode text");
            }

            int length = rune.Utf8SequenceLength;
            if (!merger.TryAppendPiece(start, length))
            {
                for (int i = 0; i < length; i++)
                {
                    byte value = merger.ByteAt(start + i);
                    if (_byteTokens[value] < 0)
                    {
                        string place = index < 0 ? "before the text" : $"at index {index} of the text";
                        throw new MPCacheException(
                            $"The tokenizer has no token for '{rune}' (U+{rune.Value:X4}) {place}, nor for its byte 0x{value:X2}",
                            index < 0 ? Cure : "Leave this character out");
                    }

                    merger.AppendByteToken(_byteTokens[value]);
                }
            }

            start += length;
            index += rune.Utf16SequenceLength;
        }

        return merger;
    }

    /// <summary>The byte that a piece like <c>&lt;0x0A&gt;</c> stands for.</summary>
    private static byte? ByteOf(ReadOnlySpan<byte> piece) =>
        piece.Length == 6
        && piece.StartsWith("<0x"u8)
        && piece[5] == '>'
        && byte.TryParse(piece[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;

    private static int ReadLongest(FileStream file, string path)
    {
        Span<byte> start = stackalloc byte[64];
        int read = ReadUpTo(file, start);
        if (ModelFile.ForeignKind(start[..read]) is string kind)
        {
            throw new MPCacheException($"'{path}' is {kind}, not a llama2.c tokenizer", Cure);
        }

        if (read < sizeof(int))
        {
            throw new MPCacheException($"'{path}' is truncated: a tokenizer's header takes {sizeof(int)} bytes, the file has {read}", Cure);
        }

        int longest = BinaryPrimitives.ReadInt32LittleEndian(start);
        if (longest is < 1 or > LargestPiece)
        {
            throw new MPCacheException($"'{path}' is not a llama2.c tokenizer: its header names pieces of {longest} bytes", Cure);
        }

        file.Position = sizeof(int);
        return longest;
    }

    private static int ReadUpTo(FileStream file, Span<byte> buffer) => file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
}
