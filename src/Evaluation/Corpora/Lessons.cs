using System;
using System.Collections.Generic;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tasks;

namespace MPCache.Evaluation.Corpora;

/// <summary>
/// Documents to learn from: several tasks in one, with many questions, some of them among the prose, because what a document is asked
/// about is what one learns from it; and now and then nothing but prose.
/// </summary>
internal static class Lessons
{
    private const double TextShare = 0.2;
    private const double ShortestShare = 0.85;
    private const double AsksAmongProse = 0.35;
    private const double MostFixed = 0.75;
    private const int TokensAQuestion = 80;
    private const int FewestQuestions = 3;
    private const int MostQuestions = 24;
    private const int MostOfATask = 8;

    /// <summary>Makes a document, the same for the same arguments.</summary>
    /// <param name="seed">What it is made from.</param>
    /// <param name="tasks">What it may be made of.</param>
    /// <param name="length">How many tokens it has at most; it has at least 0.8 of it.</param>
    /// <param name="measure">What counts tokens.</param>
    public static Document Make(Seed seed, IReadOnlyList<EvaluationTask> tasks, int length, TextMeasure measure)
    {
        SeededRandom random = new(seed);
        World world = new(random);
        Composition composition = new(world, measure);
        length = random.Between((int)(length * ShortestShare), length);
        if (!random.Chance(TextShare))
        {
            AddTasks(composition, world, tasks, length);
        }

        return composition.ToLesson(length, AsksAmongProse);
    }

    /// <summary>Adds tasks, each at most once: two of one kind might contradict each other.</summary>
    private static void AddTasks(Composition composition, World world, IReadOnlyList<EvaluationTask> tasks, int length)
    {
        SeededRandom random = world.Random;
        int questions = Math.Min(random.Between(FewestQuestions, FewestQuestions + 2 + (length / TokensAQuestion)), MostQuestions);
        foreach (int index in Orders.Shuffled(random, tasks.Count))
        {
            EvaluationTask task = tasks[index];

            // Squared: a few sentences are more common than many.
            double share = random.NextShare();
            Challenge challenge = task.Create(world, (int)(length * (0.05 + (0.4 * share * share))));
            int asked = Math.Min(random.Between(1, MostOfATask), Math.Min(questions, challenge.Questions.Count));
            if (asked > 0 && composition.Fixed + composition.Cost(challenge, asked) <= MostFixed * length)
            {
                composition.Add(challenge, asked);
                questions -= asked;
            }
        }
    }
}
