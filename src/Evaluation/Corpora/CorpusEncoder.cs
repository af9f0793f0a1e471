using System;
using System.Collections.Generic;
using MPCache.Evaluation.Tasks;
using MPCache.Evaluation.Training;
using MPCache.Models.Weights;

namespace MPCache.Evaluation.Corpora;

/// <summary>
/// The tokens of documents that a trained tokenizer gives, many times as fast: every word is encoded once and remembered. For one
/// thread.
/// </summary>
/// <param name="tokenizer">A tokenizer that cuts text into the words of <see cref="WordCutter"/>.</param>
internal sealed class CorpusEncoder(BytePairTokenizer tokenizer) : TextMeasure
{
    private readonly Dictionary<string, ushort[]> _words = [];

    /// <summary>Tokens that were encoded.</summary>
    public long Tokens { get; private set; }

    /// <inheritdoc/>
    public override int Count(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int count = 0;
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            int length = WordCutter.FirstWord(rest);
            count += Word(rest[..length]).Length;
            rest = rest[length..];
        }

        return count;
    }

    /// <summary>Appends the tokens of a text, each with some bits set.</summary>
    /// <param name="tokens">What they are written to.</param>
    /// <param name="text">The text.</param>
    /// <param name="bits">The bits.</param>
    /// <returns>How many tokens there are.</returns>
    public int Encode(Span<ushort> tokens, string text, ushort bits)
    {
        int count = 0;
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            int length = WordCutter.FirstWord(rest);
            foreach (ushort token in Word(rest[..length]))
            {
                tokens[count++] = (ushort)(token | bits);
            }

            rest = rest[length..];
        }

        Tokens += count;
        return count;
    }

    private ushort[] Word(ReadOnlySpan<char> word)
    {
        Dictionary<string, ushort[]>.AlternateLookup<ReadOnlySpan<char>> words = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!words.TryGetValue(word, out ushort[]? tokens))
        {
            string text = word.ToString();
            IReadOnlyList<int> encoded = tokenizer.Encode(text);
            tokens = new ushort[encoded.Count - 1];
            for (int i = 0; i < tokens.Length; i++)
            {
                tokens[i] = checked((ushort)encoded[i + 1]);
            }

            _words.Add(text, tokens);
        }

        return tokens;
    }
}
