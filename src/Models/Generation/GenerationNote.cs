using System;
using System.Globalization;

namespace MPCache.Models.Generation;

/// <summary>
/// What the parties tell each other between calls, all of it public: the server its model's dimensions; the client the lengths of its
/// request, before each step that it goes on, and that it is done.
/// </summary>
internal static class GenerationNote
{
    /// <summary>The client makes the next decoding step.</summary>
    public const string Next = "next";

    /// <summary>The client has all that it wants.</summary>
    public const string Done = "done";

    private const string ModelWord = "model ";
    private const string RefuseWord = "refuse ";
    private const string GenerateWord = "generate ";
    private const int LongestReason = 500;

    /// <summary>The server's model.</summary>
    public static string Model(string card) => ModelWord + card;

    /// <summary>The client does not want this model.</summary>
    public static string Refuse(string reason) => RefuseWord + (reason.Length <= LongestReason ? reason : reason[..LongestReason]);

    /// <summary>The client's request.</summary>
    public static string Generate(int prompt, int tokens) =>
        string.Create(CultureInfo.InvariantCulture, $"{GenerateWord}{prompt} {tokens}");

    /// <summary>The card in <see cref="Model"/>; null where the text is something else.</summary>
    public static string? ReadModel(string text) => After(text, ModelWord);

    /// <summary>The reason in <see cref="Refuse"/>; null where the text is something else.</summary>
    public static string? ReadRefuse(string text) => After(text, RefuseWord);

    /// <summary>The numbers in <see cref="Generate"/>; null where the text is something else.</summary>
    public static (int Prompt, int Tokens)? ReadGenerate(string text) =>
        After(text, GenerateWord)?.Split(' ') is [string prompt, string tokens]
        && int.TryParse(prompt, NumberStyles.None, CultureInfo.InvariantCulture, out int rows)
        && int.TryParse(tokens, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? (rows, count)
            : null;

    /// <summary>The error for a text that does not belong here.</summary>
    public static MPCacheException Unexpected(string peer, string text)
    {
        string shown = text.Length <= LongestReason ? text : text[..LongestReason] + "…";
        return new MPCacheException(
            $"the {peer} says '{shown}' where this version understands something else", "Install the same version on both sides");
    }

    private static string? After(string text, string word) => text.StartsWith(word, StringComparison.Ordinal) ? text[word.Length..] : null;
}
