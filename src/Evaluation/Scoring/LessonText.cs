using System.Collections.Generic;
using System.Linq;
using MPCache.Evaluation.Corpora;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tasks;
using MPCache.Models.Weights;

namespace MPCache.Evaluation.Scoring;

/// <summary>
/// Documents of the form that the shipped model was trained on and that it has not seen: prose with questions and their answers in it, most
/// of them at the end, where they are predicted.
/// </summary>
/// <param name="tokenizer">The model's tokenizer.</param>
public sealed class LessonText(Tokenizer tokenizer) : ITextSource
{
    private readonly TextMeasure measure = TextMeasure.Of(tokenizer);

    /// <inheritdoc/>
    public string Name => "lessons";

    /// <inheritdoc/>
    public IReadOnlyList<int> Read(Seed seed, int length, int sample)
    {
        Document document = Lessons.Make(seed.Derive("evaluate lesson", length, sample), EvaluationTasks.All, length, measure);
        return tokenizer.Encode(string.Concat(document.Segments.Select(segment => segment.Text)));
    }
}
