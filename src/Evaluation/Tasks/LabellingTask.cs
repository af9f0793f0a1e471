using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tasks;

/// <summary>
/// Words with the labels of their categories, which the document alone assigns: what label does a further word have? (LongBench's few-shot
/// classification.)
/// </summary>
public sealed class LabellingTask : EvaluationTask
{
    private const int FewestCategories = 2;
    private const int MostCategories = 5;
    private const int ExampleTokens = 5;
    private const int MostExamples = 60;
    private const int BlockExamples = 5;
    private const int MostQuestions = 4;

    /// <inheritdoc/>
    public override string Name => "labelling";

    /// <inheritdoc/>
    public override string Summary => "label a word as the others of its category are labelled";

    /// <inheritdoc/>
    internal override Challenge Create(World world, int tokens)
    {
        SeededRandom random = world.Random;
        int categories = random.Between(FewestCategories, MostCategories);
        int examples = Math.Clamp(tokens / ExampleTokens, 2 * categories, MostExamples);
        int[] chosen = Orders.Shuffled(random, Words.Categories.Length)[..categories];
        string[] labels = random.Sample(Words.Labels, categories);

        // Of each category some words are shown, and others left to be asked about.
        string[][] members =
        [
            .. chosen.Select(c => random.Sample(Words.Categories[c].Members, Math.Min(Words.Categories[c].Members.Length, MostExamples))),
        ];
        int[] shown = new int[categories];
        List<string> lines = [];
        for (int i = 0; i < examples; i++)
        {
            int category = i < categories ? i : random.Next(categories);
            if (shown[category] < members[category].Length - MostQuestions)
            {
                lines.Add($"- {members[category][shown[category]++]} : {labels[category]}");
            }
        }

        string[] shuffled = [.. Orders.Shuffled(random, lines.Count).Select(i => lines[i])];
        Sentence[] blocks = [.. shuffled.Chunk(BlockExamples).Select(block => new Sentence(string.Join('\n', block), SentenceStart.Line))];
        return new Challenge(
            blocks,
            [
                .. Enumerable.Range(0, MostQuestions).Select(i =>
                {
                    int category = random.Next(categories);
                    string word = members[category][shown[category] + i];
                    return new ChallengeQuestion($"What is the label of {word}?", $" {labels[category]}", -1, blocks.Length - 1);
                }),
            ]);
    }
}
