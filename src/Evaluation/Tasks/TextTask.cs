using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tasks;

/// <summary>Prose, in which nothing is asked: its perplexity is measured.</summary>
public sealed class TextTask : EvaluationTask
{
    /// <inheritdoc/>
    public override string Name => "text";

    /// <inheritdoc/>
    public override string Summary => "predict prose";

    /// <inheritdoc/>
    internal override Challenge Create(World world, int tokens) => new([], []);
}
