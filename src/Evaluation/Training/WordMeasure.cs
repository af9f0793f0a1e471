using System;
using MPCache.Evaluation.Tasks;

namespace MPCache.Evaluation.Training;

/// <summary>Counts words: the measure where there is no tokenizer yet.</summary>
internal sealed class WordMeasure : TextMeasure
{
    /// <inheritdoc/>
    public override int Count(string text)
    {
        int count = 0;
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty; rest = rest[WordCutter.FirstWord(rest)..])
        {
            count++;
        }

        return count;
    }
}
