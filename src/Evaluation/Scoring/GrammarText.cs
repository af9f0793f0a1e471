using System.Collections.Generic;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tasks;
using MPCache.Models.Weights;

namespace MPCache.Evaluation.Scoring;

/// <summary>Prose of the grammars, such as the shipped model was trained on, in documents that it has not seen.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
public sealed class GrammarText(Tokenizer tokenizer) : ITextSource
{
    private readonly TextTask task = new();
    private readonly TextMeasure measure = TextMeasure.Of(tokenizer);

    /// <inheritdoc/>
    public string Name => task.Name;

    /// <inheritdoc/>
    public IReadOnlyList<int> Read(Seed seed, int length, int sample) =>
        tokenizer.Encode(task.Sample(seed.Derive("evaluate", length, sample), length, measure).Prompt);
}
