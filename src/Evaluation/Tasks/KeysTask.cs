using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tasks;

/// <summary>Many codes of the same form, of which one is asked for (RULER's needle with many keys).</summary>
public sealed class KeysTask : EvaluationTask
{
    private const int Fewest = 3;

    /// <inheritdoc/>
    public override string Name => "keys";

    /// <inheritdoc/>
    public override string Summary => "find one code among many of the same form";

    /// <inheritdoc/>
    internal override Challenge Create(World world, int tokens)
    {
        List<Fact> codes = [];
        for (int i = Math.Max(Fewest, tokens / Codes.NeedleTokens); i > 0; i--)
        {
            codes.Add(Codes.Next(world));
        }

        return new Challenge(
            [.. codes.Select(code => new Sentence(code.Statement, SentenceStart.Inline))],
            [.. Orders.Shuffled(world.Random, codes.Count).Select(i => new ChallengeQuestion(codes[i].Question, codes[i].Answer, i, i))]);
    }
}
