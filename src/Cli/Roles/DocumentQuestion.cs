using System.Linq;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tasks;
using MPCache.Models.Weights;

namespace MPCache.Cli.Roles;

/// <summary>A document of about a thousand tokens with a question, which the demo asks the shipped model.</summary>
internal static class DocumentQuestion
{
    private const int Tokens = 1000;
    private const int LinesShown = 3;
    private static readonly Seed Seed = new(7);

    /// <summary>The document with its question, and the answer that stands in it.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    public static TaskSample Create(Tokenizer tokenizer) =>
        EvaluationTasks.Find("needle").Sample(Seed.Derive("demo"), Tokens, TextMeasure.Of(tokenizer));

    /// <summary>The beginning and the end of a text that is too long to be shown.</summary>
    /// <param name="text">The text.</param>
    public static string Excerpt(string text)
    {
        string[] lines = text.Split('\n');
        return lines.Length <= (2 * LinesShown) + 1
            ? text
            : string.Join('\n', [.. lines.Take(LinesShown), "…", .. lines.TakeLast(LinesShown)]);
    }
}
