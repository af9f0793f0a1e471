using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace MPCache.Models.Weights;

/// <summary>
/// A byte-level byte-pair tokenizer (Radford et al. 2019, GPT-2), read from Hugging Face's <c>tokenizer.json</c>: a regular expression
/// cuts text into words, and within each word's bytes the pair that was merged first in training is joined until none is left. Any text
/// can be expressed, and is itself again.
/// </summary>
/// <remarks>The regular expression is matched over UTF-16, where Hugging Face's goes over whole characters: a letter beyond U+FFFF does
/// not join the word beside it here.</remarks>
public sealed class BytePairTokenizer : Tokenizer
{
    private readonly BpeTokenizer _pairs;
    private readonly byte[][] _pieces;
    private readonly int _begin;
    private readonly int _end;
    private readonly string _path;

    private BytePairTokenizer(BytePairFile file, string path)
    {
        _pieces = file.Pieces;
        _begin = file.Begin;
        _end = file.End;
        _path = path;

        // Control tokens are given neither as words nor as special: what spells them in a prompt stays spelled out.
        _pairs = BpeTokenizer.Create(new BpeOptions(file.Vocabulary)
        {
            Merges = file.Merges,
            PreTokenizer = new RegexPreTokenizer(file.Words, null),
            ByteLevel = true,
        });
    }

    /// <inheritdoc/>
    public override int VocabularySize => _pieces.Length;

    /// <inheritdoc/>
    public override int BeginOfText => _begin;

    /// <summary>The token that ends a text.</summary>
    public int EndOfText => _end;

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="path">Where the <c>tokenizer.json</c> is.</param>
    /// <param name="vocabularySize">How many tokens the model has; null where that is not known.</param>
    /// <exception cref="MPCacheException">The file is missing, damaged, a tokenizer of another kind, or of another vocabulary size; the
    /// message names what does not fit.</exception>
    public static BytePairTokenizer Read(string path, int? vocabularySize = null)
    {
        BytePairFile file = BytePairFile.Read(path);
        return vocabularySize is null || vocabularySize == file.Pieces.Length
            ? new BytePairTokenizer(file, path)
            : throw new MPCacheException($"'{path}' has {file.Pieces.Length} tokens, the model has {vocabularySize}", BytePairFile.Cure);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                throw new MPCacheException(
                    $"The text holds half a surrogate pair (U+{(int)text[i]:X4}) at index {i}", "Use well-formed Unicode text");
            }
        }

        List<int> tokens = [_begin];
        try
        {
            tokens.AddRange(_pairs.EncodeToIds(text, considerPreTokenization: true, considerNormalization: false));
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new MPCacheException(
                $"The regular expression of '{_path}' takes more than {error.MatchTimeout.TotalSeconds} s to cut the text into words",
                BytePairFile.Cure,
                error);
        }

        return tokens;
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Bytes(int previous, int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, VocabularySize);
        return _pieces[token];
    }

    /// <inheritdoc/>
    public override bool EndsText(int token) => token == _begin || token == _end;
}
