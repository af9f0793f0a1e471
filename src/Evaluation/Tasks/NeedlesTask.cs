using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tasks;

/// <summary>
/// Things with two or three words each, numbered, of which all of one thing are asked for (RULER's needle with many values). How many
/// there are, one knows when no further one is found.
/// </summary>
public sealed class NeedlesTask : EvaluationTask
{
    private const int MostThings = 6;
    private const int ThingTokens = 40;

    private static readonly string[] Ordinals = ["first", "second", "third"];

    private static readonly string[] Values = [.. Words.Plants, .. Words.Minerals];

    /// <inheritdoc/>
    public override string Name => "needles";

    /// <inheritdoc/>
    public override string Summary => "find all words that belong to one thing, in their order";

    /// <inheritdoc/>
    internal override Challenge Create(World world, int tokens)
    {
        SeededRandom random = world.Random;
        int things = Math.Clamp(tokens / ThingTokens, 1, random.Between(1, MostThings));
        List<(int Place, int Thing, string Text)> statements = [];
        List<(string Thing, string[] Words)> all = [];
        for (int i = 0; i < things; i++)
        {
            string thing = world.Thing();
            while (!world.Claim("words", thing))
            {
                thing = world.Thing();
            }

            string[] words = random.Sample(Values, random.Between(2, 3));
            all.Add((thing, words));
            int[] places = [.. words.Select(_ => random.Next(1 << 20)).Order()];
            statements.AddRange(words.Select((word, j) => (places[j], i, random.Chance(0.5)
                ? $"The {Ordinals[j]} word of the {thing} is {word}."
                : $"Of the {thing} the {Ordinals[j]} word is {word}.")));
        }

        (int Place, int Thing, string Text)[] ordered = [.. statements.OrderBy(s => s.Place)];
        return new Challenge(
            [.. ordered.Select(s => new Sentence(s.Text, SentenceStart.Inline))],
            [
                .. Orders.Shuffled(random, things).Select(i => new ChallengeQuestion(
                    $"What are the words of the {all[i].Thing}?",
                    $" {string.Join(", ", all[i].Words)}",
                    Array.FindIndex(ordered, s => s.Thing == i),
                    Array.FindLastIndex(ordered, s => s.Thing == i))),
            ]);
    }
}
