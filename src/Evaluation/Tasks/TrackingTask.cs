using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tasks;

/// <summary>
/// Names that stand for numbers, or for other names: what does one stand for? The answer names the chain down to its number, as that of
/// RULER's variable tracking names all of a chain. Which statement tells the next name is known only when the one before has been found.
/// </summary>
public sealed class TrackingTask : EvaluationTask
{
    private const int MostHops = 2;
    private const int ChainTokens = 24;
    private const int MostChains = 14;

    private static readonly string[] Names = [.. Words.Plants, .. Words.Minerals];

    /// <inheritdoc/>
    public override string Name => "tracking";

    /// <inheritdoc/>
    public override string Summary => "follow one or two assignments to a number, name by name";

    /// <inheritdoc/>
    internal override Challenge Create(World world, int tokens)
    {
        SeededRandom random = world.Random;
        int chains = Math.Clamp(tokens / ChainTokens, 2, random.Between(2, MostChains));
        string[] names = random.Sample(Names, chains * (MostHops + 1));
        List<(int Place, int Chain, int Hop, string Text)> statements = [];
        List<(string Name, string Answer, int Chain)> ends = [];
        List<(string Name, string Answer, int Chain)> others = [];
        for (int chain = 0; chain < chains; chain++)
        {
            string value = $"{random.Next(10)} {random.Next(10)}";
            int hops = random.Between(1, MostHops);
            int[] places = [.. Enumerable.Range(0, hops + 1).Select(_ => random.Next(1 << 20)).Order()];
            string source = value;
            string answer = "";
            for (int hop = 0; hop <= hops; hop++)
            {
                string name = names[(chain * (MostHops + 1)) + hop];
                statements.Add((places[hop], chain, hop, $"Let {name} be {source}."));
                answer = hop == 0 ? source : $"{source}, {answer}";
                (hop == hops ? ends : others).Add((name, answer, chain));
                source = name;
            }
        }

        (int Place, int Chain, int Hop, string Text)[] ordered = [.. statements.OrderBy(s => s.Place)];
        return new Challenge(
            [.. ordered.Select(s => new Sentence(s.Text, SentenceStart.Inline))],
            [
                .. Shuffled(random, ends).Concat(Shuffled(random, others)).Select(asked => new ChallengeQuestion(
                    $"What does {asked.Name} stand for?",
                    $" {asked.Answer}",
                    Array.FindIndex(ordered, s => s.Chain == asked.Chain),
                    Array.FindLastIndex(ordered, s => s.Chain == asked.Chain))),
            ]);
    }

    private static IEnumerable<T> Shuffled<T>(SeededRandom random, List<T> items) =>
        Orders.Shuffled(random, items.Count).Select(i => items[i]);
}
