using System;
using System.Collections.Generic;
using System.Text;

namespace MPCache.Models.Weights;

/// <summary>Turns text into the tokens of a model and back.</summary>
public abstract class Tokenizer
{
    /// <summary>Number of tokens; a token is in [0, VocabularySize).</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The token that stands before every text.</summary>
    public abstract int BeginOfText { get; }

    /// <summary>Turns text into tokens, <see cref="BeginOfText"/> first.</summary>
    /// <param name="text">Any text; may be empty.</param>
    /// <exception cref="MPCacheException">The text holds a character that the vocabulary cannot express; the message names it.</exception>
    public abstract IReadOnlyList<int> Encode(string text);

    /// <summary>The UTF-8 bytes a token stands for; a character may be spread over several tokens.</summary>
    /// <param name="previous">The token before it; what follows <see cref="BeginOfText"/> may be written differently.</param>
    /// <param name="token">The token.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public abstract ReadOnlyMemory<byte> Bytes(int previous, int token);

    /// <summary>Whether the model says with this token that the text is complete.</summary>
    /// <param name="token">A token the model chose.</param>
    public abstract bool EndsText(int token);

    /// <summary>The text of one token by itself. Part of a character becomes U+FFFD; a <see cref="TokenStream"/> puts parts
    /// together.</summary>
    /// <param name="previous">The token before it.</param>
    /// <param name="token">The token.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Decode(int previous, int token) => Encoding.UTF8.GetString(Bytes(previous, token).Span);
}
