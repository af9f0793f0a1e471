using System;
using MPCache.Models.Weights;

namespace MPCache.Evaluation.Tasks;

/// <summary>How long a text is, in tokens.</summary>
public abstract class TextMeasure
{
    /// <summary>The measure of a tokenizer. A text is measured sentence by sentence, each with the whitespace before it: exact for
    /// byte-level tokenizers that cut text before words, and one token too many a sentence, never too few, for those that put a space
    /// before every text.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    public static TextMeasure Of(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new TokenizerMeasure(tokenizer);
    }

    /// <summary>Counts the tokens of a piece of text, without one that begins a text.</summary>
    /// <param name="text">Whitespace and a sentence.</param>
    public abstract int Count(string text);

    private sealed class TokenizerMeasure(Tokenizer tokenizer) : TextMeasure
    {
        public override int Count(string text) => tokenizer.Encode(text).Count - 1;
    }
}
