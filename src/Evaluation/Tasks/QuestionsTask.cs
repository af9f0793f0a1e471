using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tasks;

/// <summary>Who lives where, bought what, met whom: a question about one of the facts that the prose is full of (LongBench's question
/// answering over one document).</summary>
public sealed class QuestionsTask : EvaluationTask
{
    private const int FactTokens = 60;
    private const int MostFacts = 8;

    /// <inheritdoc/>
    public override string Name => "questions";

    /// <inheritdoc/>
    public override string Summary => "answer a question about a fact among many";

    /// <inheritdoc/>
    internal override Challenge Create(World world, int tokens)
    {
        List<Fact> facts = [];
        for (int i = Math.Clamp(tokens / FactTokens, 1, MostFacts); i > 0; i--)
        {
            // A world that nothing has been said of yet has room for facts.
            facts.Add(Facts.Next(world) ?? throw new InvalidOperationException("A document has no room for another fact."));
        }

        return new Challenge(
            [.. facts.Select(fact => new Sentence(fact.Statement, SentenceStart.Inline))],
            [.. Orders.Shuffled(world.Random, facts.Count).Select(i => new ChallengeQuestion(facts[i].Question, facts[i].Answer, i, i))]);
    }
}
