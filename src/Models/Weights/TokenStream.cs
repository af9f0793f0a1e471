using System;
using System.Text;

namespace MPCache.Models.Weights;

/// <summary>
/// Writes out tokens as they come: text is returned as soon as its characters are complete. Bytes that are no UTF-8 become U+FFFD.
/// Control characters other than line feed and tab are left out: the tokens come from another party's weights, and a terminal obeys them.
/// </summary>
/// <param name="tokenizer">What the tokens mean.</param>
/// <param name="after">
/// The token before the first one, such as a prompt's last; null at the beginning of a text, whose leading space is dropped.
/// </param>
public sealed class TokenStream(Tokenizer tokenizer, int? after = null)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private int _previous = after ?? tokenizer.BeginOfText;

    /// <summary>Takes the next token and returns the text that it completes; may be empty.</summary>
    /// <param name="token">The token.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Append(int token)
    {
        ReadOnlySpan<byte> bytes = tokenizer.Bytes(_previous, token).Span;
        _previous = token;
        return Decode(bytes, flush: false);
    }

    /// <summary>Ends the text: returns U+FFFD for a character of which a part is still missing, otherwise nothing.</summary>
    public string Complete() => Decode([], flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        char[] characters = new char[_decoder.GetCharCount(bytes, flush)];
        _decoder.GetChars(bytes, characters, flush);
        return string.Concat(Array.FindAll(characters, character => character is '\n' or '\t' || !char.IsControl(character)));
    }
}
