using System;
using System.Buffers;
using System.Globalization;

namespace MPCache.Evaluation.Training;

/// <summary>
/// Cuts text into the words within which bytes are merged: as GPT-2's tokenizer does, but with every digit a word, and the space before
/// a word part of it. Beside the regular expression that goes into the tokenizer's file, the same by hand, many times as fast.
/// </summary>
public static class WordCutter
{
    /// <summary>Matches one word.</summary>
    public const string Pattern = @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly SearchValues<string> Contractions =
        SearchValues.Create(["'s", "'d", "'m", "'t", "'ll", "'ve", "'re"], StringComparison.Ordinal);

    private enum Kind
    {
        Letter,
        Digit,
        Whitespace,
        Other,
    }

    /// <summary>How long the first word is, in UTF-16 code units.</summary>
    /// <param name="text">Text, not empty.</param>
    public static int FirstWord(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'' && text[..Math.Min(3, text.Length)].IndexOfAny(Contractions) == 0)
        {
            return text[1] is 's' or 'd' or 'm' or 't' ? 2 : 3;
        }

        int start = text[0] == ' ' && text.Length > 1 && KindOf(text[1]) != Kind.Whitespace ? 1 : 0;
        Kind kind = KindOf(text[start]);
        int end = start + 1;
        if (kind == Kind.Digit)
        {
            return end;
        }

        while (end < text.Length && KindOf(text[end]) == kind)
        {
            end++;
        }

        // The last of several whitespace characters is left to the word behind it.
        return kind == Kind.Whitespace && end < text.Length && end > 1 ? end - 1 : end;
    }

    private static Kind KindOf(char character)
    {
        if (char.IsAsciiLetter(character))
        {
            return Kind.Letter;
        }

        if (char.IsWhiteSpace(character))
        {
            return Kind.Whitespace;
        }

        return CharUnicodeInfo.GetUnicodeCategory(character) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Digit,
            _ => Kind.Other,
        };
    }
}
