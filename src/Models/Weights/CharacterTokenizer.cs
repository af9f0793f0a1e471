using System;
using System.Collections.Generic;
using System.Text;

namespace MPCache.Models.Weights;

/// <summary>
/// A tokenizer of one token a character: token 0 begins a text and ends it, token 1 + i is the i-th character of an alphabet.
/// </summary>
public sealed class CharacterTokenizer : Tokenizer
{
    private const int Boundary = 0;

    private readonly Dictionary<Rune, int> _tokens = [];
    private readonly List<byte[]> _pieces = [[]];
    private readonly string _summary;

    /// <summary>Creates the tokenizer of an alphabet.</summary>
    /// <param name="alphabet">The characters, each once.</param>
    /// <param name="summary">What the alphabet holds, in words, for the message about a character that is not in it.</param>
    /// <exception cref="ArgumentException">A character stands in the alphabet twice.</exception>
    public CharacterTokenizer(string alphabet, string summary)
    {
        _summary = summary;
        foreach (Rune rune in alphabet.EnumerateRunes())
        {
            if (!_tokens.TryAdd(rune, _pieces.Count))
            {
                throw new ArgumentException($"'{rune}' stands in the alphabet twice.", nameof(alphabet));
            }

            _pieces.Add(Encoding.UTF8.GetBytes(rune.ToString()));
        }
    }

    /// <inheritdoc/>
    public override int VocabularySize => _pieces.Count;

    /// <inheritdoc/>
    public override int BeginOfText => Boundary;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> tokens = [Boundary];
        int index = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!_tokens.TryGetValue(rune, out int token))
            {
                // A control character, or half of a surrogate pair, would not show.
                bool hidden = Rune.IsControl(rune) || rune == Rune.ReplacementChar;
                string shown = hidden ? $"(U+{(int)text[index]:X4})" : $"'{rune}' (U+{rune.Value:X4})";
                throw new MPCacheException($"The model has no token for {shown} at index {index} of the text", $"Use {_summary}");
            }

            tokens.Add(token);
            index += rune.Utf16SequenceLength;
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
    public override bool EndsText(int token) => token == Boundary;
}
