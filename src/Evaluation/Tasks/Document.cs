using System.Collections.Generic;
using System.Linq;

namespace MPCache.Evaluation.Tasks;

/// <summary>A document in parts.</summary>
/// <param name="Segments">The parts. The text is their concatenation, and its tokens are theirs.</param>
/// <param name="Depth">Where that stands which its question is about, in [0, 1]; null where no place is special.</param>
/// <param name="Tokens">Its length, the token that begins a text included.</param>
internal sealed record Document(IReadOnlyList<Segment> Segments, double? Depth, int Tokens)
{
    /// <summary>The text up to an answer at its end.</summary>
    public string Prompt => string.Concat(Segments.Where((s, i) => i < Segments.Count - 1 || !s.IsAnswer).Select(s => s.Text));

    /// <summary>The answer at its end; empty where there is none.</summary>
    public string Answer => Segments[^1].IsAnswer ? Segments[^1].Text : "";
}
