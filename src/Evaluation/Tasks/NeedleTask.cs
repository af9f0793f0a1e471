using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tasks;

/// <summary>One code somewhere in the prose (RULER's single needle).</summary>
public sealed class NeedleTask : EvaluationTask
{
    /// <inheritdoc/>
    public override string Name => "needle";

    /// <inheritdoc/>
    public override string Summary => "find the one code in the prose";

    /// <inheritdoc/>
    internal override Challenge Create(World world, int tokens)
    {
        Fact code = Codes.Next(world);
        return new Challenge(
            [new Sentence(code.Statement, SentenceStart.Inline)], [new ChallengeQuestion(code.Question, code.Answer, 0, 0)]);
    }
}
