using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.ML.Tokenizers;
using Library = Microsoft.ML.Tokenizers.SentencePieceTokenizer;

namespace MPCache.Models.Weights;

/// <summary>
/// A SentencePiece model, the <c>tokenizer.model</c> of many Llama checkpoints (Kudo and Richardson 2018), in BPE or unigram mode. Text is
/// cut by Microsoft.ML.Tokenizers; what a token stands for is taken from the vocabulary. What spells a control token in a prompt stays
/// text.
/// </summary>
public sealed class SentencePieceTokenizer : Tokenizer
{
    private const int LargestFile = 1 << 26;
    private const char Space = '▁';
    private const string Cure = "Use the tokenizer.model that belongs to the checkpoint";

    private readonly Library _library;
    private readonly byte[][] _pieces;

    private SentencePieceTokenizer(Library library, byte[][] pieces)
    {
        _library = library;
        _pieces = pieces;
    }

    /// <inheritdoc/>
    public override int VocabularySize => _pieces.Length;

    /// <inheritdoc/>
    public override int BeginOfText => _library.BeginningOfSentenceId;

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="path">Where the tokenizer is.</param>
    /// <param name="vocabularySize">How many tokens the model has.</param>
    /// <exception cref="MPCacheException">The file is missing, no SentencePiece model, damaged, or of another vocabulary size.</exception>
    public static SentencePieceTokenizer Read(string path, int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        Library library = Load(path);
        string?[] pieces = new string?[library.Vocabulary.Count];
        foreach ((string piece, int token) in library.Vocabulary)
        {
            if (token < 0 || token >= pieces.Length)
            {
                throw new MPCacheException(Invariant($"'{path}' is damaged: of its {pieces.Length} tokens one is number {token}"), Cure);
            }

            pieces[token] = piece;
        }

        if (pieces.Length != vocabularySize)
        {
            throw new MPCacheException(Invariant($"'{path}' has {pieces.Length} tokens, the model has {vocabularySize}"), Cure);
        }

        // The library makes 0, which is the unknown token's number, of a control token that a model has not.
        (int begin, int unknown) = (library.BeginningOfSentenceId, library.UnknownId);
        if (begin == unknown || begin < 0 || begin >= pieces.Length || unknown < 0 || unknown >= pieces.Length)
        {
            throw new MPCacheException(
                Invariant($"'{path}' has no token for the beginning of a text or none for what it does not know: ")
                    + Invariant($"of {pieces.Length} tokens they are number {begin} and {unknown}"),
                Cure);
        }

        return new SentencePieceTokenizer(library, [.. pieces.Select((piece, token) => Bytes(library, token, piece!))]);
    }

    /// <summary>Whether a file may be a SentencePiece model: a protocol buffer whose first field is a piece, whose first field is its
    /// text.</summary>
    /// <param name="start">The file's first bytes.</param>
    internal static bool Begins(ReadOnlySpan<byte> start) => start is [0x0A, not 0, 0x0A, ..];

    /// <inheritdoc/>
    public override IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        CheckSurrogates(text);
        List<int> tokens = [BeginOfText];
        IReadOnlyList<EncodedToken> encoded =
            _library.EncodeToTokens(text, out string? normal, addBeginningOfSentence: false, addEndOfSentence: false);
        foreach (EncodedToken token in encoded)
        {
            if (token.Id == _library.UnknownId)
            {
                Rune.DecodeFromUtf16((normal ?? text).AsSpan(token.Offset.Start), out Rune rune, out _);
                throw new MPCacheException($"The tokenizer has no token for '{rune}' (U+{rune.Value:X4})", "Leave this character out");
            }

            tokens.Add(token.Id);
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
        bool leads = _library.AddDummyPrefix && previous == BeginOfText && piece.Length > 0 && piece.Span[0] == ' ';
        return leads ? piece[1..] : piece;
    }

    /// <inheritdoc/>
    public override bool EndsText(int token) => IsControl(_library, token);

    private static Library Load(string path)
    {
        using FileStream file = ModelFile.Open(path, "a SentencePiece model");
        if (file.Length > LargestFile)
        {
            throw new MPCacheException(
                Invariant($"'{path}' has {file.Length} bytes, a SentencePiece model at most {LargestFile}"), Cure);
        }

        try
        {
            using MemoryStream content = new();
            file.CopyTo(content);
            content.Position = 0;
            return Create(path, content);
        }
        catch (Exception error) when (ModelFile.IsFileError(error))
        {
            throw ModelFile.Unreadable(path, error);
        }
    }

    private static Library Create(string path, MemoryStream content)
    {
        try
        {
            return Library.Create(content, addBeginningOfSentence: false, addEndOfSentence: false);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The library has no exception of its own for what it cannot read; a file without specifications is a null reference.
            string reason = JsonFile.Short(error.Message.TrimEnd('.'));
            throw new MPCacheException($"'{path}' is no SentencePiece model, damaged, or of an unknown type ({reason})", Cure, error);
        }
    }

    private static bool IsControl(Library library, int token) =>
        token == library.BeginningOfSentenceId || (token == library.EndOfSentenceId && token != library.UnknownId);

    private static byte[] Bytes(Library library, int token, string piece)
    {
        if (IsControl(library, token))
        {
            return [];
        }

        bool isByte = library.ByteFallback && piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal) && piece[5] == '>';
        return isByte && byte.TryParse(piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? [value]
            : Encoding.UTF8.GetBytes(library.EscapeWhiteSpaces ? piece.Replace(Space, ' ') : piece);
    }

    /// <summary>No UTF-8 stands for half a surrogate pair; the library would silently encode another character.</summary>
    private static void CheckSurrogates(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            if (char.IsSurrogate(text[i]) && !pair)
            {
                throw new MPCacheException(
                    Invariant($"The text holds half a surrogate pair (U+{(int)text[i]:X4}) at index {i}"), "Use well-formed Unicode text");
            }

            i += pair ? 1 : 0;
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
