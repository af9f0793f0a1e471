using System;
using System.Collections.Generic;
using System.Text;
using MPCache.Models.Weights;

namespace MPCache.Evaluation.Scoring;

/// <summary>What of a generated text is the answer, and whether it is right.</summary>
public static class Answers
{
    /// <summary>How many tokens are generated: the longest answer has 6, and one ends it.</summary>
    public const int MostTokens = 8;

    /// <summary>The answer in generated tokens: the text up to the end of its line, without spaces around it.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="before">The prompt's last token.</param>
    /// <param name="tokens">The generated tokens.</param>
    public static string Read(Tokenizer tokenizer, int before, IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(tokens);
        TokenStream stream = new(tokenizer, before);
        StringBuilder text = new();
        foreach (int token in tokens)
        {
            text.Append(stream.Append(token));
        }

        string all = text.Append(stream.Complete()).ToString();
        int end = all.IndexOf('\n', StringComparison.Ordinal);
        return (end < 0 ? all : all[..end]).Trim();
    }

    /// <summary>Whether an answer is the expected one: exactly, spaces around it aside.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="expected">The expected one.</param>
    public static bool IsRight(string answer, string expected)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(expected);
        return string.Equals(answer.Trim(), expected.Trim(), StringComparison.Ordinal);
    }
}
