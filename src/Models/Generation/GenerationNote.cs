using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Policies;
using MPCache.Sessions;

namespace MPCache.Models.Generation;

/// <summary>
/// What the parties tell each other between calls, all of it public: the server its model's dimensions; the client the lengths of its
/// request and its cache policy, before each step that it goes on, and that it is done.
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
    public static string Refuse(string reason) => RefuseWord + Short(reason);

    /// <summary>The client's request.</summary>
    public static string Generate(GenerationLengths lengths, CachePolicy policy) => string.Create(
        CultureInfo.InvariantCulture, $"{GenerateWord}{lengths.Prompt} {lengths.Tokens} {lengths.Chunk} {policy.Write()}");

    /// <summary>The card in <see cref="Model"/>; null where the text is something else.</summary>
    public static string? ReadModel(string text) => After(text, ModelWord);

    /// <summary>The reason in <see cref="Refuse"/>; null where the text is something else.</summary>
    public static string? ReadRefuse(string text) => After(text, RefuseWord);

    /// <summary>The lengths and the policy in <see cref="Generate"/>; null where the text is something else.</summary>
    /// <exception cref="MPCacheException">There is no such policy.</exception>
    public static (GenerationLengths Lengths, CachePolicy Policy)? ReadGenerate(string text) =>
        After(text, GenerateWord)?.Split(' ', 4) is [string prompt, string tokens, string chunk, string policy]
        && int.TryParse(prompt, NumberStyles.None, CultureInfo.InvariantCulture, out int rows)
        && int.TryParse(tokens, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
        && int.TryParse(chunk, NumberStyles.None, CultureInfo.InvariantCulture, out int most)
            ? (new GenerationLengths(rows, count, most), CachePolicy.Read(policy))
            : null;

    /// <summary>Waits for what the other party says next; one that is silent for too long is as good as gone.</summary>
    /// <param name="session">The session.</param>
    /// <param name="peer">What the other party is called.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellation">Ends the wait and the session.</param>
    /// <exception cref="MPCacheException">The other party has left, or is silent.</exception>
    public static async Task<string> HearAsync(PartySession session, string peer, TimeSpan patience, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            return await session.ListenAsync(limit.Token).ConfigureAwait(false)
                ?? throw new MPCacheException($"the {peer} left before the generation was done",
                    $"Look at the {peer}'s output for the cause");
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new MPCacheException(
                string.Create(CultureInfo.InvariantCulture, $"the {peer} said nothing for {patience.TotalSeconds:0.###} s"),
                $"Look at the {peer}'s output for the cause, then start a new session", e);
        }
    }

    /// <summary>The error for a text that does not belong here.</summary>
    public static MPCacheException Unexpected(string peer, string text) => new(
        $"the {peer} says '{Short(text)}' where this version understands something else", "Install the same version on both sides");

    /// <summary>A text that may come from a peer, at a length that may be repeated.</summary>
    public static string Short(string text) => text.Length <= LongestReason ? text : text[..LongestReason] + "…";

    private static string? After(string text, string word) => text.StartsWith(word, StringComparison.Ordinal) ? text[word.Length..] : null;
}
